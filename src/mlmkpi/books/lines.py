"""Orders cut into their lines: a piece a product or category, and what the lines leave of the order's amount."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold, hold_together
from mlmkpi.books.expressions import Expr
from mlmkpi.books.ledger import Extra
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Engine, Frame

ORDER = "_order"
"""The order's id on the order rows."""
CATEGORY = "order.category"
FIGURES = ("amount", "cost", "quantity")
"""The columns of lines that are summed."""


def want_order(books: Books, rules: OrderRules) -> None:
    """Ask for the order's id on the order rows, which its lines are found by."""
    books.want(rules).extras[ORDER] = Extra(("order_id",), nw.col("order_id"))


def want_lines(books: Books, rules: OrderRules, *columns: str) -> None:
    """Ask for columns of the lines of orders, which are read once for all facts."""
    want_order(books, rules)
    books.of_lines.update(columns)


def lines(books: Books, names: Sequence[str], sums: Sequence[str], *, of_products: bool = False) -> Frame:
    """One row a line: `_order`, the dimensions by their names, and columns of the lines, of those asked for.

    Lines `of_products` have a product where a category is asked for, which `with_categories` makes of it.
    """
    rows = books.once(("orders", "lines"), lambda: _read(books))
    columns = dict.fromkeys(names, "product_id")
    found = rows.select(nw.col("order_id").alias(ORDER), *(nw.col(c).alias(n) for n, c in columns.items()), *sums)
    return found if of_products else with_categories(books, found)


def _read(books: Books) -> Frame:
    """The columns that were asked for of all lines."""
    rows = books.engine.compact(books.export.scan("order_lines", sorted({"order_id", *books.of_lines})), ["order_id"])
    hold(books.export, rows, {name: f"order_lines.{name}" for name in FIGURES if name in books.of_lines})
    return rows


def with_categories(books: Books, rows: Frame) -> Frame:
    """The rows with the category of the product that they have in its place."""
    names = rows.collect_schema().names()
    if CATEGORY not in names:
        return rows
    products = books.engine.compact(books.export.scan("products", ["product_id", "category"]))
    rows = rows.rename({CATEGORY: "_product"}).join(products, left_on="_product", right_on="product_id", how="left")
    return rows.rename({"category": CATEGORY}).select(*names)


def signed(column: str) -> Expr:
    """A line's figure as it counts: below 0 on a return, whatever its sign there; 0 where it is empty."""
    figure = nw.col(column).fill_null(0)
    return nw.when(nw.col("sale")).then(figure).otherwise(-figure.abs()).alias(column)


def pieces(
    books: Books, orders: Frame, names: Sequence[str], *, quantity: bool = False, whole: bool = True,
    merged: bool = True,
) -> Frame:
    """The order rows, one for each value of the dimensions among an order's lines, its `amount` that of the lines.

    With `whole`, what lines do not tell of an order's amount is a piece without a value; with `quantity` a piece has
    its units too. Unless `merged`, a value may have several pieces of an order, with the same sums.
    """
    sums = ["amount", "quantity"] if quantity else ["amount"]
    found = lines(books, names, sums, of_products=not merged)
    if whole:
        hold_together(books.export, {"orders.amount": (orders, "amount"), "order_lines.amount": (found, "amount")})
    cut = books.engine.cut(orders, found, ORDER, names, sums, whole=whole, merged=merged)
    if cut is None:
        cut = joined_pieces(books.engine, orders, found, names, sums, whole=whole, merged=merged)
    return cut if merged else with_categories(books, cut)


def joined_pieces(
    engine: Engine, orders: Frame, found: Frame, names: Sequence[str], sums: Sequence[str], *, whole: bool,
    merged: bool = True,
) -> Frame:
    """The pieces by joins, which every engine can do."""
    each = found.join(orders.select(ORDER, "sale"), on=ORDER, how="inner")
    each = each.select(ORDER, *names, *(signed(column) for column in sums))
    covered = each.group_by(ORDER).agg(nw.col("amount").sum().alias("_covered"))
    rest = nw.col("amount") - nw.col("_covered").fill_null(0)
    none, text = nw.lit(0, dtype=nw.Int64), nw.lit(None, dtype=nw.String)
    left = {**dict.fromkeys(names, text), **dict.fromkeys(sums, none), "amount": rest}
    uncovered = orders.select(ORDER, "amount").join(covered, on=ORDER, how="left").select(
        ORDER, *(expr.alias(name) for name, expr in left.items())
    ).filter(nw.col("amount") != 0)
    parts = engine.concat([each, uncovered]) if whole else each
    if merged:
        parts = parts.group_by(ORDER, *names).agg(*(nw.col(column).sum() for column in sums))
    others = [name for name in orders.collect_schema().names() if name != "amount"]
    return orders.select(*others).join(parts, on=ORDER, how="inner")
