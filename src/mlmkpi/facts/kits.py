"""Starter kits beside the orders that count: how much of what people pay is for joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.facts.base import Dimension, Expr, Side, flag, scaled
from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export
from mlmkpi.facts.orders import Orders


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
        return export.has("orders.kind") and "kit" in export.engine.spellings("orders", "kind")

    def counted(self, books: Books) -> Frame:
        """Orders and kits: `cell`, `day`, `seller`, `buyer`, `amount`, `kit`, and the orders' extra columns."""
        orders = books.orders(self.rules)
        extras = list(books.want(self.rules).extras)
        names = ["cell", "day", "seller", "buyer", "amount", *extras]
        kits = books.engine.materialise(books.kits(self.rules).select(*names))
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
