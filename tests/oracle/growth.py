"""The KPIs that set a period beside an earlier one: growth, order size, what customers kept, the seasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from oracle.calendar import DAY, Span, month_end
from oracle.definitions import NullError
from oracle.figures import ONE, ZERO, Block, Cell, Figure, Unit, people, ratio
from oracle.lines import within
from oracle.split import Split
from oracle.world import World


def whole_base(world: World, span: Span | None) -> Span:
    """An earlier period that orders cover wholly, to measure a later one by."""
    if span is None or world.data_start is None or span.first < world.data_start:
        raise NullError("the base period is not wholly covered by orders")
    return span


def less_one(units: Sequence[Unit]) -> Figure:
    """Now less before, by before."""
    found = ratio([replace(unit, above=unit.above - unit.below) for unit in units])
    return replace(found, people=people([unit for unit in units if unit.below != 0]))


def yoy_growth(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales by those of the period a year before, less 1."""
    world.need_net()
    then = whole_base(world, world.calendar.year_before(span))
    now = [
        Unit(split.order(order, span.closing), order.amount, person=split.behind(order))
        for order in within(world, span, split)
    ]
    before = [
        Unit(split.order(order, then.closing), below=order.amount, person=split.behind(order))
        for order in within(world, then, split)
    ]
    return [Block("value", now + before, less_one)]


def order_size_trend(world: World, span: Span, split: Split) -> list[Block]:
    """The average order of the period by that of the one before, less 1."""
    world.export.need("orders")
    then = whole_base(world, world.calendar.before(span))
    units = [*_orders(world, span, split, "now"), *_orders(world, then, split, "before")]
    return [Block("value", units, _size_trend)]


def _orders(world: World, span: Span, split: Split, label: str) -> list[Unit]:
    """One unit an order and cell: what of its amount falls there above, the order below."""
    amounts: dict[tuple[str, str | None, Cell], Fraction] = defaultdict(Fraction)
    for order in within(world, span, split):
        if order.is_sale:
            amounts[order.row["order_id"], order.seller, split.order(order, span.closing)] += order.amount
    return [Unit(cell, amount, ONE, seller, label=label) for (_, seller, cell), amount in amounts.items()]


def _size_trend(units: Sequence[Unit]) -> Figure:
    before = ratio([unit for unit in units if unit.label == "before"])
    now = ratio([unit for unit in units if unit.label == "now"])
    if now.value is None or before.value is None:
        return Figure(None, before.value, None, people=before.people, reason="no sales in one of the periods")
    return replace(ratio([Unit((), now.value - before.value, before.value)]), people=before.people)


def net_revenue_retention(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales now of those who bought in the period a year before, by theirs then."""
    return [Block("value", _kept(world, span, split), ratio)]


def gross_revenue_retention(world: World, span: Span, split: Split) -> list[Block]:
    """The same, counting nobody for more than they bought then."""
    units = [replace(unit, above=min(unit.above, unit.below)) for unit in _kept(world, span, split)]
    return [Block("value", units, ratio)]


def _kept(world: World, span: Span, split: Split) -> list[Unit]:
    world.need_net()
    world.export.need("orders", "customer_id")
    then = whole_base(world, world.calendar.year_before(span))
    now, before = _by_customer(world, span), _by_customer(world, then)
    return [
        Unit(split.customer(who, span.closing), now.get(who, ZERO), before.get(who, ZERO), who)
        for who in sorted(world.active_customers(then))
    ]


def _by_customer(world: World, span: Span) -> dict[str, Fraction]:
    """Net sales of customer orders of the period by customer."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for order in world.within(span):
        if order.customer is not None and not order.is_own:
            found[order.customer] += order.amount
    return found


def seasonality_index(world: World, span: Span, split: Split) -> list[Block]:
    """For each calendar month: the mean ratio of its net sales to their 2×12 centred mean."""
    world.need_net()
    months = _whole_months(world)
    if len(months) < 24:
        raise NullError("needs 24 whole months")
    totals: dict[Cell, dict[date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    sellers: dict[Cell, set[str | None]] = defaultdict(set)
    for order in within(world, Span("", months[0], month_end(months[-1]), month_end(months[-1])), split):
        cell = split.order(order, span.closing)
        totals[cell][order.day.replace(day=1)] += order.amount
        if order.amount != 0:
            sellers[cell].add(split.behind(order))
    units = []
    for cell, by_month in totals.items():
        for month, found in _ratios([by_month[month] for month in months], months):
            own = (("month", str(month)),)
            units.append(Unit(cell, found, ONE, own=own))
            units += [Unit(cell, person=who, own=own) for who in sellers[cell]]
    if not units:
        raise NullError("no month to measure")
    return [Block("value", units, _mean_ratio, has_own=True)]


def _mean_ratio(units: Sequence[Unit]) -> Figure:
    return replace(ratio(units), people=people(units))


def _whole_months(world: World) -> list[date]:
    """The first days of all months from the data start to the as-of date, both wholly inside."""
    if world.data_start is None:
        raise NullError("no orders")
    month = world.data_start if world.data_start.day == 1 else month_end(world.data_start) + DAY
    found = []
    while month_end(month) <= world.as_of:
        found.append(month)
        month = month_end(month) + DAY
    return found


def _ratios(values: Sequence[Fraction], months: Sequence[date]) -> list[tuple[int, Fraction]]:
    """Each month's value by the mean of the year around it, where that is above 0."""
    found = []
    for place in range(6, len(values) - 6):
        around = values[place - 6 : place + 7]
        mean = (sum(around[1:-1], ZERO) + (around[0] + around[-1]) / 2) / 12
        if mean > 0:
            found.append((months[place].month, values[place] / mean))
    return found
