"""Intervals: against statsmodels, against a plain loop over the units, and at their edges."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.statistics.intervals import Z, linear, six_digits, wilson


def test_wilson_is_the_published_interval() -> None:
    low, high = wilson([81, 15], [263, 148])
    assert low == pytest.approx([0.2553, 0.0624], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605], abs=5e-5)


def test_wilson_equals_statsmodels() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion", reason="statsmodels is not installed")
    rng = np.random.default_rng(1)
    whole = rng.integers(2, 5000, 300)
    part = rng.integers(0, whole + 1)
    low, high = wilson(part, whole)
    expected_low, expected_high = proportion.proportion_confint(part, whole, method="wilson")
    assert low == pytest.approx(expected_low, rel=1e-6, abs=1e-12)
    assert high == pytest.approx(expected_high, rel=1e-6)


def test_wilson_ends_exactly_at_nobody_and_everybody() -> None:
    low, high = wilson([0, 7], [7, 7])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(Z**2 / (7 + Z**2))
    assert low[1] == pytest.approx(7 / (7 + Z**2))


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (1, 1), (math.nan, 5), (3, math.nan), (6, 5), (-1, 5)])
def test_wilson_has_no_interval_for_what_is_no_share_of_two_or_more(part: float, whole: float) -> None:
    low, high = wilson([part, 1], [whole, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


def _by_loop(pairs: list[tuple[int, int]]) -> tuple[float, float]:
    units = [(y, x) for y, x in pairs if y or x]
    n, total = len(units), sum(x for _, x in units)
    ratio = sum(y for y, _ in units) / total
    spread = math.sqrt(n / (n - 1) * math.fsum((y - ratio * x) ** 2 for y, x in units))
    return ratio - 1.959964 * spread / total, ratio + 1.959964 * spread / total


def _from_sums(pairs: list[tuple[int, int]]) -> tuple[float, float]:
    low, high = linear(
        sum(1 for y, x in pairs if y or x),
        sum(y for y, _ in pairs),
        sum(x for _, x in pairs),
        sum(y * y for y, _ in pairs),
        sum(y * x for y, x in pairs),
        sum(x * x for _, x in pairs),
    )
    return float(low[0]), float(high[0])


PAIR = st.tuples(st.integers(-500, 10_000), st.integers(0, 30))


@given(st.lists(PAIR, min_size=2, max_size=30).filter(lambda units: sum(x > 0 for _, x in units) > 1))
def test_linear_equals_the_loop_over_the_units(pairs: list[tuple[int, int]]) -> None:
    scale = 1 + max(abs(end) for end in _by_loop(pairs))
    assert _from_sums(pairs) == pytest.approx(_by_loop(pairs), abs=1e-6 * scale)


def test_linear_of_a_mean_is_the_normal_interval_with_n_minus_one() -> None:
    values = [12, 7, 30, 11]
    reach = Z * float(np.std(values, ddof=1)) / 2
    assert _from_sums([(value, 1) for value in values]) == pytest.approx((15 - reach, 15 + reach))


def test_linear_is_a_point_where_every_unit_has_the_same_ratio() -> None:
    cents = 1_234_567 / 3
    low, high = linear(1000, 1000 * cents, 1000, 1000 * cents**2, 1000 * cents, 1000)
    assert low[0] == high[0] == 1000 * cents / 1000


def test_linear_has_no_interval_without_two_units_and_a_positive_denominator() -> None:
    low, high = linear([1, 2, 2, 2], [5, 5, 5, 5], [1, 0, -3, 2], [25] * 4, [5] * 4, [1] * 4)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, True, False]


FIGURES = [0.0, -0.0, 1.0, 999999.5, 99999.95, 123456.5, 123455.5, 1000005.0, 1000015.0, 1e22, 1e300, 5e-324, 2 / 3]


def _by_text(figure: float) -> float:
    return float(f"{Decimal(repr(figure)):.5e}")


@pytest.mark.parametrize("figure", [sign * figure for figure in FIGURES for sign in (1, -1)])
def test_six_digits_is_the_rounding_of_the_decimal_text(figure: float) -> None:
    assert six_digits([figure])[0] == _by_text(figure)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_six_digits_of_any_figures(figures: list[float]) -> None:
    assert six_digits(figures).tolist() == [_by_text(figure) for figure in figures]


@given(st.integers(1_000_000, 9_999_999), st.integers(-20, 20))
def test_six_digits_of_seven_digit_decimals(digits: int, exponent: int) -> None:
    figure = float(f"{digits}e{exponent}")
    assert six_digits([figure])[0] == _by_text(figure)


@given(st.integers(100_000, 999_999), st.integers(-15, 10), st.integers(-2, 2))
def test_six_digits_of_a_tie_is_the_same_from_both_sides(digits: int, exponent: int, steps: int) -> None:
    tie = Decimal(f"{digits}.5e{exponent}")
    near = float(tie) * (1 + steps * 2**-52)
    assert six_digits([near])[0] == float(f"{tie:.5e}")


@pytest.mark.parametrize(
    ("values", "ends"), [((16, 41), (4.00045, 52.9996)), ((53, 78), (41.0004, 89.9996))]
)
def test_ends_between_two_figures_are_even(values: tuple[int, int], ends: tuple[float, float]) -> None:
    """By hand: two orders 25 apart are 12.5 · 1.959964 = 24.49955 round their mean, 28.5 and 65.5."""
    low, high = linear(2, sum(values), 2, sum(value**2 for value in values), sum(values), 2)
    assert (six_digits(low)[0], six_digits(high)[0]) == ends


def test_six_digits_keeps_what_is_no_number() -> None:
    rounded = six_digits([math.nan, math.inf, -math.inf])
    assert math.isnan(rounded[0])
    assert rounded[1:].tolist() == [math.inf, -math.inf]
