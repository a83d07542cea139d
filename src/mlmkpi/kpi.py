"""What a KPI is: a pure function from parameters to a figure, with what people need to know of it; and the registry."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from mlmkpi.books.dimensions import Boundary
from mlmkpi.facts.base import Measure
from mlmkpi.figure import (
    MEDIAN,
    P90,
    TOTAL,
    Back,
    Block,
    Chain,
    Concentrated,
    Concentration,
    Figure,
    MedianRatio,
    Part,
    Quantiles,
    Ratio,
    Shape,
    Statistic,
    Survival,
    Unit,
    facts_of,
    fits,
    needs_of,
)

__all__ = [
    "KPIS", "MEDIAN", "P90", "TOTAL", "Back", "Better", "Block", "Chain", "Check", "Concentrated", "Concentration",
    "Family", "Figure", "Interval", "Kpi", "MedianRatio", "Naive", "Part", "Quantiles", "Ratio", "Shape",
    "Statistic", "Survival", "Unit", "facts_of", "fits", "kpi",
]

Function = TypeVar("Function", bound=Callable[..., Figure])


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
    POINTS = "points"


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
class Naive:
    """A popular figure that is wrong, to be told beside the right one.

    `formula` says how it is made and `why` what is wrong with it. `sums` are the counts or totals it is made of, given
    the figure as it is computed; `value` makes it of them, None where they do not suffice.
    """

    formula: str
    why: str
    sums: Callable[[Any], tuple[Ratio, ...]]
    value: Callable[..., float | None]


@dataclass(frozen=True)
class Check:
    """A test of a figure that expects something, told beside it: `words` say how it is made.

    `ratio` gives, of the figure as it is computed, what came true ÷ what was expected, and its parts `customers` and
    `purchases`, by a split of its own; None where nothing is expected.
    """

    words: str
    ratio: Callable[[Any], Ratio | None]


@dataclass(frozen=True)
class Kpi:
    """A definition: the function, and what people and renderers need to know of it.

    `naive` is a popular figure that is wrong; `related` are KPIs whose numerators tell more of the same people; `check`
    is a test of what the figure expects; `made_of` gives the sums that its numerator is put together of.
    """

    name: str
    title: str
    short: str
    family: Family
    unit: Unit
    better: Better
    interval: Interval
    dims_at: Boundary
    function: Callable[..., Figure]
    naive: Naive | None = None
    related: tuple[str, ...] = ()
    check: Check | None = None
    made_of: Callable[[Any], tuple[Measure, ...]] | None = None

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


KPIS: dict[str, Kpi] = {}


def kpi(
    *, title: str, short: str, family: Family, unit: Unit, better: Better, interval: Interval = Interval.NONE,
    dims_at: Boundary = Boundary.END, naive: Naive | None = None, related: tuple[str, ...] = (),
    check: Check | None = None, made_of: Callable[[Any], tuple[Measure, ...]] | None = None,
) -> Callable[[Function], Function]:
    """Register a function as the KPI of its own name; it stays as it is, its types too."""

    def register(function: Function) -> Function:
        name = function.__name__
        KPIS[name] = Kpi(
            name, title, short, family, unit, better, interval, dims_at, function, naive, related, check, made_of
        )
        return function

    return register
