"""The KPIs of what people earn: who was paid, how unevenly, and what of sales goes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from oracle.calendar import Span
from oracle.definitions import NullError
from oracle.figures import ONE, ZERO, Block, Figure, Unit, count, people, quantile, ratio, share, total
from oracle.lines import lines_by_order, signed
from oracle.split import UNKNOWN, CannotSplitError, Split
from oracle.world import World

PERCENTILES = (10, 25, 75, 90, 95, 99)


def earned(world: World, first: date, last: date) -> list[tuple[str, date, Fraction]]:
    """Commissions of these days: whose, when earned (else paid), how much."""
    world.export.need("commissions")
    dated = [
        (row["distributor_id"], row.get("earned_on") or row["paid_on"], Fraction(row["amount"]))
        for row in world.export.rows("commissions")
    ]
    return [(who, day, amount) for who, day, amount in dated if first <= day <= last]


def gross(world: World, span: Span) -> dict[str, Fraction]:
    """What everybody earned in the period, clawbacks taken off."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for who, _, amount in earned(world, span.first, span.closing):
        found[who] += amount
    return found


def spent(world: World, span: Span) -> dict[str, Fraction]:
    """What everybody spent in the period."""
    world.export.need("expenses")
    found: dict[str, Fraction] = defaultdict(Fraction)
    for row in world.export.rows("expenses"):
        if span.first <= row["spent_on"] <= span.closing:
            found[row["distributor_id"]] += Fraction(row["amount"])
    return found


def on_books_some_day(world: World, span: Span) -> list[str]:
    """Everybody who is on the books on any day of the period."""
    world.export.need_roster()
    books = world.roster.on_books
    return [
        who
        for who, days in world.roster.enrolments.items()
        if books(who, span.first) or any(span.first <= day <= span.closing and books(who, day) for day in days)
    ]


def first_income_30d(world: World, span: Span, split: Split) -> list[Block]:
    """New people with a commission within 30 days of enrolling, by new people."""
    world.export.need_roster()
    paid = [(who, day) for who, day, amount in earned(world, date.min, world.as_of) if amount > 0]
    units = []
    for who in world.roster.newcomers(span.first, min(span.closing, world.as_of - timedelta(days=30))):
        joined = world.roster.first[who]
        if world.data_start is not None and joined < world.data_start:
            continue
        soon = any(earner == who and 0 <= (day - joined).days <= 30 for earner, day in paid)
        units.append(Unit(split.newcomer(who, span.closing), Fraction(soon), ONE, who))
    return [Block("value", units, share)]


def _payout(world: World, span: Span, split: Split) -> list[Unit]:
    """Commissions above, net sales below."""
    world.need_net()
    paid = [
        Unit(split.person(who, span.closing), amount, person=who)
        for who, _, amount in earned(world, span.first, span.closing)
    ]
    return paid + [
        Unit(split.order(order, span.closing), below=order.amount, person=order.seller)
        for order in world.within(span)
    ]


def payout_ratio(world: World, span: Span, split: Split) -> list[Block]:
    """Commissions by net sales."""
    return [Block("value", _payout(world, span, split), ratio)]


def payout_cap_headroom(world: World, span: Span, split: Split) -> list[Block]:
    """What of net sales is left under the cap."""
    cap = Fraction(str(world.definitions.payout_cap))
    units = [replace(unit, above=cap * unit.below - unit.above) for unit in _payout(world, span, split)]
    return [Block("value", units, ratio)]


