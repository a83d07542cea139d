"""The company's calendar: four years of history, of which the last 26 months of orders are exported."""

from __future__ import annotations

import numpy as np

from mlmkpi.demo.chance import Array, codes

MONTHS = 48
EXPORTED = range(22, MONTHS)
_FIRSTS = np.arange("2022-11", "2026-12", dtype="datetime64[M]")
STARTS: Array = _FIRSTS.astype("datetime64[D]").astype(np.int32)
LAST_DAY = int(STARTS[MONTHS]) - 1

_CALENDAR = (np.arange(MONTHS) + 10) % 12
_GROWTH = 1.01 ** np.arange(MONTHS)
_ORDERS = np.array([0.92, 0.90, 1.0, 0.98, 1.02, 0.97, 0.90, 0.92, 1.03, 1.04, 1.15, 1.35])
_JOINS = np.array([1.6, 1.1, 1.0, 0.95, 0.95, 0.85, 0.7, 0.85, 1.5, 1.1, 0.9, 0.55])
_WEEK = np.array([1.0, 0.98, 0.97, 1.03, 1.15, 1.05, 0.80])

ORDER_WEIGHTS: Array = _GROWTH * _ORDERS[_CALENDAR]
JOIN_WEIGHTS: Array = _GROWTH * _JOINS[_CALENDAR]


def month_of(days: Array) -> Array:
    """The month that each day lies in."""
    return (np.searchsorted(STARTS, days, side="right") - 1).astype(np.int8)


def some_days(rng: np.random.Generator, month: int, count: int, month_end: float = 1.3) -> Array:
    """Days of the month, in the week's rhythm, its last three `month_end` times as busy."""
    days = np.arange(STARTS[month], STARTS[month + 1], dtype=np.int32)
    weights = _WEEK[(days + 3) % 7]
    weights[-3:] *= month_end
    if _CALENDAR[month] == 11:
        weights[:20] *= 1.3
    return days[codes(rng, weights, count)]


def not_before(rng: np.random.Generator, days: Array, earliest: Array, month: int) -> Array:
    """The days, those that lie too early moved to any later day of the month."""
    room = STARTS[month + 1] - earliest
    later = earliest + (rng.random(len(days)) * room).astype(np.int32)
    return np.where(days < earliest, later, days)


def campaign(month: int) -> str:
    """The campaign that ran in the month."""
    calendar = int(_CALENDAR[month])
    return f"{('winter', 'spring', 'summer', 'autumn')[(calendar + 1) % 12 // 3]}-{2022 + (month + 10) // 12}"
