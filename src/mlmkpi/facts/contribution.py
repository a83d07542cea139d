"""What a market brings in and costs: sales, goods, commissions and the costs of running it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import incomes
from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.lines import ORDER, lines, signed, want_lines
from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled

MARKET = "market"


@dataclass(frozen=True)
class Contributions(Fact):
    """One row an order, a line, a commission or a cost: `amount`, by the market of the seller, earner or cost."""

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
        goods = books.engine.beside(lines(books, [], ["cost"]), orders.select(ORDER, "cell", *who, "sale"), ORDER)
        missing = nw.col("cost").is_null()
        days = books.days.select("day", "cell")
        paid = incomes(books).join(days, on="day", how="inner").rename({"unit": "seller"})
        parts = [
            _part("sales", orders, who, nw.col("amount")), _part("goods", goods, who, -signed("cost"), missing),
            _part("paid", paid, who, -nw.col("amount")),
        ]
        people = books.engine.concat(parts)
        costs = books.export.scan("costs", [MARKET, "booked_on", "amount"]).rename({"booked_on": "day"})
        costs = costs.join(days, on="day", how="inner")
        nobody = [nw.lit(None, dtype=people.collect_schema()[name]).alias(name) for name in who]
        costs = costs.select(nw.lit("costs").alias("part"), "cell", *nobody, (-nw.col("amount")).alias("amount"),
                             nw.lit(False).alias("no_cost"), *([MARKET] * bool(dimensions)))
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
        return nw.col("amount") * flag(nw.col("part") == "sales")

    @scaled
    def goods(self) -> Expr:
        """The cost of the goods on their lines."""
        return nw.col("amount") * flag(nw.col("part") == "goods")

    @scaled
    def commissions(self) -> Expr:
        """Commissions, clawbacks taken off."""
        return nw.col("amount") * flag(nw.col("part") == "paid")

    @scaled
    def costs(self) -> Expr:
        """The costs of the markets."""
        return nw.col("amount") * flag(nw.col("part") == "costs")

    @measure
    def lines_without_cost(self) -> Expr:
        """Lines whose goods' cost is not known."""
        return flag(nw.col("no_cost"))


def _part(name: str, rows: Frame, who: list[str], amount: Expr, missing: Expr | None = None) -> Frame:
    without = nw.lit(False) if missing is None else missing
    part = nw.lit(name).alias("part")
    return rows.select(part, "cell", *who, amount.alias("amount"), without.alias("no_cost"))
