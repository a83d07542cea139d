"""Cohort curves: of everybody who came in a month, how many were still there each calendar month after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.calendar import DAY, Span, month_end
from oracle.definitions import Definitions, NullError
from oracle.export import Export
from oracle.repeat import newly_seen
from oracle.world import World


@dataclass(frozen=True)
class CohortRow:
    """One cell of the triangle: a class by its month, the month after it, who was there, of how many.

    `there` is nothing where the state that month cannot be known.
    """

    cohort: str
    month: int
    there: Fraction | None
    size: Fraction
    value: Fraction | None


def cohorts(
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    of: str = "distributors",
    curve: str = "active",
    as_of: date | None = None,
    definitions: Mapping[str, Any] | None = None,
) -> list[CohortRow]:
    """The triangle of all classes: distributors by first enrolment, customers by first sale; ended months alone."""
    world = World(Export(tables), Definitions.of(definitions or {}), "month", as_of)
    world.export.need("orders", "distributor_id" if of == "distributors" else "customer_id")
    came = _enrolled(world) if of == "distributors" else _first_bought(world)
    classes: dict[date, list[str]] = defaultdict(list)
    for who, day in came.items():
        classes[day.replace(day=1)].append(who)
    there = _distributors_there(world, curve) if of == "distributors" else _customers_there(world, curve)
    found = []
    for first, people in sorted(classes.items()):
        month, number = first, 0
        while month_end(month) <= world.as_of:
            found.append(_cell(first, number, people, there, month))
            month, number = month_end(month) + DAY, number + 1
    return found


def _cell(
    first: date, number: int, people: Sequence[str], there: Callable[[str, Span], bool], month: date
) -> CohortRow:
    span = Span(f"{month:%Y-%m}", month, month_end(month), month_end(month))
    size = Fraction(len(people))
    try:
        seen = Fraction(sum(there(who, span) for who in people))
    except NullError:
        return CohortRow(f"{first:%Y-%m}", number, None, size, None)
    return CohortRow(f"{first:%Y-%m}", number, seen, size, seen / size)


def _enrolled(world: World) -> dict[str, date]:
    """First enrolments since orders start."""
    world.export.need_roster()
    start = world.data_start
    return {who: day for who, day in world.roster.first.items() if start is not None and day >= start}


def _first_bought(world: World) -> dict[str, date]:
    """First sales of customers who did not join before orders start."""
    return {who: min(order.day for order in sales) for who, sales in world.bought.items() if newly_seen(world, who)}


def _distributors_there(world: World, curve: str) -> Callable[[str, Span], bool]:
    def current(who: str, span: Span) -> bool:
        world.need_history(span.last, world.definitions.lapse_after_days)
        return world.is_current(who, span.last)

    return {
        "active": lambda who, span: who in world.active(span),
        "current": current,
        "on_books": lambda who, span: world.roster.on_books(who, span.last),
    }[curve]


def _customers_there(world: World, curve: str) -> Callable[[str, Span], bool]:
    def current(who: str, span: Span) -> bool:
        world.need_history(span.last, world.definitions.customer_lapse_after_days)
        return world.is_current_customer(who, span.last)

    if curve == "active":
        return lambda who, span: who in world.active_customers(span)
    return current
