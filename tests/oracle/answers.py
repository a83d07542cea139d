"""The KPIs of what people answer and become: the net promoter score, and leads that turn into customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from oracle.calendar import Span
from oracle.export import Row
from oracle.figures import ONE, ZERO, Block, Figure, Unit, count, mean_by_unit, people, share
from oracle.split import Split
from oracle.world import World

ASKED = "person own customer"
PROMOTERS = range(9, 11)
DETRACTORS = range(7)


def answers(world: World, span: Span) -> dict[tuple[str, str], Row]:
    """The latest valid answer of each respondent in the period; of one day, the lowest score."""
    kept: dict[tuple[str, str], Row] = {}
    for number, row in enumerate(world.export.rows("surveys")):
        if row["score"] is None or not 0 <= row["score"] <= 10 or not span.first <= row["answered_on"] <= span.closing:
            continue
        names = ("respondent_id", "customer_id", "distributor_id")
        who = next(((name, row[name]) for name in names if row.get(name) is not None), ("row", str(number)))
        if who not in kept or _later(row) > _later(kept[who]):
            kept[who] = row
    return kept


def _later(row: Row) -> tuple[int, Fraction]:
    return row["answered_on"].toordinal(), -Fraction(row["score"])


def net_promoter_score(world: World, span: Span, split: Split) -> list[Block]:
    """100 × (promoters − detractors) by answers, each with its weight; and how many there are of both."""
    world.export.need("surveys")
    weighted = world.export.has("surveys", "weight")
    units, promoters, detractors = [], [], []
    for who, row in sorted(answers(world, span).items(), key=str):
        cell = split.record(row, span.closing, ASKED, "surveys")
        weight = Fraction(row.get("weight") or 0) if weighted else ONE
        side = (row["score"] in PROMOTERS) - (row["score"] in DETRACTORS)
        units.append(Unit(cell, 100 * side * weight, weight, ":".join(who)))
        promoters.append(Unit(cell, Fraction(side > 0), person=":".join(who)))
        detractors.append(Unit(cell, Fraction(side < 0), person=":".join(who)))
    return [
        Block("value", units, _score), Block("promoters", promoters, _tally), Block("detractors", detractors, _tally),
    ]


def _score(units: Sequence[Unit]) -> Figure:
    """A mean over answers whose interval stays on the scale."""
    found = mean_by_unit(units)
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(found.low, -100.0), high=min(found.high, 100.0))


def _tally(units: Sequence[Unit]) -> Figure:
    """A number of people, behind which only those stand who are counted."""
    return replace(count(units), people=people([unit for unit in units if unit.above != 0]))


def _leads(world: World, span: Span, split: Split, came_to: Callable[[Row], bool]) -> list[Block]:
    """Leads of the period, old enough to tell, and those among them that came to the outcome in time."""
    world.export.need("leads", "converted_on")
    definitions = world.definitions
    wait = timedelta(days=definitions.lead_window_days)
    sources = definitions.digital_sources
    if sources is not None:
        world.export.need("leads", "source")
    wanted = {source.casefold() for source in sources or ()}
    units = []
    for row in world.export.rows("leads"):
        created, converted = row["created_on"], row.get("converted_on")
        if not span.first <= created <= min(span.closing, world.as_of - wait):
            continue
        if sources is not None and (row.get("source") or "").casefold() not in wanted:
            continue
        done = converted is not None and created <= converted <= created + wait and came_to(row)
        cell = split.record(row, span.closing, "person own", "leads")
        units.append(Unit(cell, ONE if done else ZERO, ONE, row["lead_id"]))
    return [Block("value", units, share)]


def lead_conversion_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Leads converted in time by leads."""
    return _leads(world, span, split, lambda row: True)


def prospect_to_customer_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Leads that became customers in time by leads."""
    world.export.need("leads", "outcome")
    return _leads(world, span, split, lambda row: row.get("outcome") == "customer")


def prospect_to_distributor_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Leads that became distributors in time by leads."""
    world.export.need("leads", "outcome")
    return _leads(world, span, split, lambda row: row.get("outcome") == "distributor")
