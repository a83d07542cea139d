"""What a KPI is: a pure function from its parameters to a figure made of measures, and the registry of them all."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from mlmkpi.facts.base import Boundary, Fact, Measure


class Unit(StrEnum):
    """What a KPI's value is counted in; money becomes the currency's code in a Result."""

    COUNT = "count"
    RATE = "rate"
    RATIO = "ratio"
    DAYS = "days"
    POINTS = "points"
    VOLUME = "volume"
    MONEY = "money"


class Better(StrEnum):
    """Which direction is good."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"
    NONE = "none"


class Interval(StrEnum):
    """How the 95 % interval is made: see docs/definitions.md."""

    NONE = "none"
    WILSON = "wilson"
    LINEAR = "linear"
    MONTHLY = "monthly"
    CLUSTERED = "clustered"


class Family(StrEnum):
    """The sections of the catalogue, in report order."""

    RECRUITING = "recruiting"
    SALES = "sales"
    ENGAGEMENT = "engagement"
    LEADERSHIP = "leadership"
    CUSTOMERS = "customers"
    SOCIAL = "social"
    DEMOGRAPHICS = "demographics"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"


@dataclass(frozen=True)
class Part:
    """A further statistic that is itself a ratio of sums; null where the export lacks a column of its own `needs`."""

    name: str
    numerator: Measure
    denominator: Measure | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quantiles:
    """Quantiles (type 7) of `value` over the rows that `of` counts."""

    of: Measure
    value: Measure
    points: tuple[tuple[str, Fraction], ...]


TOTAL: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ratio:
    """Σ numerator ÷ Σ denominator, pooled; without a denominator, a count or total.

    `blocks` are the splits that the KPI brings itself, each a tuple of its fact's own dimensions, TOTAL being none.
    """

    numerator: Measure
    denominator: Measure | None = None
    also: tuple[Part | Quantiles, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = (TOTAL,)

    def measures(self) -> tuple[Measure, ...]:
        """The measures that are sums, the numerator first."""
        found = [self.numerator, self.denominator]
        for one in self.also:
            found += [one.numerator, one.denominator] if isinstance(one, Part) else [one.of]
        return tuple(dict.fromkeys(m for m in found if m is not None))


@dataclass(frozen=True)
class Survival:
    """The Kaplan–Meier median of `duration` (days, ended by `event` or censored) over the rows that `of` counts.

    `within` are days; the share that ended within each is a further statistic.
    """

    of: Measure
    duration: Measure
    event: Measure
    within: tuple[int, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = (TOTAL,)

    def measures(self) -> tuple[Measure, ...]:
        """The measures that are sums: how many units are observed."""
        return (self.of,)


Figure = Ratio | Survival


@dataclass(frozen=True)
class Kpi:
    """A definition: the function, and what people and renderers need to know of it."""

    name: str
    title: str
    short: str
    family: Family
    unit: Unit
    better: Better
    interval: Interval
    dims_at: Boundary
    function: Callable[..., Figure]

    @property
    def doc(self) -> str:
        """The definition in words."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Parameter names with their defaults."""
        return {name: p.default for name, p in inspect.signature(self.function).parameters.items()}

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns it cannot do without under its default parameters, as `table.column`; `a|b` = one of them."""
        return needs_of(self.function())


def facts_of(figure: Figure) -> tuple[Fact, ...]:
    """The facts a figure stands on, the numerator's first."""
    return tuple(dict.fromkeys(m.fact for m in figure.measures()))


def needs_of(figure: Figure) -> tuple[str, ...]:
    """The columns a figure cannot do without."""
    return tuple(dict.fromkeys(need for fact in facts_of(figure) for need in fact.needs()))


KPIS: dict[str, Kpi] = {}


def kpi(
    *, title: str, short: str, family: Family, unit: Unit, better: Better, interval: Interval = Interval.NONE,
    dims_at: Boundary = Boundary.END,
) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Register a function as the KPI of its own name."""

    def register(function: Callable[..., Figure]) -> Callable[..., Figure]:
        name = function.__name__
        KPIS[name] = Kpi(name, title, short, family, unit, better, interval, dims_at, function)
        return function

    return register
