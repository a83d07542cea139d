"""Kaplan–Meier by the book: exact survival after each duration, its median, and log–log intervals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log, sqrt

from oracle.intervals import NONE, Bounds, Z, six_digits

HALF = Fraction(1, 2)
Times = Sequence[tuple[int, bool]]


def curve(times: Times) -> list[tuple[int, Fraction, float | None, float | None]]:
    """Each duration with an event: the day, S after it, and S's interval (none where S is 0)."""
    survival = Fraction(1)
    greenwood = 0.0
    steps = []
    for day in sorted({day for day, event in times if event}):
        at_risk = sum(1 for other, _ in times if other >= day)
        events = sum(1 for other, event in times if event and other == day)
        survival *= 1 - Fraction(events, at_risk)
        low, high = None, None
        if survival > 0:
            greenwood += events / (at_risk * (at_risk - events))
            spread = Z * sqrt(greenwood) / abs(log(survival))
            low, high = float(survival) ** exp(spread), float(survival) ** exp(-spread)
        steps.append((day, survival, low, high))
    return steps


def median(times: Times) -> int | None:
    """The smallest duration after which at most half are left."""
    return next((day for day, survival, _, _ in curve(times) if survival <= HALF), None)


def median_bounds(times: Times) -> Bounds:
    """The smallest durations after which the lower and the upper bound are at most one half."""
    if len(times) < 2:
        return NONE
    steps = curve(times)
    low = next((float(day) for day, _, bound, _ in steps if bound is not None and bound <= 0.5), None)
    high = next((float(day) for day, _, _, bound in steps if bound is not None and bound <= 0.5), None)
    return low, high


def share_within(times: Times, days: int) -> Fraction | None:
    """1 − S(days); nothing where nobody was observed that long, unless nobody is left."""
    survival = next((found for day, found, _, _ in reversed(curve(times)) if day <= days), Fraction(1))
    observed = max((day for day, _ in times), default=-1)
    return 1 - survival if survival == 0 or observed >= days else None


def share_bounds(times: Times, days: int) -> Bounds:
    """The interval of the share within so many days."""
    steps = [step for step in curve(times) if step[0] <= days]
    if len(times) < 2 or not steps or steps[-1][2] is None or steps[-1][3] is None:
        return NONE
    return six_digits(1 - steps[-1][3]), six_digits(1 - steps[-1][2])
