"""Kaplan–Meier: worked durations, R's published curve, and lifelines on random data with ties and censoring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlmkpi.statistics.survival import Curve, band, kaplan_meier, median, median_interval, within, within_interval

WORKED = [(5, 1), (12, 1), (20, 0), (30, 1), (45, 0), (60, 1), (60, 0), (90, 0)]
MAINTAINED = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0), (48, 1), (161, 0)]
NOT_MAINTAINED = [
    (5, 1), (5, 1), (8, 1), (8, 1), (12, 1), (16, 0), (23, 1), (27, 1), (30, 1), (33, 1), (43, 1), (45, 1),
]


def curve_of(units: list[tuple[int, int]]) -> Curve:
    return kaplan_meier([days for days, _ in units], [event for _, event in units], [1] * len(units))


def test_the_worked_durations() -> None:
    curve = curve_of(WORKED)
    assert within(curve, 60) == pytest.approx(0.60)
    assert median(curve) == 60
    assert (curve.units, curve.observed_to) == (8, 90)


def test_the_maintained_arm_of_aml_to_four_digits() -> None:
    curve = curve_of(MAINTAINED)
    assert curve.times.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.survival.round(4).tolist() == [0.9091, 0.8182, 0.7159, 0.6136, 0.4909, 0.3682, 0.1841]
    assert np.sqrt(curve.variance).round(4).tolist() == [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535]
    assert (median(curve), median_interval(curve)) == (31, (13, None))


def test_the_other_arm_of_aml_to_four_digits() -> None:
    curve = curve_of(NOT_MAINTAINED)
    assert curve.times.tolist() == [5, 8, 12, 23, 27, 30, 33, 43, 45]
    assert curve.survival.round(4).tolist() == [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0]
    assert np.sqrt(curve.variance[:-1]).round(4).tolist() == [
        0.1076, 0.1361, 0.1423, 0.1481, 0.1470, 0.1387, 0.1219, 0.0919,
    ]
    assert (median(curve), median_interval(curve)) == (23, (5, 33))


def test_survival_of_exactly_one_half_is_the_median() -> None:
    thirds = curve_of([(1, 1), (2, 1), (3, 1), (4, 0), (5, 0), (6, 0)])
    assert thirds.survival[-1] == pytest.approx(0.5)
    assert median(thirds) == 3


def test_no_median_where_survival_stays_above_one_half() -> None:
    assert median(curve_of([(1, 1), (2, 0), (3, 0)])) is None


@pytest.mark.parametrize(("days", "share"), [(-1, 0.0), (4, 0.0), (5, 0.5), (9, 0.5), (10, None)])
def test_within_is_unknown_beyond_the_longest_observation(days: int, share: float | None) -> None:
    assert within(curve_of([(5, 1), (9, 0)]), days) == share


def test_within_is_one_for_ever_once_all_have_had_the_event() -> None:
    assert within(curve_of([(5, 1), (9, 1)]), 365) == 1.0


def test_nobody_observed() -> None:
    curve = kaplan_meier([], [], [])
    assert (curve.units, curve.observed_to, median(curve), within(curve, 0)) == (0, -1, None, None)
    assert median_interval(curve) == (None, None)


def test_nobody_had_the_event() -> None:
    curve = curve_of([(5, 0), (9, 0)])
    assert (median(curve), median_interval(curve), within(curve, 9)) == (None, (None, None), 0.0)


def test_one_unit_has_a_median_and_no_interval() -> None:
    curve = curve_of([(3, 1)])
    assert (median(curve), median_interval(curve)) == (3, (None, None))


def test_two_units_have_intervals() -> None:
    """By hand: S is ½ and its variance ⅛; z · √⅛ ÷ (½ · ln 2) = 1.99946, and the band is ½ to the power e^±1.99946."""
    curve = curve_of([(3, 1), (7, 0)])
    low, high = band(curve)
    assert (round(float(low[0]), 4), round(float(high[0]), 4)) == (0.006, 0.9104)
    assert median_interval(curve) == (3, None)
    assert within_interval(curve, 3) == within_interval(curve, 7) == (1 - high[0], 1 - low[0])


@pytest.mark.parametrize(
    ("units", "days"),
    [([(3, 1)], 3), ([(3, 1), (7, 0)], 2), ([(3, 1), (7, 0)], 8), ([(3, 1), (7, 1)], 7), ([(3, 0), (7, 0)], 7)],
    ids=["one unit", "before the first event", "nobody so long", "all have had it", "no event"],
)
def test_a_share_within_some_days_has_no_interval_where_it_is_not_known(
    units: list[tuple[int, int]], days: int
) -> None:
    assert within_interval(curve_of(units), days) == (None, None)


def test_an_event_on_the_first_day_counts() -> None:
    assert within(curve_of([(0, 1), (7, 0)]), 0) == 0.5


def test_the_histogram_is_the_units_in_any_order_and_an_empty_cell_is_nothing() -> None:
    units = curve_of([(7, 1)] * 3 + [(7, 0)] * 2 + [(2, 1)] * 4)
    cells = kaplan_meier([7, 2, 7, 7, 99], [1, 1, 0, 1, 0], [1, 4, 2, 2, 0])
    assert cells.survival.tolist() == units.survival.tolist()
    assert (cells.units, cells.observed_to) == (9, 7)


@pytest.mark.parametrize("seed", range(8))
def test_lifelines_gives_the_same_curve_median_and_interval(seed: int) -> None:
    lifelines: Any = pytest.importorskip("lifelines", reason="lifelines is not installed")
    rng = np.random.default_rng(seed)
    durations = rng.integers(0 if seed % 2 else 1, 40, 15 + 20 * seed)
    events = rng.random(len(durations)) < (0.4, 0.8, 1.0)[seed % 3]
    fitted = lifelines.KaplanMeierFitter().fit(durations, events)
    curve = kaplan_meier(durations, events, np.ones(len(durations)))
    assert curve.survival == pytest.approx(fitted.survival_function_.loc[curve.times].to_numpy()[:, 0], abs=1e-12)
    low, high = band(curve)
    expected = fitted.confidence_interval_.loc[curve.times].to_numpy()
    alive = curve.survival > 0
    assert low[alive] == pytest.approx(expected[alive, 0], abs=1e-7)
    assert high[alive] == pytest.approx(expected[alive, 1], abs=1e-7)
    assert np.isnan(low[~alive]).all()
    assert _or_inf(median(curve)) == fitted.median_survival_time_
    known = fitted.confidence_interval_[fitted.survival_function_.to_numpy()[:, 0] > 0]
    ends = lifelines.utils.median_survival_times(known).to_numpy()[0]
    assert [_or_inf(end) for end in median_interval(curve)] == ends.tolist()


def _or_inf(day: int | None) -> float:
    return float("inf") if day is None else day
