"""The KPIs of a growing field: recruits, what new people do soon, how old the field is, and where it works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from oracle.calendar import Span
from oracle.figures import ONE, ZERO, Block, Cell, Figure, Unit, ratio, share
from oracle.split import Split
from oracle.world import World

AGE = "age_band"


def recruits_per_recruiter(world: World, span: Span, split: Split) -> list[Block]:
    """New people with an enroller by the people who enrolled them, both counted where the enroller stands."""
    world.need_enroller()
    roster = world.roster
    recruits = Counter(roster.enroller[who] for who in roster.newcomers(span.first, span.closing))
    units = [
        Unit(split.person(who, span.closing), Fraction(number), ONE, who)
        for who, number in recruits.items()
        if who is not None
    ]
    return [Block("value", units, ratio)]


def _new_people(world: World, span: Span, split: Split, wait: int, did: Callable[[str], bool]) -> list[Block]:
    """New people of the period, old enough to tell and not from before the data, and those among them who did it."""
    last = min(span.closing, world.as_of - timedelta(days=wait))
    units = [
        Unit(split.newcomer(who, span.closing), Fraction(did(who)), ONE, who)
        for who in world.roster.newcomers(span.first, last)
        if world.data_start is None or world.roster.first[who] >= world.data_start
    ]
    return [Block("value", units, share)]


def enrolment_activation(days: int) -> Callable[[World, Span, Split], list[Block]]:
    """The KPI of new people with a sale within so many days."""

    def activation(world: World, span: Span, split: Split) -> list[Block]:
        """New people with a sale credited to them soon enough by new people."""
        world.export.need_roster()
        world.export.need("orders", "distributor_id")

        def sold(who: str) -> bool:
            joined = world.roster.first[who]
            return any(0 <= (order.day - joined).days <= days for order in world.sold.get(who, ()))

        return _new_people(world, span, split, days, sold)

    return activation


def duplication_rate(world: World, span: Span, split: Split) -> list[Block]:
    """New people who enrol somebody within 90 days by new people."""
    world.need_enroller()
    roster = world.roster

    def enrolled_somebody(who: str) -> bool:
        joined = roster.first[who]
        days = [roster.first[other] for other, enroller in roster.enroller.items() if enroller == who]
        return any(0 <= (day - joined).days <= 90 for day in days)

    return _new_people(world, span, split, 90, enrolled_somebody)


def distributor_age_distribution(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books by age band, and their share of all of them."""
    world.export.need("distributors")
    ages = Split(world, [AGE])
    ages.check("person")
    places = [place for place, name in enumerate(split.dimensions) if name == AGE]
    bands: Counter[tuple[Cell, str | None]] = Counter()
    totals: Counter[Cell] = Counter()
    for who in world.roster.first:
        if world.roster.on_books(who, span.closing):
            cell = split.person(who, span.closing)
            band = ages.person(who, span.closing)[0]
            bands[cell, band] += 1
            totals[_without(cell, places)] += 1
    units = [
        Unit(cell, Fraction(number), Fraction(totals[_without(cell, places)]), own=((AGE, str(band)),))
        for (cell, band), number in bands.items()
    ]
    return [Block("value", units, _of_the_band, has_own=True)]


def _without(cell: Cell, places: Sequence[int]) -> Cell:
    return tuple(None if place in places else label for place, label in enumerate(cell))


def _of_the_band(units: Sequence[Unit]) -> Figure:
    """A share behind which those of the band stand."""
    return replace(ratio(units), people=int(sum((unit.above for unit in units), ZERO)))


def territory_coverage(world: World, span: Span, split: Split) -> list[Block]:
    """Territories with enough active people by territories."""
    world.export.need("territories")
    world.export.need("distributors", "territory")
    details = world.roster.details
    at_work = Counter(details[who].get("territory") for who in world.active(span) if who in details)
    least = world.definitions.coverage_minimum
    units = [
        Unit(split.record(row, span.closing, "own", "territories"), Fraction(at_work[row["territory"]] >= least), ONE)
        for row in world.export.rows("territories")
    ]
    return [Block("value", units, ratio)]
