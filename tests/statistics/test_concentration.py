"""Herfindahl's index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.statistics.concentration import herfindahl


@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=10))
def test_herfindahl_of_equal_cells_is_one_over_their_number_and_never_less(values: list[int]) -> None:
    index = herfindahl(values)
    assert index is not None
    assert 1 / len(values) <= index <= 1
    assert herfindahl([5] * len(values)) == pytest.approx(1 / len(values))


def test_herfindahl_of_a_worked_split() -> None:
    assert herfindahl([50, 30, 20]) == 0.38
    assert herfindahl([3, -3]) is None