def reinvestment_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Expenses by commissions, of everybody on the books on any day."""
    income, costs = gross(world, span), spent(world, span)
    units = [
        Unit(split.person(who, span.closing), costs.get(who, ZERO), income.get(who, ZERO), who)
        for who in on_books_some_day(world, span)
    ]
    return [Block("value", units, ratio)]


def market_contribution(world: World, span: Span, split: Split) -> list[Block]:
    """Net sales less cost of goods, commissions and costs, by market of seller and earner."""
    if {*split.dimensions} - {"market"}:
        raise CannotSplitError("can be split by market alone")
    world.need_net()
    world.export.need("order_lines", "cost")
    world.export.need("costs")
    known = lines_by_order(world)
    units = [
        Unit(split.person(who, span.closing), -amount, person=who)
        for who, _, amount in earned(world, span.first, span.closing)
    ]
    for order in world.within(span):
        goods = sum((signed(order.is_sale, line, "cost") for line in known[order.row["order_id"]]), ZERO)
        units.append(Unit(split.order(order, span.closing), order.amount - goods, person=order.seller))
    for row in world.export.rows("costs"):
        if span.first <= row["booked_on"] <= span.closing:
            cell = (row["market"] or UNKNOWN,) * len(split.dimensions)
            units.append(Unit(cell, -Fraction(row["amount"])))
    return [Block("value", units, count)]


def _incomes(world: World, span: Span, split: Split) -> list[Unit]:
    """One unit for everybody on the books on any day: gross above, one person below."""
    income = gross(world, span)
    return [
        Unit(split.person(who, span.closing), income.get(who, ZERO), ONE, who)
        for who in on_books_some_day(world, span)
    ]


def income_distribution(world: World, span: Span, split: Split) -> list[Block]:
    """Mean, quantiles and totals of income, also by rank."""
    units = _incomes(world, span, split)
    blocks = _distribution(world, span, units, has_rank=False)
    if "rank" in split.dimensions:
        return blocks
    try:
        ranks = [split.rank(unit.person, span.closing) for unit in units]
    except NullError:
        return blocks
    ranked = [replace(unit, own=(("rank", rank),)) for unit, rank in zip(units, ranks, strict=True)]
    return blocks + _distribution(world, span, ranked, has_rank=True)


def _distribution(world: World, span: Span, units: list[Unit], *, has_rank: bool) -> list[Block]:
    blocks = [
        Block("value", units, ratio, has_rank),
        Block("median", units, quantile(Fraction(1, 2)), has_rank),
        *(Block(f"p{at}", units, quantile(Fraction(at, 100)), has_rank) for at in PERCENTILES),
        Block("gross", units, total, has_rank),
    ]
    if not world.export.has("expenses"):
        return blocks
    costs = spent(world, span)
    out = [replace(unit, above=costs.get(unit.person or "", ZERO)) for unit in units]
    left = [replace(unit, above=unit.above - cost.above) for unit, cost in zip(units, out, strict=True)]
    return [*blocks, Block("expenses", out, total, has_rank), Block("net", left, total, has_rank)]


def gini(units: Sequence[Unit]) -> Figure:
    """The population Gini of what units have above, what is below 0 as 0."""
    values = [max(unit.above, ZERO) for unit in units]
    whole = sum(values, ZERO)
    if whole <= 0:
        return Figure(None, Fraction(len(values)), None, people=people(units), reason="nobody has anything")
    apart = sum((abs(one - other) for one in values for other in values), ZERO)
    return Figure(None, Fraction(len(values)), apart / (2 * len(values) * whole), people=people(units))


def top_percent(units: Sequence[Unit]) -> Figure:
    """What the largest hundredth has, by what all have, what is below 0 as 0."""
    values = sorted((max(unit.above, ZERO) for unit in units), reverse=True)
    top = sum(values[: ceil(Fraction(len(values), 100))], ZERO)
    return replace(ratio([Unit((), top, sum(values, ZERO))]), people=people(units))


def earnings_gini(world: World, span: Span, split: Split) -> list[Block]:
    """How uneven incomes are."""
    return [Block("value", _incomes(world, span, split), gini)]


def top_1pct_earnings_share(world: World, span: Span, split: Split) -> list[Block]:
    """What the top hundredth earns of everything."""
    return [Block("value", _incomes(world, span, split), top_percent)]


def share_earning_nothing(world: World, span: Span, split: Split) -> list[Block]:
    """Those who earned nothing or less."""
    return [Block("value", _those(_incomes(world, span, split), lambda unit: unit.above <= 0), share)]


def at_most_break_even_share(world: World, span: Span, split: Split) -> list[Block]:
    """Those whose expenses are at least what they earned."""
    costs = spent(world, span)
    units = _incomes(world, span, split)
    return [Block("value", _those(units, lambda unit: unit.above <= costs.get(unit.person or "", ZERO)), share)]


def _those(units: Sequence[Unit], belongs: Callable[[Unit], bool]) -> list[Unit]:
    return [replace(unit, above=Fraction(belongs(unit))) for unit in units]


def thirty_days(world: World) -> int:
    """How long newcomers are watched for their first income."""
    return 30
