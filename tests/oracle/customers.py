"""The KPIs that count customers: who buys, who stays, who comes back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from oracle.calendar import DAY, Span
from oracle.definitions import NullError
from oracle.distributors import active_units
from oracle.figures import ONE, Block, Cell, Unit, count, ratio, share
from oracle.split import Split
from oracle.world import World


def active_customers(world: World, span: Span, split: Split) -> list[Block]:
    """Distinct customers with a sale in the period."""
    return [Block("value", buyers(world, span, split), count)]


def buyers(world: World, span: Span, split: Split) -> list[Unit]:
    """One unit above for each customer and cell with a sale in the period."""
    world.export.need("orders", "customer_id")
    cells = {
        (split.customer(who, span.closing, order), who)
        for who in world.active_customers(span)
        for order in world.bought[who]
        if span.first <= order.day <= span.closing
    }
    return [Unit(cell, ONE, person=who) for cell, who in sorted(cells)]


def customer_to_distributor_ratio(world: World, span: Span, split: Split) -> list[Block]:
    """Active customers by active distributors."""
    return [Block("value", buyers(world, span, split) + active_units(world, span, split), ratio)]


def customer_retention_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Current customers at the start who are current at the end."""
    world.export.need("orders", "customer_id")
    period = world.definitions.retention_window == "period"
    start = span.first - DAY if period else world.calendar.back(span.closing)
    if world.definitions.retention_base == "active":
        before = world.calendar.before(span) if period else world.calendar.year_before(span)
        if before is None or world.data_start is None or before.first < world.data_start:
            raise NullError("needs the whole period before")
        base, kept = world.active_customers(before), world.active_customers(span)
        start = start if period else before.closing
    else:
        world.need_history(start, world.definitions.customer_lapse_after_days)
        base = frozenset(who for who in world.bought if world.is_current_customer(who, start))
        kept = frozenset(who for who in world.bought if world.is_current_customer(who, span.closing))
    units = [Unit(split.customer(who, start), Fraction(who in kept), ONE, who) for who in sorted(base)]
    return [Block("value", units, share)]


def repeat_purchase_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Customers with sales on two days or more of the 12 months, by customers with any."""
    world.export.need("orders", "customer_id")
    first, last = world.calendar.twelve_months(span)
    if world.data_start is None or first < world.data_start:
        raise NullError("needs 12 months of history")
    days: dict[tuple[Cell, str], set[date]] = defaultdict(set)
    for who, sales in world.bought.items():
        for order in sales:
            if first <= order.day <= last:
                days[split.customer(who, span.closing, order), who].add(order.day)
    units = [Unit(cell, Fraction(len(found) > 1), ONE, who) for (cell, who), found in sorted(days.items())]
    return [Block("value", units, share)]
