"""The KPIs of money and volume: sales, shares of sales, and what the average seller and order bring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

from oracle.calendar import Span
from oracle.distributors import active_units
from oracle.figures import ONE, ZERO, Block, Cell, Unit, count, mean_by_person, mean_by_unit, occurring, quantile, ratio
from oracle.lines import within
from oracle.orders import Order
from oracle.split import Split
from oracle.world import World


def sales_volume(world: World, span: Span, split: Split) -> list[Block]:
    """Company net sales."""
    world.need_net()
    units = [
        Unit(split.order(order, span.closing), order.amount, person=split.behind(order))
        for order in within(world, span, split)
    ]
    return [Block("value", units, count)]


def sales_per_active_distributor(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales, house business included, by active distributors."""
    world.need_net()
    active = active_units(world, span, split)
    sales = [Unit(split.order(order, span.closing), order.amount) for order in world.within(span)]
    return [Block("value", occurring(sales + active), ratio)]


def average_order_value(world: World, span: Span, split: Split) -> list[Block]:
    """Amount of sales by number of sales, and the median sale."""
    world.export.need("orders")
    units = [
        Unit(split.order(order, span.closing), order.amount, ONE, order.seller)
        for order in within(world, span, split)
        if order.is_sale
    ]
    return [Block("value", units, mean_by_unit), Block("median", units, quantile(Fraction(1, 2)))]


def personal_sales_volume(world: World, span: Span, split: Split) -> list[Block]:
    """Volume of orders with a seller by active distributors; its quantiles over them, and its two parts."""
    world.need_volume()
    world.export.need("orders", "distributor_id")
    active = active_units(world, span, split)
    credited = [order for order in world.within(span) if order.seller is not None]
    volume = [
        (Unit(split.person(order.seller, span.closing, order), order.volume, person=order.seller), order.is_own)
        for order in credited
    ]
    everything = [unit for unit, _ in volume]
    totals: dict[tuple[Cell, str | None], Fraction] = defaultdict(Fraction)
    for unit in everything:
        totals[unit.cell, unit.person] += unit.above
    each = [Unit(unit.cell, totals.get((unit.cell, unit.person), ZERO), ONE, unit.person) for unit in active]
    blocks = [
        Block("value", occurring(everything + active), mean_by_person),
        Block("median", each, quantile(Fraction(1, 2))),
        Block("p90", each, quantile(Fraction(9, 10))),
    ]
    if world.export.has("orders", "customer_id"):
        blocks.append(Block("own", occurring([unit for unit, own in volume if own] + active), ratio))
        blocks.append(Block("customer", occurring([unit for unit, own in volume if not own] + active), ratio))
    return blocks


def _part(world: World, span: Span, split: Split, belongs: Callable[[Order], bool]) -> list[Unit]:
    """Net sales below, and above where the order belongs to the part."""
    return [
        Unit(cell, order.amount if belongs(order) else ZERO, order.amount, split.behind(order))
        for order in within(world, span, split)
        for cell in [split.order(order, span.closing)]
    ]


def social_sales_share(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales through social channels, and those without a channel, by net sales."""
    world.need_net()
    world.export.need("orders", "channel")
    social = {channel.casefold() for channel in world.definitions.social_channels}
    through = _part(world, span, split, lambda order: (order.row.get("channel") or "").casefold() in social)
    without = _part(world, span, split, lambda order: order.row.get("channel") is None)
    return [Block("value", through, ratio), Block("without_channel", without, ratio)]


def retail_sales_share(world: World, span: Span, split: Split) -> list[Block]:
    """Net customer sales by net sales."""
    world.need_net()
    world.export.need("orders", "customer_id")
    return [Block("value", _part(world, span, split, lambda order: not order.is_own), ratio)]


def internal_consumption_share(world: World, span: Span, split: Split) -> list[Block]:
    """Own purchases by net sales."""
    world.need_net()
    world.export.need("orders", "customer_id")
    return [Block("value", _part(world, span, split, lambda order: order.is_own), ratio)]
