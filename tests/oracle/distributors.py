"""The KPIs that count distributors: who is new, who stays, who leaves, who is active."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from oracle.calendar import DAY, Span, month_end
from oracle.definitions import NullError
from oracle.figures import ONE, Block, Unit, count, ratio, share, share_by_person, survival_median, survival_within
from oracle.split import UNKNOWN, Split
from oracle.world import World

Bases = tuple[frozenset[str], frozenset[str], date]


def new_signups(world: World, span: Span, split: Split) -> list[Block]:
    """People whose first enrolment falls in the period, less those gone within the cooling-off."""
    world.export.need_roster()
    roster = world.roster
    cooling = world.definitions.cooling_off_days
    units = []
    for who in roster.newcomers(span.first, span.closing):
        left = roster.terminated.get(who)
        if cooling and left is not None and 0 <= (left - roster.first[who]).days <= cooling:
            continue
        units.append(Unit(split.newcomer(who, span.closing, "person own"), ONE, person=who))
    return [Block("value", units, count)]


def bases(world: World, span: Span) -> Bases:
    """S, E, and the start boundary, by the base and the window in force."""
    world.export.need("distributors")
    world.export.need("orders")
    base = world.definitions.retention_base
    period = world.definitions.retention_window == "period"
    start = span.first - DAY if period else world.calendar.back(span.closing)
    if base == "active":
        before = world.calendar.before(span) if period else world.calendar.year_before(span)
        if before is None or world.data_start is None or before.first < world.data_start:
            raise NullError("needs the whole period before")
        return world.active(before), world.active(span), start if period else before.closing
    if base == "current":
        world.export.need("orders", "distributor_id")
        world.need_history(start, world.definitions.lapse_after_days)
    state = world.is_current if base == "current" else world.roster.on_books
    known = world.roster.first
    return (
        frozenset(who for who in known if state(who, start)),
        frozenset(who for who in known if state(who, span.closing)),
        start,
    )


def _tenure(world: World, who: str, day: date) -> str:
    joined = world.roster.latest_enrolment(who, day)
    lapse = world.definitions.lapse_after_days
    if joined is None:
        return UNKNOWN
    return f"<{lapse} days" if (day - joined).days < lapse else f">={lapse} days"


def _of_base(world: World, span: Span, split: Split, outcome: str) -> list[Unit]:
    """One unit for everybody in S, adding 1 above where they came to the outcome."""
    start, end, day = bases(world, span)
    units = []
    for who in sorted(start):
        kept = who in end
        came_to = {
            "kept": kept,
            "lost": not kept,
            "terminated": not kept and not world.roster.on_books(who, span.closing),
            "lapsed": not kept and world.roster.on_books(who, span.closing),
        }[outcome]
        own = (("tenure", _tenure(world, who, day)),)
        units.append(Unit(split.person(who, day), Fraction(came_to), ONE, who, own=own))
    return units


def _plain(units: list[Unit]) -> list[Unit]:
    return [replace(unit, own=()) for unit in units]


def _with_tenure(units: list[Unit]) -> list[Block]:
    return [Block("value", _plain(units), share), Block("value", units, share, has_own=True)]


def distributor_retention_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Those of S still in E, also by tenure."""
    return _with_tenure(_of_base(world, span, split, "kept"))


def churn_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Those of S no longer in E, also by tenure."""
    return _with_tenure(_of_base(world, span, split, "lost"))


def churn_terminated(world: World, span: Span, split: Split) -> list[Block]:
    """Those of S no longer in E and off the books."""
    return [Block("value", _plain(_of_base(world, span, split, "terminated")), share)]


def churn_lapsed(world: World, span: Span, split: Split) -> list[Block]:
    """Those of S no longer in E though on the books."""
    return [Block("value", _plain(_of_base(world, span, split, "lapsed")), share)]


def quick_ratio(world: World, span: Span, split: Split) -> list[Block]:
    """Who came by who went, as they stand at the period's end."""
    start, end, _ = bases(world, span)
    units = [Unit(split.person(who, span.closing), ONE, person=who) for who in sorted(end - start)]
    units += [Unit(split.person(who, span.closing), below=ONE, person=who) for who in sorted(start - end)]
    return [Block("value", units, ratio)]


