"""The KPIs of where and who the buyers are: countries, ages, and the share of a market that buys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from oracle.calendar import Span
from oracle.definitions import NullError
from oracle.figures import ONE, ZERO, Block, Cell, Figure, Own, Unit, count, ratio
from oracle.lines import herfindahl, shares, within
from oracle.orders import Order
from oracle.split import CannotSplitError, Split, text
from oracle.world import World

Totals = dict[tuple[Cell, Own], Fraction]


def customer_geographic_distribution(world: World, span: Span, split: Split) -> list[Block]:
    """Each country's and region's share of active customers and of net customer sales, and their concentration."""
    world.need_net()
    world.export.need("orders", "customer_id")
    world.export.need("customers")
    columns = [column for column in ("country", "region") if world.export.has("customers", column)]
    if not columns:
        raise NullError("needs customers.country or customers.region")
    blocks = []
    for column in columns:
        buyers = _buyers_of(world, span, split, column)
        orders = [
            Unit(
                split.order(order, span.closing), order.amount, person=order.customer,
                label=text(split.customers.get(order.customer or "", {}), column),
            )
            for order in world.within(span)
            if not order.is_own
        ]
        name = f"customer.{column}"
        blocks += [
            Block("value", shares(buyers, name), ratio, has_own=True),
            Block("net", shares(orders, name), ratio, has_own=True),
            Block(f"herfindahl_{column}", buyers, herfindahl),
        ]
    return blocks


def _buyers_of(world: World, span: Span, split: Split, column: str) -> list[Unit]:
    cells = {
        (split.customer(who, span.closing, order), who)
        for who in world.active_customers(span)
        for order in world.bought[who]
        if span.first <= order.day <= span.closing
    }
    return [
        Unit(cell, ONE, person=who, label=text(split.customers.get(who, {}), column)) for cell, who in sorted(cells)
    ]


def market_penetration_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Customers of the twelve months by the people of their markets, where those are known."""
    if {*split.dimensions} - {"market"}:
        raise CannotSplitError("can be split by market alone")
    world.export.need("orders", "customer_id")
    world.export.need("markets")
    if not (world.export.has("customers", "market") or world.export.has("distributors", "market")):
        raise NullError("needs customers.market or distributors.market")
    first, last = world.calendar.twelve_months(span)
    if world.data_start is None or first < world.data_start:
        raise NullError("needs 12 months of history")
    population: dict[str, Fraction] = defaultdict(Fraction)
    for row in world.export.rows("markets"):
        population[row["market"]] += Fraction(row["population"] or 0)
    known = {market: size for market, size in population.items() if size > 0}
    wide = len(split.dimensions)
    units = [Unit((market,) * wide, below=size) for market, size in known.items()]
    for who, sales in sorted(world.bought.items()):
        if any(first <= order.day <= last for order in sales):
            market = _market_of(world, split, who, span)
            if market in known:
                units.append(Unit((market,) * wide, ONE, person=who))
    return [Block("value", units, ratio)]


def _market_of(world: World, split: Split, who: str, span: Span) -> str | None:
    own: str | None = split.customers.get(who, {}).get("market")
    seller = world.latest_seller(who, span.closing)
    return own or world.roster.details.get(seller or "", {}).get("market")


def demographic_sales_trend(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales by age, gender and region of the buyer (or seller), and each against the total's own growth."""
    world.need_net()
    side = world.definitions.demographic_of
    world.export.need("orders", "customer_id" if side == "buyer" else "distributor_id")
    tables = ("customers", "distributors") if side == "buyer" else ("distributors",)
    blocks = []
    for name, columns in (("age_band", ("birth_date", "birth_year")), ("gender", ("gender",)), ("region", ("region",))):
        if any(world.export.has(table, column) for table in tables for column in columns):
            blocks += _trend(world, span, split, f"{side}.{name}")
    if not blocks:
        raise NullError("needs a birth date, a gender or a region of people")
    return blocks


def _trend(world: World, span: Span, split: Split, name: str) -> list[Block]:
    units = _segments(world, span, split, name)
    before = _base(world, world.calendar.before(span), split, name)
    year = _base(world, world.calendar.year_before(span), split, name)
    return [
        Block("value", units, count, has_own=True),
        Block("index", units, _index(_sums(units), before), has_own=True),
        Block("index_year", units, _index(_sums(units), year), has_own=True),
    ]


def _segments(world: World, span: Span, split: Split, name: str) -> list[Unit]:
    found = []
    for order in within(world, span, split):
        who, row = _person_of(world, split, order, name)
        column = name.rpartition(".")[2]
        label = split.age(row, order.day) if column == "age_band" else text(row, column)
        found.append(Unit(split.order(order, span.closing), order.amount, person=who, own=((name, label),)))
    return found


def _person_of(world: World, split: Split, order: Order, name: str) -> tuple[str | None, Mapping[str, Any]]:
    """The buyer or the seller of an order, and their row; an own purchase's buyer is its seller."""
    if order.is_own or name.startswith("seller."):
        return order.seller, world.roster.details.get(order.seller or "", {})
    return order.customer, split.customers.get(order.customer or "", {})


def _base(world: World, span: Span | None, split: Split, name: str) -> Totals | None:
    """Sums of an earlier period; nothing where orders do not cover it wholly."""
    if span is None or world.data_start is None or span.first < world.data_start:
        return None
    return _sums(_segments(world, span, split, name))


def _sums(units: Sequence[Unit]) -> Totals:
    """Sums by cell and own label, and by cell alone."""
    found: Totals = defaultdict(Fraction)
    for unit in units:
        found[unit.cell, unit.own] += unit.above
        found[unit.cell, ()] += unit.above
    return found


def _index(now: Totals, before: Totals | None) -> Callable[[Sequence[Unit]], Figure]:
    """The figure of a segment's growth by the total's, times 100."""

    def figure(units: Sequence[Unit]) -> Figure:
        cell, own = units[0].cell, units[0].own
        behind = count(units).people
        if before is None:
            return Figure(None, None, None, people=behind, reason="the base period is not wholly covered by orders")
        segment, total = before.get((cell, own), ZERO), before.get((cell, ()), ZERO)
        if segment <= 0 or total <= 0 or now[cell, ()] <= 0:
            return Figure(None, None, None, people=behind, reason="nothing to measure by")
        grown, whole = now[cell, own] / segment, now[cell, ()] / total
        return Figure(grown, whole, 100 * grown / whole, people=behind)

    return figure
