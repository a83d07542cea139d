"""Kaplan–Meier from a (duration, event) histogram: how long until it happens, with those still waiting counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlmkpi.statistics.intervals import Array, Z

_SLACK = 1e-12
"""A survival this little above one half is one half that a product of floats has missed."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A Kaplan–Meier curve: one array element for each day on which the event happened, ascending.

    `survival` is S(t) just after that day and `ended` 1 − S(t), both the floats nearest to the exact fractions;
    `variance` is Greenwood's variance of S(t) (0 once S is 0). `units` counts everybody observed, `observed_to` is the
    longest duration of anybody, censored or not (−1 without units).
    """

    times: npt.NDArray[np.int64]
    survival: Array
    ended: Array
    variance: Array
    units: int
    observed_to: int


def kaplan_meier(durations: npt.ArrayLike, events: npt.ArrayLike, counts: npt.ArrayLike) -> Curve:
    """Kaplan–Meier curve of a histogram: `counts` units had that duration in days, by the event or censored.

    The histogram may be in any order and name a cell more than once. Who is censored on a day was at risk on it.

    >>> days, ended = [5, 12, 20, 30, 45, 60, 60, 90], [True, True, False, True, False, True, False, False]
    >>> curve = kaplan_meier(days, ended, [1] * 8)
    >>> curve.times.tolist(), curve.survival.round(4).tolist()
    ([5, 12, 30, 60], [0.875, 0.75, 0.6, 0.4])
    """
    counted = np.asarray(counts, dtype=np.int64)
    happened = np.where(np.asarray(events, dtype=np.bool_), counted, 0)
    days, cell = np.unique(np.asarray(durations, dtype=np.int64)[counted > 0], return_inverse=True)
    left = _sums(cell, counted[counted > 0], len(days))
    ended = _sums(cell, happened[counted > 0], len(days))
    at_risk = np.cumsum(left[::-1])[::-1]
    times, ended, at_risk = days[ended > 0], ended[ended > 0], at_risk[ended > 0]
    stayed = at_risk - ended
    survival, gone = _products(stayed.tolist(), at_risk.tolist())
    hazard = np.divide(ended, at_risk * stayed, out=np.zeros(len(times)), where=stayed > 0)
    variance: Array = survival**2 * np.cumsum(hazard, dtype=np.float64)
    return Curve(times, survival, gone, variance, int(left.sum()), int(days[-1]) if len(days) else -1)


def median(curve: Curve) -> int | None:
    """First day by whose end at least half have had the event; None if S(t) stays above one half.

    >>> median(kaplan_meier([5, 12, 20, 30, 45, 60, 60, 90], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8))
    60
    """
    return _first_at_half(curve, curve.survival)


def median_interval(curve: Curve) -> tuple[int | None, int | None]:
    """95 % interval of the median: the first days on which the log–log band of S(t) has come down to one half.

    The low end is where the band's lower edge does, the high end where its upper edge does. None is an open end: that
    edge never comes down so far while S is above 0 (where S is 0 the band is unknown). Both are None where fewer than
    two units were observed.

    >>> median_interval(kaplan_meier([5, 12, 20, 30, 45, 60, 60, 90], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8))
    (5, None)
    """
    if curve.units < 2:
        return None, None
    low, high = band(curve)
    return _first_at_half(curve, low), _first_at_half(curve, high)


def band(curve: Curve) -> tuple[Array, Array]:
    """95 % log–log band of S at the curve's times: S to the power exp(± z · √variance ÷ (S · ln S)), NaN at 0."""
    alive = curve.survival > 0
    survival, deviation = curve.survival[alive], np.sqrt(curve.variance[alive])
    reach = Z * deviation / (survival * np.abs(np.log(survival)))
    low, high = np.full(len(alive), np.nan), np.full(len(alive), np.nan)
    low[alive], high[alive] = survival ** np.exp(reach), survival ** np.exp(-reach)
    return low, high


def within_interval(curve: Curve, days: int) -> tuple[float | None, float | None]:
    """95 % interval of `within`; None where S is 0 or 1, where nobody was observed so long, or of fewer than two units.

    >>> curve = kaplan_meier([5, 12, 20, 30, 45, 60, 60, 90], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8)
    >>> [round(end, 4) for end in within_interval(curve, 60)]
    [0.2658, 0.934]
    """
    passed = int(np.searchsorted(curve.times, days, side="right"))
    if curve.units < 2 or not passed or within(curve, days) is None or curve.survival[passed - 1] == 0:
        return None, None
    low, high = band(curve)
    return 1 - float(high[passed - 1]), 1 - float(low[passed - 1])


def within(curve: Curve, days: int) -> float | None:
    """Share that has had the event by the end of that many days: 1 − S(days).

    None where nobody was observed so long, unless all have had the event before.

    >>> curve = kaplan_meier([5, 12, 20, 30, 45, 60, 60, 90], [1, 1, 0, 1, 0, 1, 0, 0], [1] * 8)
    >>> within(curve, 60), within(curve, 91)
    (0.6, None)
    """
    passed = int(np.searchsorted(curve.times, days, side="right"))
    if not passed:
        return None if curve.observed_to < days else 0.0
    everybody = curve.survival[passed - 1] == 0
    return float(curve.ended[passed - 1]) if everybody or curve.observed_to >= days else None


def _first_at_half(curve: Curve, edge: Array) -> int | None:
    reached = np.flatnonzero(edge <= 0.5 + _SLACK)
    return int(curve.times[reached[0]]) if len(reached) else None


def _products(stayed: list[int], at_risk: list[int]) -> tuple[Array, Array]:
    """The running products of stayed ÷ at risk, and 1 less each, multiplied in whole numbers and divided once."""
    survival, ended, above, below = [], [], 1, 1
    for part, whole in zip(stayed, at_risk, strict=True):
        above, below = above * part, below * whole
        survival.append(above / below)
        ended.append((below - above) / below)
    return np.array(survival, dtype=np.float64), np.array(ended, dtype=np.float64)


def _sums(cell: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], cells: int) -> npt.NDArray[np.int64]:
    sums = np.zeros(cells, dtype=np.int64)
    np.add.at(sums, cell, counts)
    return sums
