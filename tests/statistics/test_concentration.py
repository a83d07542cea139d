"""Gini, top share and Herfindahl: the income example, mean differences, and numbers beyond 64 bits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.statistics.concentration import Concentration, gini, herfindahl, top_share

INCOMES = [0] * 60 + [50] * 25 + [300] * 10 + [2000] * 4 + [20_000]


def test_the_income_example() -> None:
    assert sum(INCOMES) / len(INCOMES) == 322.5
    assert gini(INCOMES).value == pytest.approx(0.939, abs=5e-4)
    assert top_share(INCOMES) == Concentration(20_000, 32_250, 0)
    assert top_share(INCOMES).value == pytest.approx(0.62, abs=5e-3)


@given(st.lists(st.integers(-(10**6), 2**55), min_size=1, max_size=30))
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    found, clipped = gini(values), [max(value, 0) for value in values]
    assert found.clipped == sum(value < 0 for value in values)
    differences = sum(abs(one - other) for one in clipped for other in clipped)
    if sum(clipped) == 0:
        assert found.value is None
    else:
        assert found.value == differences / (2 * len(values) * sum(clipped))


def test_gini_is_exact_where_its_sum_leaves_64_bits() -> None:
    values = [10**12 + step for step in range(200_000)]
    ranks = range(1 - len(values), len(values), 2)
    assert gini(values[::-1]).part == sum(rank * value for rank, value in zip(ranks, values, strict=True))


def test_gini_of_equals_is_nothing_and_of_nobody_unknown() -> None:
    assert gini([7, 7, 7]).value == 0.0
    assert gini([]).value is None
    assert gini([0, -2]) == Concentration(0, 0, 1)


@given(st.lists(st.integers(-50, 1000), min_size=1, max_size=250), st.sampled_from([1, 10, 20, 100]))
def test_top_share_is_the_largest_of_the_sorted(values: list[int], percent: int) -> None:
    ordered = sorted((max(value, 0) for value in values), reverse=True)
    people = next(count for count in range(len(values) + 1) if count * 100 >= len(values) * percent)
    assert top_share(values, percent) == Concentration(
        sum(ordered[:people]), sum(ordered), sum(value < 0 for value in values)
    )


COUNTED = st.dictionaries(st.integers(-9, 2**40), st.integers(1, 40), min_size=1, max_size=12)


@given(COUNTED, st.sampled_from([1, 10, 35, 100]))
def test_values_that_several_have_count_as_often(counted: dict[int, int], percent: int) -> None:
    each = [value for value, units in counted.items() for _ in range(units)]
    values, units = list(counted), list(counted.values())
    assert gini(values, units) == gini(each)
    assert top_share(values, percent, units) == top_share(each, percent)


def test_top_share_of_nobody_is_unknown() -> None:
    assert top_share([]).value is None


@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=10))
def test_herfindahl_of_equal_cells_is_one_over_their_number_and_never_less(values: list[int]) -> None:
    index = herfindahl(values)
    assert index is not None
    assert 1 / len(values) <= index <= 1
    assert herfindahl([5] * len(values)) == pytest.approx(1 / len(values))


def test_herfindahl_of_a_worked_split() -> None:
    assert herfindahl([50, 30, 20]) == 0.38
    assert herfindahl([3, -3]) is None
