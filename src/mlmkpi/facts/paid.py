"""Paid distributors: whether they had customers enough, and whether customers bought most of their volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.activity import incomes
from mlmkpi.books.books import Books
from mlmkpi.books.cell_sums import sums_of_days
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.incomes import PAID, earned
from mlmkpi.facts.listed import by_people
from mlmkpi.facts.sellers import VOLUMES

ENOUGH = 10
"""Customers a month."""
WHOSE = ("orders.distributor_id", "orders.customer_id")


@dataclass(frozen=True)
class PaidMonths(Fact):
    """One row a distributor and calendar month inside the period in which they were paid more than 0."""

    rules: OrderRules

    on_order_rows: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Who was paid, and who bought from whom."""
        return (PAID, *WHOSE)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the orders."""
        books.want(self.rules)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `customers`, how many bought from them in the month."""
        months = self._months(books)
        paid = incomes(books).join(months, on="day", how="inner")
        counts = {"span": len(books.schedule.spans), "month": max(len(span.months) for span in books.spans) or 1}
        paid = books.engine.group(paid, "unit", counts, [], [nw.col("amount").sum()]).filter(nw.col("amount") > 0)
        sales = books.inside(books.orders(self.rules))
        sales = sales.filter(nw.col("sale") & ~nw.col("own") & ~nw.col("buyer").is_null() & ~nw.col("seller").is_null())
        sales = sales.select(nw.col("seller").alias("unit"), "buyer", "day").join(months, on="day", how="inner")
        counted = books.engine.distinct(sales, ["unit", "span", "month"], "buyer", "customers")
        rows = books.engine.materialise(paid.join(counted, on=["unit", "span", "month"], how="left"))
        return by_people(books, rows, dimensions, at)

    def _months(self, books: Books) -> Frame:
        """`day`, `span`, `month`: the months inside each period, by their days."""
        days = [
            (day, span.index, month)
            for span in books.spans for month, (first, last) in enumerate(span.months)
            for day in range(first, last + 1)
        ]
        schema = {"day": pl.Int32, "span": pl.Int32, "month": pl.Int32}
        return books.engine.small(pl.DataFrame(days, schema=schema, orient="row"))

    @measure
    def paid(self) -> Expr:
        """Paid distributors."""
        return flag(nw.col("amount") > 0)

    @measure
    def with_ten(self) -> Expr:
        """Those of them with ten customers or more."""
        return flag(nw.col("customers") >= ENOUGH)


@dataclass(frozen=True)
class PaidSellers(Fact):
    """One row a distributor and period in which they were paid more than 0, with their volume."""

    rules: OrderRules

    own_days: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Who was paid, who bought from whom, and what the choices of the figure take."""
        return (PAID, *WHOSE, *self.rules.needs())

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the volumes of seller cells."""
        books.want(self.rules).cells["seller"] |= set(VOLUMES)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `whole` and `retail` volume."""
        days = {span.index: (span.start, span.end) for span in books.spans}
        volumes = sums_of_days(books, self.rules, "seller", days, dict.fromkeys(VOLUMES, "sum"))
        volumes = volumes.rename({"unit": PERSON})
        paid = earned(books).filter(nw.col("gross") > 0)
        rows = books.engine.look_up(paid, "unit", volumes, {"span": len(books.schedule.spans)})
        own, retail = (nw.col(name).fill_null(0) for name in VOLUMES)
        rows = rows.with_columns((own + retail).alias("whole"), retail.alias("retail"))
        return by_people(books, rows, dimensions, at)

    @measure
    def paid(self) -> Expr:
        """Paid distributors."""
        return flag(nw.col("gross") > 0)

    @measure
    def mostly_retail(self) -> Expr:
        """Those of them of whose volume customers bought more than half."""
        return flag((nw.col("whole") > 0) & (2 * nw.col("retail") > nw.col("whole")))

    @measure
    def without_volume(self) -> Expr:
        """Those of them who have none."""
        return flag(nw.col("whole") <= 0)
