"""Different units by groups are the same put in order and grouped."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from mlmkpi.engines.counting import counted, least, may_repeat, tallied

ROWS = [
    (3, "b", 7), (3, "b", 7), (3, "a", 7), (3, None, -2), (None, "a", 5), (None, "a", 6), (4, "b", 7), (3, "b", 2**30),
]


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["b", "a"]), pl.String()])
@pytest.mark.parametrize("far", [2**30, 2**62])
def test_each_unit_counts_once_a_group(kind: pl.DataType, far: int) -> None:
    schema = pl.Schema({"cell": pl.Int32(), "label": kind, "unit": pl.Int64()})
    rows = [(cell, label, far if unit == 2**30 else unit) for cell, label, unit in ROWS]
    told: dict[tuple[int | None, str | None], set[int]] = {}
    for cell, label, unit in rows:
        told.setdefault((cell, label), set()).add(unit)
    found = counted(pl.LazyFrame(rows, schema=schema, orient="row"), ["cell", "label"], "unit", "people")
    assert found.schema == {"cell": pl.Int32, "label": kind, "people": pl.UInt32}
    assert {(cell, label): people for cell, label, people in found.iter_rows()} == {
        group: len(units) for group, units in told.items()
    }


def test_no_rows_are_no_groups() -> None:
    none = pl.LazyFrame(schema={"cell": pl.Int32, "unit": pl.Int32})
    assert counted(none, ["cell"], "unit", "people").is_empty()


@pytest.mark.parametrize("far", [9, 10**12])
def test_rows_are_tallied_where_units_lie_close_together(far: int) -> None:
    rows = [(7, 0), (7, 2), (far, 1), (7, 0), (-3, 1), (far, 1)]
    frame = pl.DataFrame(rows, schema={"unit": pl.Int64, "span": pl.Int32}, orient="row")
    found = tallied(frame, "unit", "span", "deeds")
    assert (found is None) == (far > 9)
    if found is not None:
        assert found.schema == {"unit": pl.Int64, "span": pl.Int32, "deeds": pl.Int32}
        assert dict(zip(found.select("unit", "span").rows(), found["deeds"], strict=True)) == Counter(rows)


@pytest.mark.parametrize("far", [9, 10**12])
def test_the_first_day_of_units_that_lie_close_together_is_their_least(far: int) -> None:
    rows = [(7, 20), (far, 31), (7, 12), (-3, -5), (far, 40)]
    frame = pl.DataFrame(rows, schema={"unit": pl.Int64, "day": pl.Int32}, orient="row")
    found = least(frame, "unit", "day")
    assert (found is None) == (far > 9)
    if found is not None:
        assert found.schema == {"unit": pl.Int64, "day": pl.Int32}
        assert found.rows() == [(-3, -5), (7, 12), (9, 31)]


def test_nobody_has_no_first_day() -> None:
    nobody = pl.DataFrame(schema={"unit": pl.Int32, "day": pl.Int32})
    assert least(nobody, "unit", "day") is None


def test_equal_rows_are_told_from_equal_values() -> None:
    rows = pl.DataFrame({"event": ["a", "b", "a", None], "person": [1, 1, 2, 2]})
    assert not may_repeat(rows)
    assert may_repeat(pl.concat([rows, rows.tail(1)]))
