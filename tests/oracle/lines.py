"""What the order lines tell: pieces of orders, the mix of categories, the best sellers, what comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from oracle.calendar import Span
from oracle.export import Row
from oracle.figures import ZERO, Block, Cell, Figure, Unit, count, people, ratio
from oracle.orders import GIFTS, Order, side, worth
from oracle.split import LINES, UNKNOWN, Split, text
from oracle.world import World


def lines_by_order(world: World) -> dict[str, list[Row]]:
    """The lines of each order, each with its product's category."""
    categories = {row["product_id"]: row.get("category") for row in world.export.rows("products")}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in world.export.rows("order_lines"):
        found[row["order_id"]].append({**row, "category": categories.get(row["product_id"])})
    return found


def signed(is_sale: bool, line: Row, column: str) -> Fraction:
    """A line's quantity, amount or cost; below 0 on a return, whatever its sign there."""
    found = Fraction(line.get(column) or 0)
    return found if is_sale else -abs(found)


def line_amount(world: World, order: Order, line: Row) -> Fraction:
    """A line's amount in the company's currency."""
    priced = {**order.row, "amount": line["amount"]}
    found = worth(priced, world.export, world.rate)
    return found if order.is_sale else -abs(found)


def pieces(world: World, orders: Sequence[Order]) -> list[Order]:
    """Each order cut into its lines, and what they leave of it; a piece's row names its product and its category."""
    known = lines_by_order(world)
    found = []
    for order in orders:
        lines = [(line_amount(world, order, line), line) for line in known[order.row["order_id"]]]
        found += [_piece(order, amount, line["product_id"], line["category"]) for amount, line in lines]
        rest = order.amount - sum((amount for amount, _ in lines), ZERO)
        if rest != 0:
            found.append(_piece(order, rest, None, None))
    return found


def _piece(order: Order, amount: Fraction, product: str | None, category: str | None) -> Order:
    return replace(order, amount=amount, row={**order.row, "product": product, "category": category})


def within(world: World, span: Span, split: Split) -> list[Order]:
    """The period's orders; in a split by product or category one piece for each of these."""
    orders = world.within(span)
    if not split.by_line:
        return orders
    columns = [name.partition(".")[2] for name in split.dimensions if name in LINES]
    found: dict[tuple[str, ...], Order] = {}
    for piece in pieces(world, orders):
        key = (piece.row["order_id"], *(text(piece.row, column) for column in columns))
        found[key] = replace(piece, amount=piece.amount + found[key].amount) if key in found else piece
    return list(found.values())


def shares(units: Sequence[Unit], dimension: str) -> list[Unit]:
    """For every label in a cell, as its own dimension: the label's units above, and all the cell's below."""
    labels: dict[Cell, set[str]] = defaultdict(set)
    for unit in units:
        labels[unit.cell].add(unit.label)
    return [
        replace(unit, above=unit.above if unit.label == label else ZERO, below=unit.above, own=((dimension, label),))
        for unit in units
        for label in sorted(labels[unit.cell])
    ]


def herfindahl(units: Sequence[Unit]) -> Figure:
    """The sum of squared shares of the known labels, sums below 0 as 0; the denominator is the number of labels."""
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for unit in units:
        totals[unit.label] += unit.above
    known = [max(amount, ZERO) for label, amount in totals.items() if label != UNKNOWN]
    whole, behind = sum(known, ZERO), people([unit for unit in units if unit.above != 0])
    if whole <= 0:
        return Figure(None, Fraction(len(known)), None, people=behind, reason="nothing known")
    value = sum(((amount / whole) ** 2 for amount in known), ZERO)
    return Figure(None, Fraction(len(known)), value, people=behind)


def product_mix_share(world: World, span: Span, split: Split) -> list[Block]:
    """Each category's net amount of lines by net sales; what no line or category explains is unknown."""
    world.need_net()
    world.export.need("order_lines")
    world.export.need("products", "category")
    units = [
        Unit(
            split.order(piece, span.closing), piece.amount, person=split.behind(piece),
            label=piece.row["category"] or UNKNOWN,
        )
        for piece in pieces(world, world.within(span))
    ]
    mix = Block("value", shares(units, "order.category"), ratio, has_own=True)
    return [mix, Block("herfindahl", units, herfindahl)]


