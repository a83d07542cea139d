"""What becomes of the rows of the orders table: which of them count, and which are left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import Extra, Ledger
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure

VALID = "_valid"


@dataclass(frozen=True)
class OrderRows(Fact):
    """One row an order of the export in the period of its date, whatever it is."""

    rules: OrderRules

    on_order_rows: ClassVar[bool] = True
    own_days: ClassVar[bool] = True
    sides: ClassVar[tuple[Side, ...]] = ()

    def needs(self) -> tuple[str, ...]:
        """The orders."""
        return ("orders.amount",)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask which rows are of a status that counts."""
        status = sorted({"status"} & books.export.columns("orders"))
        valid = Ledger(books.export, self.rules, books.schedule.as_of, {}).valid()
        books.want(self.rules).extras[VALID] = Extra(tuple(status), valid)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        return books.in_spans(books.order_rows(self.rules))

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
        return flag(nw.col(VALID) & nw.col("goods"))

    @measure
    def invalid(self) -> Expr:
        """Not of a status that counts."""
        return flag(~nw.col(VALID))

    @measure
    def empty(self) -> Expr:
        """Of no amount."""
        return flag(nw.col(VALID) & ~nw.col("goods") & ~nw.col("sale") & ~nw.col("returned"))
