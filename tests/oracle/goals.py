"""The KPIs of people's goals: what those that ended reached, and how those that run are doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from oracle.calendar import Span
from oracle.definitions import NullError
from oracle.export import Row
from oracle.figures import ZERO, Block, Figure, Unit, people, ratio
from oracle.split import Split
from oracle.world import World

BEGUN_EARLIER = "goals begun before the orders start"
Actual = Callable[[World, str, date, date], Fraction]


def _sales(world: World, who: str, first: date, last: date) -> Fraction:
    world.need_net()
    world.export.need("orders", "distributor_id")
    return sum((order.amount for order in world.orders if order.seller == who and first <= order.day <= last), ZERO)


def _volume(world: World, who: str, first: date, last: date) -> Fraction:
    world.need_volume()
    world.export.need("orders", "distributor_id")
    return sum((order.volume for order in world.orders if order.seller == who and first <= order.day <= last), ZERO)


def _signups(world: World, who: str, first: date, last: date) -> Fraction:
    world.need_enroller()
    return Fraction(sum(1 for new in world.roster.newcomers(first, last) if world.roster.enroller[new] == who))


ACTUAL: dict[str, Actual] = {"sales_volume": _sales, "personal_sales_volume": _volume, "new_signups": _signups}


def goal_attainment(world: World, span: Span, split: Split) -> list[Block]:
    """What people did over the windows of goals that end in the period, by those goals."""
    return _of_goals(world, span, split, lambda row: span.first <= row["ends_on"] <= span.closing, _whole)


def goal_pace(world: World, span: Span, split: Split) -> list[Block]:
    """What people did so far towards goals that run on the closing day, by what an even pace asks."""
    return _of_goals(world, span, split, lambda row: row["starts_on"] <= span.closing <= row["ends_on"], _so_far)


def _whole(row: Row, closing: date) -> Fraction:
    return Fraction(row["goal"])


def _so_far(row: Row, closing: date) -> Fraction:
    elapsed: int = (closing - row["starts_on"]).days + 1
    days: int = (row["ends_on"] - row["starts_on"]).days + 1
    return Fraction(row["goal"]) * Fraction(elapsed, days)


def _of_goals(
    world: World, span: Span, split: Split, belongs: Callable[[Row], bool], asked: Callable[[Row, date], Fraction]
) -> list[Block]:
    world.export.need("goals")
    blocks = []
    for kpi, actual in ACTUAL.items():
        own = (("goal_kpi", kpi),)
        units, figure = [], _ratio
        for row in world.export.rows("goals"):
            if row["kpi"] != kpi or not belongs(row):
                continue
            who = row["distributor_id"]
            try:
                done = actual(world, who, row["starts_on"], min(row["ends_on"], span.closing))
                if kpi != "new_signups" and (world.data_start is None or span.closing < world.data_start):
                    raise NullError(f"orders start on {world.data_start}")
            except NullError:
                done, figure = ZERO, _unknown
            begun = kpi != "new_signups" and world.data_start is not None and row["starts_on"] < world.data_start
            units.append(Unit(split.person(who, span.closing), done, asked(row, span.closing), who, begun, own))
        blocks.append(Block("value", units, figure, has_own=True))
    return blocks


def _ratio(units: Sequence[Unit]) -> Figure:
    """A ratio, with a reason not to compare with it where the orders do not cover the days of all goals."""
    return replace(ratio(units), reason=BEGUN_EARLIER) if any(unit.days for unit in units) else ratio(units)


def _unknown(units: Sequence[Unit]) -> Figure:
    return Figure(None, None, None, people=people(units), reason="needs what the export does not have")