def best_sellers(world: World, span: Span, split: Split) -> list[Block]:
    """The first hundred products by net amount, their units, and what the top fifth of all products brings."""
    world.need_net()
    world.export.need("order_lines")
    known = lines_by_order(world)
    amounts, quantities = [], []
    for order in world.within(span):
        for line in known[order.row["order_id"]]:
            piece = _piece(order, line_amount(world, order, line), line["product_id"], line["category"])
            who = split.behind(order) if piece.amount else None
            unit = Unit(split.order(piece, span.closing), piece.amount, person=who, label=line["product_id"])
            amounts.append(unit)
            quantities.append(replace(unit, above=signed(order.is_sale, line, "quantity")))
    first = _first_hundred(amounts)
    return [
        Block("value", _listed(amounts, first), count, has_own=True),
        Block("units", _listed(quantities, first), count, has_own=True),
        Block("pareto", amounts, _pareto),
    ]


def _ranked(units: Sequence[Unit]) -> list[tuple[str, Fraction]]:
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for unit in units:
        totals[unit.label] += unit.above
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))


def _first_hundred(units: Sequence[Unit]) -> set[tuple[Cell, str]]:
    cells: dict[Cell, list[Unit]] = defaultdict(list)
    for unit in units:
        cells[unit.cell].append(unit)
    return {(cell, product) for cell, mine in cells.items() for product, _ in _ranked(mine)[:100]}


def _listed(units: Sequence[Unit], wanted: set[tuple[Cell, str]]) -> list[Unit]:
    return [replace(unit, own=(("order.product", unit.label),)) for unit in units if (unit.cell, unit.label) in wanted]


def _pareto(units: Sequence[Unit]) -> Figure:
    ranked = _ranked(units)
    top = sum((amount for _, amount in ranked[: ceil(Fraction(len(ranked), 5))]), ZERO)
    whole = sum((amount for _, amount in ranked), ZERO)
    return replace(ratio([Unit((), top, whole)]), people=people(units))


def return_window(world: World) -> int:
    """How long a sale is watched for its return: only where returns name the order they undo."""
    return world.definitions.return_window_days if world.export.has("orders", "original_order_id") else 0


def product_return_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Units sold in the period that came back within the window, by units sold; else units returned by units sold."""
    world.export.need("orders")
    world.export.need("order_lines")
    known = lines_by_order(world)
    window = return_window(world)
    until = min(span.closing, world.as_of - timedelta(days=window))
    sold = [order for order in world.orders if order.is_sale and span.first <= order.day <= until]
    units = [
        Unit(_line_cell(split, order, line, span.closing), below=Fraction(line["quantity"]), person=split.behind(order))
        for order in sold
        for line in known[order.row["order_id"]]
    ]
    by_id = {order.row["order_id"]: order for order in sold}
    seen = {row["order_id"] for row in world.export.rows("orders") if row["ordered_on"] <= world.as_of}
    for row in returned(world):
        if world.export.has("orders", "original_order_id"):
            origin = by_id.get(row.get("original_order_id") or "")
            if row.get("original_order_id") not in seen and span.first <= row["ordered_on"] <= span.closing:
                alone = _as_return(row)
                units += [Unit(_line_cell(split, alone, line, span.closing)) for line in known[row["order_id"]]]
            if origin is None or not 0 <= (row["ordered_on"] - origin.day).days <= window:
                continue
        elif span.first <= row["ordered_on"] <= span.closing:
            origin = _as_return(row)
        else:
            continue
        who = split.behind(origin)
        units += [
            Unit(_line_cell(split, origin, line, span.closing), abs(Fraction(line["quantity"])), person=who)
            for line in known[row["order_id"]]
        ]
    return [Block("value", units, ratio)]


def _as_return(row: Row) -> Order:
    """A return on its own day; one whose original is unknown is counted in a note of its cell and adds nothing."""
    return Order(row["ordered_on"], False, ZERO, ZERO, row.get("distributor_id"), row.get("customer_id"), False, row)


def returned(world: World) -> list[Row]:
    """Rows of returns, whatever the settings book them on; the return of a kit or a replacement is none."""
    seen = [row for row in world.export.rows("orders") if row["ordered_on"] <= world.as_of]
    known = {row["order_id"]: row for row in seen}
    found = []
    for row in seen:
        original = known.get(row.get("original_order_id") or "")
        is_gift = original is not None and original.get("kind") in GIFTS
        if side(row, world.definitions) == "return" and not is_gift:
            found.append(row)
    return found


def _line_cell(split: Split, order: Order, line: Row, day: date) -> Cell:
    return split.order(_piece(order, ZERO, line["product_id"], line["category"]), day)
