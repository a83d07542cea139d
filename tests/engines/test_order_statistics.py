"""Order statistics beside a list put in order: zeros, of which there may be many, are only counted."""

from __future__ import annotations

from fractions import Fraction
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines import quantiles
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


@pytest.mark.parametrize("few", [0, 256])
def test_most_people_earned_nothing(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of −5, 0, 0, 0, 10 the median is 0; between the last two lies the 90th hundredth."""
    monkeypatch.setattr(quantiles, "FEW", few)
    rows = pl.DataFrame({"span": [1] * 5, "value": [0, 10, 0, -5, 0]}, schema={"span": pl.Int32, "value": pl.Int64})
    found = order_statistics(rows, ["span"], "value", [Fraction(1, 2), Fraction(9, 10), Fraction(0)])
    assert found.rows() == [(1, 5, 0, 0, 0, 10, -5, 0)]


KEYS = st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", None]))


@given(st.lists(st.tuples(KEYS, VALUES), max_size=16), st.sampled_from([0, 256]))
def test_any_values_of_groups_and_of_all(pairs: list[tuple[tuple[int, str | None], int]], few: int) -> None:
    """Put in order group by group, and all groups at once."""
    schema = {"span": pl.Int32, "market": pl.String, "value": pl.Int64}
    frame = pl.DataFrame([(*key, value) for key, value in pairs], schema=schema, orient="row")
    by_key = {key: in_order([value for other, value in pairs if other == key]) for key, _ in pairs}
    with patch.object(quantiles, "FEW", few):
        found = order_statistics(frame, ["span", "market"], "value", POINTS)
    assert {(span, market): list(figures) for span, market, *figures in found.iter_rows()} == by_key
    assert found.schema["n"] == found.schema["high_4"] == pl.Int64
    whole = order_statistics(frame, [], "value", POINTS)
    assert [list(row) for row in whole.iter_rows()] == ([in_order([value for _, value in pairs])] if pairs else [])