def intra_period_leavers(world: World, span: Span, split: Split) -> list[Block]:
    """People off the books at both boundaries and on them some day between."""
    world.export.need("distributors")
    books = world.roster.on_books
    units = [
        Unit(split.person(who, span.closing), ONE, person=who)
        for who, days in world.roster.enrolments.items()
        if not books(who, span.first - DAY)
        and not books(who, span.closing)
        and any(span.first <= day <= span.closing and books(who, day) for day in days)
    ]
    return [Block("value", units, count)]


def months_of(world: World, span: Span) -> list[tuple[date, date]]:
    """The calendar months inside the period that have ended; a day, a week or a company's own period is its own.

    One that ended before the orders start is none: who sold in it is unknown.
    """
    if world.calendar.every in ("day", "week", "period"):
        return [(span.first, span.last)] if span.last <= span.closing else []
    found = []
    first = span.first
    while first <= span.last:
        if month_end(first) <= span.closing and month_end(first) >= (world.data_start or first):
            found.append((first, month_end(first)))
        first = month_end(first) + DAY
    return found


def active_distributor_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Person-months on the books with a sale or a recruit, by person-months on the books."""
    world.export.need("orders", "distributor_id")
    world.export.need_roster()
    recruiting = world.definitions.active_counts_recruiting
    if recruiting:
        world.need_enroller()
    months = months_of(world, span)
    units = []
    for first, last in months:
        doing = world.sellers(first, last) | (world.recruiters(first, last) if recruiting else set())
        units += [
            Unit(split.person(who, span.closing), Fraction(who in doing), ONE, who)
            for who in world.roster.first
            if world.roster.on_books(who, last)
        ]
    return [Block("value", units, share if len(months) == 1 else share_by_person)]


def active_distributors(world: World, span: Span, split: Split) -> list[Block]:
    """Distinct people active in the period."""
    units = [replace(unit, above=ONE) for unit in active_units(world, span, split)]
    return [Block("value", units, count)]


def active_units(world: World, span: Span, split: Split) -> list[Unit]:
    """One unit below for everybody active; split by an order's attribute, one for each cell their sales fall in."""
    active = world.active(span)
    if not any(name.startswith("order.") for name in split.dimensions):
        return [Unit(split.person(who, span.closing), below=ONE, person=who) for who in sorted(active)]
    rule = world.definitions.active_rule
    if rule not in ("any_order", "own_order"):
        raise NullError(f"cannot be split by an order's attribute under {rule}")
    cells = {
        (split.person(order.seller, span.closing, order), order.seller)
        for order in world.within(span)
        if order.is_sale and order.seller is not None and (rule == "any_order" or order.is_own)
    }
    return [Unit(cell, below=ONE, person=who) for cell, who in sorted(cells)]


def sponsor_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Active people who enrolled somebody new, by active people."""
    world.need_enroller()
    recruiters = world.recruiters(span.first, span.closing)
    units = [
        Unit(split.person(who, span.closing), Fraction(who in recruiters), ONE, who)
        for who in sorted(world.active(span))
    ]
    return [Block("value", units, share)]


def time_to_first_sale(world: World, span: Span, split: Split) -> list[Block]:
    """Kaplan–Meier over the period's new people: days to their first sale on or after enrolment."""
    any_sale = world.definitions.first_sale == "any"
    world.export.need("distributors")
    world.export.need("orders", "distributor_id", *(() if any_sale else ("customer_id",)))
    if world.data_start is None:
        raise NullError("no orders")
    units = []
    for who in world.roster.newcomers(span.first, span.closing):
        joined = world.roster.first[who]
        days = [order.day for order in world.sold.get(who, ()) if any_sale or not order.is_own]
        if joined < world.data_start or any(day < joined for day in days):
            continue
        lasted = (min(days, default=world.as_of) - joined).days
        units.append(Unit(split.newcomer(who, span.closing), Fraction(bool(days)), ONE, who, lasted))
    blocks = [Block("value", units, survival_median)]
    return blocks + [Block(f"within_{days}", units, survival_within(days)) for days in (30, 60, 90)]

