"""Quantiles: against the definition in plain fractions, the standard library and numpy."""

from __future__ import annotations

import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.statistics.quantiles import histogram_quantiles, quantiles

PERCENTS = [0, 10, 25, 50, 75, 90, 95, 99, 100]
INCOMES = [0] * 60 + [50] * 25 + [300] * 10 + [2000] * 4 + [20_000]


def _by_definition(values: list[int], percent: int) -> Fraction:
    ordered = sorted(values)
    place = Fraction((len(ordered) - 1) * percent, 100)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=40))
def test_quantiles_are_exact(values: list[int]) -> None:
    expected = [_by_definition(values, percent) for percent in PERCENTS]
    assert quantiles(values, PERCENTS) == expected
    assert histogram_quantiles(values, [1] * len(values), PERCENTS) == expected


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 5)), min_size=1))
def test_a_histogram_is_its_units(cells: list[tuple[int, int]]) -> None:
    units = [value for value, count in cells for _ in range(count)]
    values, counts = zip(*cells, strict=True)
    assert histogram_quantiles(values, counts, PERCENTS) == quantiles(units, PERCENTS)


def test_numpy_and_the_standard_library_agree() -> None:
    values = np.random.default_rng(3).integers(0, 1000, 137)
    found = [float(figure) for figure in quantiles(values, PERCENTS) if figure is not None]
    assert found == pytest.approx(np.percentile(values, PERCENTS).tolist())
    assert found[3] == statistics.median(values.tolist())


def test_the_income_example() -> None:
    assert quantiles(INCOMES, [50, 75, 99]) == [0, 50, Fraction(2000 + 180)]


def test_no_units_no_quantile() -> None:
    assert quantiles([], [50, 90]) == [None, None]
    assert histogram_quantiles([], [], [50]) == [None]
    assert histogram_quantiles([4], [0], [50]) == [None]
