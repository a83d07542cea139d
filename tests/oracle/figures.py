"""What a KPI hands over: units with what each adds above and below, and how a figure comes from those of a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from oracle import survival
from oracle.intervals import NONE, Bounds, linearised, wilson

ZERO = Fraction(0)
ONE = Fraction(1)
Cell = tuple[str | None, ...]
Own = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Unit:
    """One person, order or customer: its cell, what it adds, the person behind it, and the KPI's own dimensions.

    `label` is what a figure over the labels of one cell tells units apart by.
    """

    cell: Cell
    above: Fraction = ZERO
    below: Fraction = ZERO
    person: str | None = None
    days: int = 0
    own: Own = ()
    label: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure of one cell; `people` is how many stand behind it."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    low: float | None = None
    high: float | None = None
    people: int = 0
    reason: str | None = None
    is_hidden: bool = False

    def hidden(self) -> Figure:
        """The same cell with nothing to see."""
        return Figure(None, None, None, reason="fewer people than min_cell", is_hidden=True)


@dataclass(frozen=True)
class Block:
    """All units of one statistic of a KPI in one period."""

    statistic: str
    units: Sequence[Unit]
    figure: Callable[[Sequence[Unit]], Figure]
    has_own: bool = False
    lacks: str = ""
    """What the export lacks for it; then it has no units."""


Key = tuple[str, Cell, Own]


def count(units: Sequence[Unit]) -> Figure:
    """A number of people, or a sum of money or volume."""
    total = sum((unit.above for unit in units), ZERO)
    return Figure(total, None, total, people=people([unit for unit in units if unit.above != 0]))


def total(units: Sequence[Unit]) -> Figure:
    """A sum beside a mean: everybody of the mean stands behind it."""
    return replace(count(units), people=people(units))


def people(units: Sequence[Unit]) -> int:
    """Distinct people behind the units."""
    return len({unit.person for unit in units} - {None})


def ratio(units: Sequence[Unit]) -> Figure:
    """Sum above by sum below, nothing where that is not above 0."""
    above = sum((unit.above for unit in units), ZERO)
    below = sum((unit.below for unit in units), ZERO)
    behind = people([unit for unit in units if unit.below != 0])
    if below <= 0:
        return Figure(above, below, None, people=behind, reason="denominator is 0 or less")
    return Figure(above, below, above / below, people=behind)


def occurring(units: Sequence[Unit]) -> list[Unit]:
    """Without the cells in which nobody is counted below and what is above comes to 0: these are empty."""
    sums: dict[Cell, list[Fraction]] = defaultdict(lambda: [ZERO, ZERO])
    for unit in units:
        sums[unit.cell][0] += unit.above
        sums[unit.cell][1] += unit.below
    return [unit for unit in units if sums[unit.cell] != [ZERO, ZERO]]


def share(units: Sequence[Unit]) -> Figure:
    """A subset of people by those people, with Wilson's interval."""
    found = ratio(units)
    if found.numerator is None or found.denominator is None or found.value is None:
        return found
    low, high = wilson(found.numerator, found.denominator)
    return replace(found, low=low, high=high)


def mean_by_unit(units: Sequence[Unit]) -> Figure:
    """A ratio whose units are independent of one another."""
    return _linear(units, [(unit.above, unit.below) for unit in units])


def share_by_person(units: Sequence[Unit]) -> Figure:
    """As `mean_by_person`, of units that are counted above or not: between none and all."""
    found = mean_by_person(units)
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))


def mean_by_person(units: Sequence[Unit]) -> Figure:
    """A ratio whose units belong together by person; units of nobody are out of the interval."""
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [ZERO, ZERO])
    for unit in units:
        if unit.person is not None:
            sums[unit.person][0] += unit.above
            sums[unit.person][1] += unit.below
    return _linear(units, [(above, below) for above, below in sums.values()])


def _linear(units: Sequence[Unit], pairs: Sequence[tuple[Fraction, Fraction]]) -> Figure:
    found = ratio(units)
    low, high = linearised(pairs) if found.value is not None else NONE
    return replace(found, low=low, high=high)


def quantile(at: Fraction) -> Callable[[Sequence[Unit]], Figure]:
    """The figure of a quantile by linear interpolation (type 7)."""

    def figure(units: Sequence[Unit]) -> Figure:
        values = sorted(unit.above for unit in units)
        if not values:
            return Figure(None, ZERO, None, reason="nobody")
        place = (len(values) - 1) * at
        under = floor(place)
        over = min(under + 1, len(values) - 1)
        value = values[under] + (place - under) * (values[over] - values[under])
        return Figure(None, Fraction(len(values)), value, people=people(units))

    return figure


def survival_median(units: Sequence[Unit]) -> Figure:
    """The Kaplan–Meier median; a unit adds 1 above where its event was seen."""
    times = [(unit.days, unit.above == 1) for unit in units]
    found = survival.median(times)
    return _survival(units, None if found is None else Fraction(found), survival.median_bounds(times))


def survival_within(days: int) -> Callable[[Sequence[Unit]], Figure]:
    """The figure of 1 − S(days)."""

    def figure(units: Sequence[Unit]) -> Figure:
        times = [(unit.days, unit.above == 1) for unit in units]
        return _survival(units, survival.share_within(times, days), survival.share_bounds(times, days))

    return figure


def _survival(units: Sequence[Unit], value: Fraction | None, bounds: Bounds) -> Figure:
    low, high = bounds if value is not None else NONE
    reason = "not observed" if value is None else None
    return Figure(None, Fraction(len(units)), value, low, high, people(units), reason)
