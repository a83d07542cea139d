"""Starter kits beside the orders that count: how much of what people pay is for joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold, hold_together
from mlmkpi.books.dimensions import Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import Extra, Ledger
from mlmkpi.engines import Frame
from mlmkpi.facts.base import scaled
from mlmkpi.facts.orders import Orders
from mlmkpi.order_classes import is_code
from mlmkpi.spelling import spelled

KIT, BACK = "_kit", "_kit_back"


@dataclass(frozen=True)
class Kits(Orders):
    """One row an order that is a sale or a return, and one a kit: from orders, else from the enrolments."""

    by_line: ClassVar[bool] = False

    def needs(self) -> tuple[str, ...]:
        """Also where kits stand."""
        return (*super().needs(), "orders.kind|enrollments.kit_amount")

    def carries_in(self, export: Export, dimension: Dimension) -> bool:
        """Not the customers' or the orders' attributes where enrolments alone tell of kits: these have neither."""
        if not self.carries(dimension) or dimension.side is Side.PERSON or not export.has("enrollments.kit_amount"):
            return self.carries(dimension)
        kinds = export.engine.spellings("orders", "kind") if export.has("orders.kind") else {}
        return bool(spelled(kinds, ["kit"]))

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask which orders are of a kit, and which of these are below 0, as rows that count as none hide that."""
        super().prepare(books, dimensions)
        columns, wanted = books.export.columns("orders"), books.want(self.rules).extras
        found = books.engine.spellings("orders", "kind") if "kind" in columns else {}
        kits = spelled(found, ["kit"])
        kit = is_code("kind", kits) if kits else nw.lit(False)
        valid = Ledger(books.export, self.rules, books.schedule.as_of, {}).valid()
        wanted[KIT] = Extra(tuple(sorted({"kind", "status"} & columns)), (valid & kit).fill_null(False))
        wanted[BACK] = Extra(("amount",), (nw.col("amount") < 0).fill_null(False))

    def counted(self, books: Books) -> Frame:
        """Orders and kits: `cell`, `day`, `seller`, `buyer`, `amount`, `kit`, and the orders' extra columns."""
        orders = books.orders(self.rules)
        extras = list(books.want(self.rules).extras)
        names = ["cell", "day", "seller", "buyer", "amount", *extras]
        kits = books.order_rows(self.rules).filter(nw.col(KIT) & ~nw.col("cell").is_null())
        paid = nw.when(nw.col(BACK)).then(nw.col("amount")).otherwise(-nw.col("amount"))
        kits = books.engine.materialise(kits.with_columns(paid.alias("amount")).select(*names))
        if "kit_amount" in books.export.columns("enrollments") and not self._sold(books, kits):
            kits = self._enrolled(books, orders, extras)
        parts = (orders, nw.lit(False)), (kits, nw.lit(True))
        return books.engine.concat([rows.select(*names, kit.alias("kit")) for rows, kit in parts])

    def _sold(self, books: Books, kits: Frame) -> bool:
        """Whether any order is of a kit."""
        return bool(books.engine.collect(kits.select(nw.len().alias("n"))).item())

    def _enrolled(self, books: Books, orders: Frame, extras: list[str]) -> Frame:
        """What people paid for kits when they enrolled; such a kit has no customer and no attribute of an order."""
        rows = books.export.scan("enrollments", ["distributor_id", "enrolled_on", "kit_amount"])
        rows = rows.select(
            nw.col("enrolled_on").alias("day"), nw.col("distributor_id").alias("seller"),
            nw.col("kit_amount").fill_null(0).alias("amount"),
        ).join(books.days.select("day", "cell"), on="day", how="inner")
        rows = books.engine.materialise(rows)
        hold(books.export, rows, {"amount": "enrollments.kit_amount"})
        hold_together(books.export, {"orders.amount": (orders, "amount"), "enrollments.kit_amount": (rows, "amount")})
        types = orders.collect_schema()
        return rows.with_columns(*(nw.lit(None, dtype=types[name]).alias(name) for name in ("buyer", *extras)))

    @scaled
    def kits(self) -> Expr:
        """What buyers paid for kits."""
        return nw.col("amount") * flag(nw.col("kit"))

    @scaled
    def with_kits(self) -> Expr:
        """Net sales and kits together."""
        return nw.col("amount")
