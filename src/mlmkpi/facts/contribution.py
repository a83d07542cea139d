"""What a market brings in and costs: sales, goods, commissions and the costs of running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import incomes
from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold, hold_together
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.lines import ORDER, lines, signed, want_lines
from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.engines import PLACE, Frame
from mlmkpi.facts.base import Fact, measure, scaled

MARKET = "market"


@dataclass(frozen=True)
class Contributions(Fact):
    """One row an order, a line, a commission or a cost: `amount`, by the market of the seller, earner or cost.

    `part` is the table that a row is of; while the export is `marking`, rows also have their order and place.
    """

    rules: OrderRules

    on_order_rows: ClassVar[bool] = True
    unit: ClassVar[str] = "seller"

    @property
    def reads_people(self) -> bool:
        """Where they are split by market, as `prepare` says; a plugin's may."""
        return type(self) is not Contributions

    def needs(self) -> tuple[str, ...]:
        """Orders, their lines' costs, commissions and costs."""
        tied = ("orders.original_order_id",) if self.rules.refunds is Refunds.ORDER_DATE else ()
        return ("orders.amount", *tied, "order_lines.cost", "commissions.amount", "costs.amount")

    def carries(self, dimension: Dimension) -> bool:
        """By market alone: costs have no other attribute."""
        return dimension.name == MARKET

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for what lines are found by."""
        want_lines(books, self.rules, "cost")
        books.with_people |= bool(dimensions)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by cell."""
        orders = books.inside(books.orders(self.rules))
        who = ["seller"] if books.with_people else []
        books.of_lines.update(books.export.marks("order_lines"))
        known = lines(books, [], ["cost", *books.export.marks("order_lines")])
        goods = books.engine.beside(known, orders.select(ORDER, "cell", *who, "sale"), ORDER)
        days = books.days.select("day", "cell")
        paid = incomes(books).join(days, on="day", how="inner").rename({"unit": "seller"})
        costs = books.engine.materialise(
            books.export.scan("costs", [MARKET, "booked_on", "amount", *books.export.marks("costs")])
        )
        hold(books.export, costs, {"amount": "costs.amount"})
        hold_together(books.export, {
            "orders.amount": (orders, "amount"), "order_lines.cost": (known, "cost"),
            "commissions.amount": (incomes(books), "amount"), "costs.amount": (costs, "amount"),
        })
        costs = costs.join(days, left_on="booked_on", right_on="day", how="inner")
        schema = orders.collect_schema()
        kept = {name: schema[name] for name in who}
        kept |= {ORDER: schema[ORDER], PLACE: nw.Int64()} if books.export.marking else {}
        people = books.engine.concat([
            _part("orders", orders, kept, nw.col("amount")),
            _part("order_lines", goods, kept, -signed("cost"), nw.col("cost").is_null()),
            _part("commissions", paid, kept, -nw.col("amount")),
        ])
        costs = _part("costs", costs, kept, -nw.col("amount"), more=[MARKET] * bool(dimensions))
        people = seller_attributes(books, dimensions, at).attach(people, "seller")
        people = people.with_columns(nw.col(MARKET).cast(nw.String)) if dimensions else people
        return books.engine.concat([people, costs])

    @scaled
    def contribution(self) -> Expr:
        """What is left."""
        return nw.col("amount")

    @scaled
    def net_sales(self) -> Expr:
        """What buyers paid, returns taken off."""
        return nw.col("amount") * flag(nw.col("part") == "orders")

    @scaled
    def goods(self) -> Expr:
        """The cost of the goods on their lines."""
        return nw.col("amount") * flag(nw.col("part") == "order_lines")

    @scaled
    def commissions(self) -> Expr:
        """Commissions, clawbacks taken off."""
        return nw.col("amount") * flag(nw.col("part") == "commissions")

    @scaled
    def costs(self) -> Expr:
        """The costs of the markets."""
        return nw.col("amount") * flag(nw.col("part") == "costs")

    @measure
    def lines_without_cost(self) -> Expr:
        """Lines whose goods' cost is not known."""
        return flag(nw.col("no_cost"))


def _part(
    table: str, rows: Frame, kept: Mapping[str, nw.dtypes.DType], amount: Expr, missing: Expr | None = None, *,
    more: Sequence[str] = (),
) -> Frame:
    """What rows of a table add, with the columns that are kept, null where they have them not."""
    names = rows.collect_schema().names()
    columns = (nw.col(name) if name in names else nw.lit(None, dtype=kind).alias(name) for name, kind in kept.items())
    without = nw.lit(False) if missing is None else missing
    part = nw.lit(table).alias("part")
    return rows.select(part, "cell", *columns, amount.alias("amount"), without.alias("no_cost"), *more)
