"""What becomes of the rows of the orders table: which of them count, and which are left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import Extra, Ledger
from mlmkpi.books.lines import ORDER
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.order_classes import KIND, is_code
from mlmkpi.spelling import unspelled

VALID, UNKNOWN, ORIGINAL, OF_GOODS = "_valid", "_unknown", "_original", "_of_goods"


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
        """Ask which rows are of a status that counts or of a kind that is not known, and which orders returns undo."""
        status = sorted({"status"} & books.export.columns("orders"))
        valid = Ledger(books.export, self.rules, books.schedule.as_of, {}).valid()
        extras = books.want(self.rules).extras
        extras[VALID] = Extra(tuple(status), valid)
        kind = sorted({"kind"} & books.export.columns("orders"))
        unknown = list(unspelled(books.export.engine.spellings("orders", "kind"), KIND.codes)) if kind else []
        extras[UNKNOWN] = Extra(tuple(kind), is_code("kind", unknown) if kind else nw.lit(False))
        if _goods_come_back(books.export):
            extras[ORDER] = Extra(("order_id",), nw.col("order_id"))
            extras[ORIGINAL] = Extra(("original_order_id",), nw.col("original_order_id"))

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        orders = books.order_rows(self.rules)
        rows = books.in_spans(orders)
        if not _goods_come_back(books.export):
            return rows.with_columns(nw.lit(False).alias(OF_GOODS))
        goods = orders.filter(nw.col("goods") & (nw.col("day") <= books.schedule.as_of))
        goods = goods.select(nw.col(ORDER).alias(ORIGINAL), nw.lit(True).alias(OF_GOODS))
        return rows.join(goods, on=ORIGINAL, how="left").with_columns(nw.col(OF_GOODS).fill_null(False))

    @measure
    def sales(self) -> Expr:
        """Sales."""
        return flag(nw.col("sale"))

    @measure
    def returns(self) -> Expr:
        """Returns."""
        return flag(nw.col("returned") & ~nw.col(OF_GOODS))

    @measure
    def goods(self) -> Expr:
        """Kits and replacements."""
        return flag(nw.col(VALID) & nw.col("goods") & ~nw.col(UNKNOWN))

    @measure
    def goods_back(self) -> Expr:
        """Returns of kits and replacements."""
        return flag(nw.col("returned") & nw.col(OF_GOODS))

    @measure
    def invalid(self) -> Expr:
        """Not of a status that counts."""
        return flag(~nw.col(VALID))

    @measure
    def empty(self) -> Expr:
        """Of no amount."""
        return flag(nw.col(VALID) & ~nw.col("goods") & ~nw.col("sale") & ~nw.col("returned"))

    @measure
    def unknown(self) -> Expr:
        """Of an unknown kind."""
        return flag(nw.col(VALID) & nw.col(UNKNOWN))


def _goods_come_back(export: Export) -> bool:
    """Whether the orders tell which returns are of kits or replacements."""
    return {"kind", "original_order_id"} <= export.columns("orders")
