"""What becomes of the rows of the orders table: which of them count, and which are left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.facts.base import Boundary, Dimensions, Expr, Fact, Side, flag, measure
from mlmkpi.facts.books import Books
from mlmkpi.facts.ledger import Ledger
from mlmkpi.facts.rules import OrderRules


@dataclass(frozen=True)
class OrderRows(Fact):
    """One row an order of the export in the period of its date, whatever it is."""

    rules: OrderRules

    sides: ClassVar[tuple[Side, ...]] = ()

    def needs(self) -> tuple[str, ...]:
        """The orders."""
        return ("orders.amount",)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Have the orders read, and with that their repeats found."""
        books.want(self.rules)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        export, ledger = books.export, Ledger(books.export, self.rules, books.schedule.as_of, {})
        read = export.scan if export.repeats.get("orders") else export.unchecked
        sale, returned, goods = ledger.classes()
        rows = read("orders", ledger.reads()).filter(nw.col("ordered_on") <= books.schedule.as_of).select(
            nw.col("ordered_on").alias("day"), sale.alias("sale"), returned.alias("returned"), goods.alias("goods"),
            ledger.valid().alias("valid"),
        )
        return books.in_spans(rows, "day")

    @measure
    def sales(self) -> Expr:
        """Sales."""
        return flag(nw.col("sale"))

    @measure
    def returns(self) -> Expr:
        """Returns."""
        return flag(nw.col("returned"))

    @measure
    def goods(self) -> Expr:
        """Kits and replacements."""
        return flag(nw.col("valid") & nw.col("goods"))

    @measure
    def invalid(self) -> Expr:
        """Not of a status that counts."""
        return flag(~nw.col("valid"))

    @measure
    def empty(self) -> Expr:
        """Of no amount."""
        return flag(nw.col("valid") & ~nw.col("goods") & ~nw.col("sale") & ~nw.col("returned"))
