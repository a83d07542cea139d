"""A person's row spread over spans is the same rows, a frame a span or all of them in one."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

from mlmkpi.engines import spreading
from mlmkpi.engines.spreading import Spans

PEOPLE = nw.from_native(pl.LazyFrame({"unit": [1, 2, 3], "came": [0, 5, 9], "left": [4, 99, 99]}))
THERE, LATER = nw.col("left") > 4, nw.col("came") <= 9
SPANS: Spans = [
    (0, {"start": nw.col("came") <= 4, "end": THERE, "zone": nw.lit("a")}),
    (7, {"start": THERE, "end": LATER, "zone": nw.lit("b")}),
    (7, {"start": nw.lit(False), "end": nw.lit(False), "zone": nw.lit("b")}),
]
WANTED = [
    (1, True, False, "a", 0), (2, False, True, "a", 0), (3, False, True, "a", 0),
    (1, False, True, "b", 7), (2, True, True, "b", 7), (3, True, True, "b", 7),
]


def frames(way: str) -> list[pl.LazyFrame]:
    """The rows that start or end in a span."""
    kept = ["start", "end"]
    if way == "apart":
        return [nw.to_native(rows) for rows in spreading.apart(PEOPLE, SPANS, kept)]
    return [nw.to_native(spreading.together(PEOPLE, SPANS, kept, lambda rows: nw.to_native(rows).collect()))]


@pytest.mark.parametrize(("way", "many"), [("apart", 9), ("together", 9), ("together", 8)])
def test_a_row_stands_in_each_span_where_one_of_the_columns_holds(
    way: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine rows of three people and spans, which are many or not."""
    monkeypatch.setattr(spreading, "MANY", many)
    found = pl.concat(frames(way)).collect()
    assert found.columns == ["unit", "start", "end", "zone", "span"]
    assert found.schema["span"] == pl.Int32
    assert found.rows() == WANTED


@pytest.mark.parametrize(("way", "several"), [("apart", 3), ("together", 1)])
def test_there_is_a_frame_a_span_or_one_of_all(way: str, several: int) -> None:
    assert len(frames(way)) == several
