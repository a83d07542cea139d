"""Order statistics beside a list put in order: zeros, of which there may be many, are only counted."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines.quantiles import order_statistics

POINTS = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(1))
VALUES = st.sampled_from([-7, -1, 0, 0, 0, 0, 2, 5])


def in_order(values: list[int]) -> list[int]:
    """How many values there are, and for each point the two that it lies between."""
    ordered, found = sorted(values), [len(values)]
    for point in POINTS:
        below = int((len(values) - 1) * point)
        found += [ordered[below], ordered[min(below + 1, len(values) - 1)]]
    return found


def test_most_people_earned_nothing() -> None:
    """Of −5, 0, 0, 0, 10 the median is 0; between the last two lies the 90th hundredth."""
    rows = pl.DataFrame({"span": [1] * 5, "value": [0, 10, 0, -5, 0]}, schema={"span": pl.Int32, "value": pl.Int64})
    found = order_statistics(rows, ["span"], "value", [Fraction(1, 2), Fraction(9, 10), Fraction(0)])
    assert found.rows() == [(1, 5, 0, 0, 0, 10, -5, 0)]


@given(st.lists(st.tuples(st.integers(0, 2), VALUES), max_size=12))
def test_any_values_of_groups_and_of_all(rows: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"span": pl.Int32, "value": pl.Int64}, orient="row")
    by_span = {span: in_order([value for at, value in rows if at == span]) for span, _ in rows}
    found = order_statistics(frame, ["span"], "value", POINTS)
    assert {span: list(figures) for span, *figures in found.iter_rows()} == by_span
    whole = order_statistics(frame, [], "value", POINTS)
    assert [list(row) for row in whole.iter_rows()] == ([in_order([value for _, value in rows])] if rows else [])
