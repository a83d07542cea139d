"""Newcomers: one row a person in the period of their first enrolment, and how long they waited for a first sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import DISTRIBUTOR, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.rules import FirstSale, OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.splits import of_row

WHEN_ENROLLED = "distributors.enrolled_on|enrollments.enrolled_on"


def enrolled_in(books: Books, people: Frame) -> Frame:
    """People with the `span` of their first enrolment."""
    return books.in_spans(people, "enrolled")


def newcomers_by(books: Books, rows: Frame, dimensions: Dimensions, at: Boundary) -> Frame:
    """Newcomers' own attributes; by distributor, the enroller's credit."""
    others = tuple(d for d in dimensions if d.name != DISTRIBUTOR)
    rows = seller_attributes(books, others, at).attach(rows, "unit")
    if not any(d.name == DISTRIBUTOR for d in dimensions):
        return rows
    credit = books.recruits().select(nw.col("recruit").alias("unit"), nw.col("unit").alias(DISTRIBUTOR))
    return rows.join(credit, on="unit", how="left")


@dataclass(frozen=True)
class Newcomers(Fact):
    """One row a person, in the period of their first enrolment ever.

    It is split by what the row of that enrolment says too. With `cooling_off_days` above 0 those who left 0 to that
    many days after it are dropped.
    """

    cooling_off_days: int = 0

    table: ClassVar[str] = "enrollments"

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """When people enrolled."""
        return (WHEN_ENROLLED,)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = enrolled_in(books, books.people())
        left = nw.col("terminated") - nw.col("enrolled") <= self.cooling_off_days
        stayed = ~left if self.cooling_off_days else nw.lit(True)
        rows = rows.select(nw.col("person").alias("unit"), "span", stayed.alias("stayed"))
        own = tuple(d for d in dimensions if of_row(self, books.export, d, books.ladder))
        for dimension in own:
            first = books.roster.first_enrolment(dimension.column)
            first = first.select(nw.col("person").alias("unit"), nw.col("above").alias(dimension.name))
            rows = rows.join(first, on="unit", how="left")
        return newcomers_by(books, rows, tuple(d for d in dimensions if d not in own), at)

    @measure
    def joined(self) -> Expr:
        """People whose first enrolment it is."""
        return flag(nw.col("stayed"))


@dataclass(frozen=True)
class FirstSales(Fact):
    """One row a newcomer: `duration` in days to the first sale, or to the as-of date where `event` is false.

    Those who had such a sale before they enrolled are not `observed`; who enrolled before the data start has no row.
    """

    rules: OrderRules
    first_sale: FirstSale = FirstSale.CUSTOMER

    def needs(self) -> tuple[str, ...]:
        """When people enrolled and what they sold to whom."""
        needs = ("distributors.distributor_id", "orders.distributor_id")
        return (*needs, "orders.customer_id") if self.first_sale is FirstSale.CUSTOMER else needs

    @property
    def _column(self) -> str:
        return "first_customer_sale" if self.first_sale is FirstSale.CUSTOMER else "first_sale"

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the first sale of each seller cell."""
        books.want(self.rules).cells["seller"].add(self._column)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        first = books.cells(self.rules, "seller").select("unit", nw.col(self._column).alias("sold"))
        first = first.filter(~nw.col("sold").is_null())
        first = books.engine.group(first, "unit", {}, [], [nw.col("sold").min().alias("sold")])
        rows = enrolled_in(books, books.people().filter(nw.col("enrolled") >= (books.data_start or 0)))
        rows = rows.join(first, left_on="person", right_on="unit", how="left")
        sold = ~nw.col("sold").is_null()
        until = nw.when(sold).then(nw.col("sold")).otherwise(nw.lit(books.schedule.as_of))
        observed = until >= nw.col("enrolled")
        rows = rows.select(
            nw.col("person").alias("unit"), "span", (sold & observed).alias("event"),
            (until - nw.col("enrolled")).alias("duration"), observed.alias("observed"),
        )
        return newcomers_by(books, rows, dimensions, at)

    @measure
    def observed(self) -> Expr:
        """Newcomers observed."""
        return flag(nw.col("observed"))

    @measure
    def sold_before(self) -> Expr:
        """Newcomers who had such a sale before they enrolled."""
        return flag(~nw.col("observed"))

    @measure
    def duration(self) -> Expr:
        """Days to the first sale, or to the as-of date."""
        return nw.col("duration")

    @measure
    def sellers_days(self) -> Expr:
        """Days to the first sale of those who have sold."""
        return nw.col("duration") * flag(nw.col("event"))

    @measure
    def event(self) -> Expr:
        """Those of them whose first sale was seen."""
        return flag(nw.col("event"))
