"""Rows in order, and beside an earlier period's, as plain Python finds them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.books.spans import schedule
from mlmkpi.period import Calendar, Every, choose_periods
from mlmkpi.pipeline.ordered import Ordered

AS_OF = date(2026, 6, 30)
CALENDAR = Calendar(Every.MONTH)
LAID = schedule(CALENDAR, choose_periods(CALENDAR, AS_OF, first=None, last=None, count=4), AS_OF, year=False)
Row = tuple[int, str | None, str | None, str]
NAMES = ("value", "median", "own")
LABELS = st.sampled_from([None, "", "(unknown)", "B", "a", "é"])
ROWS = st.lists(
    st.tuples(st.sampled_from([span.index for span in LAID.spans]), LABELS, LABELS, st.sampled_from([*NAMES, "new"])),
    unique=True, max_size=60,
)


def frame_of(rows: list[Row]) -> pl.DataFrame:
    schema = {"span": pl.Int32, "market": pl.String, "team": pl.String, "statistic": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.int_range(pl.len()).cast(pl.Float64).alias("value"))


def in_order(row: Row) -> tuple[object, ...]:
    span, market, team, statistic = row
    none_first = [(name is not None, (name or "").encode()) for name in (market, team)]
    known = NAMES.index(statistic) if statistic in NAMES else len(NAMES)
    return LAID.spans[span].period.start, *none_first, known


@pytest.mark.parametrize("room", [2**48, 8])
@given(rows=ROWS, unknown=st.sets(st.integers(0, 59)))
def test_rows_are_in_order_and_know_the_earlier_ones(room: int, rows: list[Row], unknown: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlmkpi.pipeline.ordered.ROOM", room)
        ordered = Ordered.of(frame_of(rows), ["market", "team"], NAMES, LAID)
        found = ordered.frame
        assert found.select("span", "market", "team", "statistic").rows() == sorted(rows, key=in_order)
        known = pl.Series([at not in unknown for at in found["value"]], dtype=pl.Boolean)
        links = [None, *range(len(LAID.spans) - 1)]
        values = {row[:4]: row[4] for row, here in zip(found.rows(), known, strict=True) if here}
        expected = [values.get((row[0] - 1, *row[1:4])) for row in found.rows()]
        assert ordered.earlier(links, known).to_list() == expected
