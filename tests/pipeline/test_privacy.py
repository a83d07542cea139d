"""Small cells are hidden statistic by statistic, as each may lack cells that another has."""

from __future__ import annotations

import polars as pl

from mlmkpi.pipeline.privacy import hidden
from mlmkpi.pipeline.result import FIGURES


def _rows(*cells: tuple[str, str, int]) -> pl.DataFrame:
    columns = {"span": 0, "note": None, **dict.fromkeys(FIGURES, 1.0)}
    rows = [{**columns, "statistic": name, "gender": gender, "people": people} for name, gender, people in cells]
    return pl.DataFrame(rows, schema_overrides={"note": pl.String})


def _hidden(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return hidden(frame, ["gender"], 5).filter("_hidden").select("statistic", "gender").rows()


def test_beside_a_lone_small_cell_the_next_smallest_is_hidden() -> None:
    assert _hidden(_rows(("value", "f", 4), ("value", "m", 9), ("value", "x", 8))) == [("value", "f"), ("value", "x")]


def test_of_two_small_cells_neither_can_be_told_from_the_whole() -> None:
    assert _hidden(_rows(("value", "f", 4), ("value", "m", 0), ("value", "x", 8))) == [("value", "f"), ("value", "m")]


def test_a_statistic_that_lacks_one_of_two_small_cells_hides_the_next_smallest() -> None:
    cells = _rows(("value", "f", 4), ("value", "m", 0), ("value", "x", 8), ("median", "f", 0), ("median", "x", 0))
    assert _hidden(cells) == [("value", "f"), ("value", "m"), ("median", "f"), ("median", "x")]
