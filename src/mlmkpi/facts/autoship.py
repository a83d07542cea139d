"""Orders that come by themselves: what they are worth, and how long a buyer keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import Extra
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.facts.customers import latest_seller, want_latest_seller
from mlmkpi.facts.orders import Orders

AUTOSHIP = "autoship"
MARKED = "orders.is_autoship|orders.autoship_id"
ENDS_AFTER = 45
"""Days after its last order when a spell of autoships has ended."""


def want_autoship(books: Books, rules: OrderRules) -> None:
    """Ask for `autoship` on the order rows: the flag where it is given, else whether a subscription is named."""
    reads = sorted({"is_autoship", "autoship_id"} & books.export.columns("orders"))
    named = ~nw.col("autoship_id").is_null()
    if reads == ["autoship_id"]:
        expr = named
    else:
        expr = nw.col("is_autoship") if len(reads) == 1 else nw.coalesce(nw.col("is_autoship"), named)
    books.want(rules).extras[AUTOSHIP] = Extra(tuple(reads), expr.fill_null(False))


@dataclass(frozen=True)
class Autoships(Orders):
    """One row an order that is a sale or a return, which tells autoships."""

    def needs(self) -> tuple[str, ...]:
        """Also what marks an autoship."""
        return (*super().needs(), MARKED)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask for the mark."""
        super().prepare(books, dimensions)
        want_autoship(books, self.rules)

    @scaled
    def autoship_net_sales(self) -> Expr:
        """Net sales of autoships."""
        return nw.col("amount") * flag(nw.col(AUTOSHIP))


@dataclass(frozen=True)
class AutoshipSpells(Fact):
    """One row a buyer in the period of the first autoship sale: `duration` in days to the end (`event`) or the as-of.

    A buyer is the customer, or the seller of an own purchase. The spell ends some days after the last such sale.
    """

    rules: OrderRules

    on_order_rows: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Who bought, and what marks an autoship."""
        return ("orders.customer_id", MARKED)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the mark, and for customers' latest sellers where a seller's attribute is split by."""
        want_autoship(books, self.rules)
        if dimensions:
            want_latest_seller(books, self.rules)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        day, own = nw.col("day"), nw.col("own")
        sales = books.orders(self.rules).filter(nw.col("sale") & nw.col(AUTOSHIP))
        sales = sales.select(
            nw.when(own).then(nw.col("seller")).otherwise(nw.col("buyer")).alias("unit"), "day",
            nw.when(~own).then(day).alias("customer_day"),
        ).filter(~nw.col("unit").is_null())
        spells = sales.group_by("unit").agg(
            day.min().alias("first"), day.max().alias("last"), nw.col("customer_day").min()
        )
        ends = nw.col("last") + ENDS_AFTER
        ended, as_of = ends <= books.schedule.as_of, nw.lit(books.schedule.as_of)
        until = nw.when(ended).then(ends).otherwise(as_of)
        rows = books.in_spans(spells, "first").select(
            "unit", "span", ended.alias("event"), (until - nw.col("first")).alias("duration"),
            (nw.col("customer_day") > nw.col("first")).fill_null(True).alias("own"),
        )
        return self._attributed(books, rows, dimensions, at) if dimensions else rows

    def _attributed(self, books: Books, rows: Frame, dimensions: Dimensions, at: Boundary) -> Frame:
        """The attributes of a buyer who is a distributor, else those of a customer's latest seller."""
        rows = latest_seller(books, self.rules, rows, at)
        seller = nw.when(nw.col("own")).then(nw.col("unit")).otherwise(nw.col("seller"))
        return seller_attributes(books, dimensions, at).attach(rows.with_columns(seller.alias("seller")), "seller")

    @measure
    def observed(self) -> Expr:
        """Buyers observed."""
        return flag(~nw.col("unit").is_null())

    @measure
    def duration(self) -> Expr:
        """Days from the first autoship to the end of the spell, or to the as-of date."""
        return nw.col("duration")

    @measure
    def event(self) -> Expr:
        """Those of them whose end was seen."""
        return flag(nw.col("event"))
