"""The KPIs of first and second purchases."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from oracle.calendar import Span
from oracle.figures import ONE, Block, Cell, Unit, share
from oracle.split import Split
from oracle.world import World


def newly_seen(world: World, who: str) -> bool:
    """Whether a customer's first purchase can be told: they did not join before orders start."""
    joined = next((row.get("joined_on") for row in world.export.rows("customers") if row["customer_id"] == who), None)
    return joined is None or world.data_start is None or joined >= world.data_start


def one_time_buyer_share(world: World, span: Span, split: Split) -> list[Block]:
    """Customers with sales on exactly one day up to the period's end, by customers with any."""
    world.export.need("orders", "customer_id")
    days: dict[tuple[Cell, str], set[date]] = defaultdict(set)
    for who, sales in world.bought.items():
        for order in sales:
            if order.day <= span.closing and newly_seen(world, who):
                days[split.customer(who, span.closing, order), who].add(order.day)
    units = [Unit(cell, Fraction(len(found) == 1), ONE, who) for (cell, who), found in sorted(days.items())]
    return [Block("value", units, share)]


def second_order_rate_60d(world: World, span: Span, split: Split) -> list[Block]:
    """First-time buyers with a sale on another day within 60 days, by first-time buyers."""
    world.export.need("orders", "customer_id")
    until = min(span.closing, world.as_of - timedelta(days=60))
    units = []
    for who, sales in sorted(world.bought.items()):
        first = min(order.day for order in sales)
        if span.first <= first <= until and newly_seen(world, who):
            again = any(0 < (order.day - first).days <= 60 for order in sales)
            units.append(Unit(split.customer(who, span.closing), Fraction(again), ONE, who))
    return [Block("value", units, share)]


def sixty_days(world: World) -> int:
    """How long first-time buyers are watched for their second purchase."""
    return 60
