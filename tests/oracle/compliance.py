"""The KPIs that regulators watch: who has customers, what kits bring, when and what people buy themselves."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from oracle.calendar import Span, month_end
from oracle.definitions import NullError
from oracle.distributors import active_units, months_of
from oracle.earnings import gini, gross, top_percent
from oracle.figures import (
    ONE,
    ZERO,
    Block,
    Cell,
    Unit,
    ratio,
    share,
    share_by_person,
    survival_median,
    survival_within,
)
from oracle.leaders import has_tree, largest_leg
from oracle.lines import within
from oracle.orders import Order, is_valid, worth
from oracle.split import CannotSplitError, Split
from oracle.world import World

SPELL_ENDS_AFTER = 45


def ten_customer_share(world: World, span: Span, split: Split) -> list[Block]:
    """Paid distributors with ten customers or more in the month, by paid distributors, over the period's months."""
    world.export.need("orders", "distributor_id", "customer_id")
    world.export.need("commissions")
    months = months_of(world, span)
    units = []
    for first, last in months:
        served: dict[str, set[str | None]] = defaultdict(set)
        for who, sales in world.sold.items():
            served[who] = {order.customer for order in sales if not order.is_own and first <= order.day <= last}
        units += [
            Unit(split.person(who, span.closing), Fraction(len(served[who] - {None}) >= 10), ONE, who)
            for who in _paid(world, Span("", first, last, last))
        ]
    return [Block("value", units, share if len(months) == 1 else share_by_person)]


def _paid(world: World, span: Span) -> list[str]:
    return sorted(who for who, amount in gross(world, span).items() if amount > 0)


def majority_retail_share(world: World, span: Span, split: Split) -> list[Block]:
    """Paid distributors with more than half of their volume from customers, by paid distributors."""
    world.need_volume()
    world.export.need("orders", "distributor_id", "customer_id")
    retail: dict[str | None, Fraction] = defaultdict(Fraction)
    whole: dict[str | None, Fraction] = defaultdict(Fraction)
    for order in world.within(span):
        whole[order.seller] += order.volume
        retail[order.seller] += ZERO if order.is_own else order.volume
    units = [
        Unit(split.person(who, span.closing), Fraction(whole[who] > 0 and 2 * retail[who] > whole[who]), ONE, who)
        for who in _paid(world, span)
    ]
    return [Block("value", units, share)]


def kit_revenue_share(world: World, span: Span, split: Split) -> list[Block]:
    """Orders of kind kit by net sales and those; the enrolments' kits where the orders have none."""
    world.need_net()
    units = [
        Unit(split.order(order, span.closing), below=order.amount, person=split.behind(order))
        for order in world.within(span)
    ]
    return [Block("value", units + _kits(world, span, split), ratio)]


def _kits(world: World, span: Span, split: Split) -> list[Unit]:
    """What each kit adds, above and below."""
    kits = [
        row
        for row in world.export.rows("orders")
        if row.get("kind") == "kit" and row["ordered_on"] <= world.as_of and is_valid(row, world.definitions)
    ]
    found: list[tuple[Cell, Fraction, str | None]] = []
    if kits:
        for row in kits:
            if span.first <= row["ordered_on"] <= span.closing:
                amount = worth(row, world.export, world.rate)
                order = Order(row["ordered_on"], True, amount, ZERO, row.get("distributor_id"),
                              row.get("customer_id"), False, row)
                found.append((split.order(order, span.closing), amount, split.behind(order)))
    elif world.export.has("enrollments", "kit_amount"):
        if any("." in name for name in split.dimensions):
            raise CannotSplitError("kits of the enrollments export have no order and no customer")
        for row in world.export.rows("enrollments"):
            if span.first <= row["enrolled_on"] <= span.closing:
                who = row["distributor_id"]
                found.append((split.person(who, span.closing), Fraction(row["kit_amount"] or 0), who))
    elif not world.export.has("orders", "kind"):
        raise NullError("needs orders.kind or enrollments.kit_amount")
    return [Unit(cell, amount, amount, who) for cell, amount, who in found]


def month_end_loading_share(world: World, span: Span, split: Split) -> list[Block]:
    """Own purchases' volume of the last three days of each calendar month, by own purchases' volume."""
    world.need_volume()
    world.export.need("orders", "customer_id")
    units = []
    for order in world.within(span):
        if order.is_own:
            late = (month_end(order.day) - order.day).days < 3
            cell = split.order(order, span.closing)
            units.append(Unit(cell, order.volume if late else ZERO, order.volume, split.behind(order)))
    return [Block("value", units, ratio)]


def is_autoship(order: Order) -> bool:
    """Whether the order came by itself; the flag wins over the subscription's id."""
    flag = order.row.get("is_autoship")
    return order.row.get("autoship_id") is not None if flag is None else bool(flag)


def _need_autoship(world: World) -> None:
    world.export.need("orders")
    if not (world.export.has("orders", "is_autoship") or world.export.has("orders", "autoship_id")):
        raise NullError("needs orders.is_autoship or orders.autoship_id")


def autoship_share(world: World, span: Span, split: Split) -> list[Block]:
    """Autoship net sales by net sales."""
    world.need_net()
    _need_autoship(world)
    units = [
        Unit(
            split.order(order, span.closing), order.amount if is_autoship(order) else ZERO, order.amount,
            split.behind(order),
        )
        for order in within(world, span, split)
    ]
    return [Block("value", units, ratio)]


def autoship_survival(world: World, span: Span, split: Split) -> list[Block]:
    """Kaplan–Meier over buyers whose first autoship sale is in the period: how long their autoships go on."""
    _need_autoship(world)
    world.export.need("orders", "customer_id")
    by_buyer: dict[str, list[Order]] = defaultdict(list)
    for order in world.orders:
        buyer = order.seller if order.is_own else order.customer
        if order.is_sale and buyer is not None and is_autoship(order):
            by_buyer[buyer].append(order)
    units = []
    for who, sales in sorted(by_buyer.items()):
        days = sorted(order.day for order in sales)
        if span.first <= days[0] <= span.closing:
            lasted, ended = _spell(days, world.as_of)
            own = all(order.is_own for order in sales if order.day == days[0])
            cell = split.person(who, span.closing) if own else split.customer(who, span.closing)
            units.append(Unit(cell, Fraction(ended), ONE, who, lasted))
    return [Block("value", units, survival_median), Block("within_90", units, survival_within(90))]


def _spell(days: list[date], as_of: date) -> tuple[int, bool]:
    """How many days from the first to the end, and whether the end was seen."""
    end = days[-1] + timedelta(days=SPELL_ENDS_AFTER)
    return (min(end, as_of) - days[0]).days, end <= as_of


def volume_concentration(world: World, span: Span, split: Split) -> list[Block]:
    """The Gini of volume over active distributors, and what the top hundredth of them has."""
    world.need_volume()
    world.export.need("orders", "distributor_id")
    volumes: dict[tuple[str | None, Cell], Fraction] = defaultdict(Fraction)
    for order in world.within(span):
        volumes[order.seller, split.person(order.seller, span.closing, order)] += order.volume
    units = [
        Unit(unit.cell, volumes.get((unit.person, unit.cell), ZERO), ONE, unit.person)
        for unit in active_units(world, span, split)
    ]
    legs = has_tree(world) and not any(name.startswith("order.") for name in split.dimensions)
    largest = [largest_leg(world, span, split)] if legs else []
    return [Block("value", units, gini), Block("top_1pct", units, top_percent), *largest]
