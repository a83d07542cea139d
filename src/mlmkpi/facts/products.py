"""Products: what orders are made of, and what comes back of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import LINES, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr
from mlmkpi.books.ledger import Extra
from mlmkpi.books.lines import ORDER, lines, pieces, want_lines
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.facts.orders import Orders

ORIGINAL, PRODUCT = "_original", "order.product"
ADDED_UP = {"net_sales", "units"}
"""Measures of pieces that add up what their lines tell."""


@dataclass(frozen=True)
class Pieces(Orders):
    """One row a product or category on an order, and one for what its lines leave of the amount.

    `by` is the dimension that it brings itself: `order.product` or `order.category`.
    """

    by: str = "order.category"

    own: ClassVar[tuple[str, ...]] = tuple(LINES)
    with_units: ClassVar[bool] = True

    @property
    def reads_people(self) -> bool:
        """Where they are split by people, as `prepare` says; a plugin's may."""
        return type(self) is not Pieces

    def needs(self) -> tuple[str, ...]:
        """Also the lines, and what they are told apart by."""
        return (*super().needs(), "order_lines.product_id", LINES[self.by])

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask for what lines are found by."""
        super().prepare(books, dimensions)
        want_lines(books, self.rules)

    def summing(self, names: Iterable[str]) -> Fact:
        """The lines themselves, where measures add up what these tell."""
        added_up = type(self) is Pieces and ADDED_UP.issuperset(names)
        return _Lines(self.rules, self.social_channels, self.classed, self.by) if added_up else self

    def cut(self, books: Books, orders: Frame, names: list[str]) -> Frame:
        """The pieces; uncut, the orders that have one."""
        if names and self.by == PRODUCT and PRODUCT not in names:
            return pieces(books, orders, names, quantity=True, whole=False, merged=self.merged)
        if names or self.by != PRODUCT:
            return super().cut(books, orders, names)
        return orders.join(lines(books, [], []).unique(), on=ORDER, how="semi")

    @scaled
    def units(self) -> Expr:
        """Units sold, those returned taken off."""
        return nw.col("quantity")


@dataclass(frozen=True)
class _Lines(Pieces):
    """The rows of `Pieces`, of which an order may have several of one value."""

    merged: ClassVar[bool] = False


@dataclass(frozen=True)
class SoldUnits(Orders):
    """One row a product on a sale (`sold`), and one on a return of it within the window (`returned`).

    A return whose original order the export does not have is a row in its own period (`orphan`), and no more. Where
    returns do not name the order they undo, those of the period stand beside its sales.
    """

    return_window_days: int = 90

    own_days: ClassVar[bool] = False

    @property
    def reads_people(self) -> bool:
        """Where they are split by people, as `prepare` says; a plugin's may."""
        return type(self) is not SoldUnits

    def needs(self) -> tuple[str, ...]:
        """Also the lines."""
        return (*super().needs(), "order_lines.quantity")

    def window_days(self) -> int:
        """How long a sale is followed."""
        return self.return_window_days

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask for what lines and originals are found by."""
        super().prepare(books, dimensions)
        want_lines(books, self.rules, "quantity")
        if self.follows(books.export):
            books.want(self.rules).extras[ORIGINAL] = Extra(("original_order_id",), nw.col("original_order_id"))

    def follows(self, export: Export) -> bool:
        """Whether returns name the order they undo."""
        return "original_order_id" in export.columns("orders")

    def assumes(self, export: Export) -> str | None:
        """Where returns name no order, whose returns they are."""
        return None if self.follows(export) else "returns name no order: those of the period, whenever it was sold"

    def cut(self, books: Books, orders: Frame, names: list[str]) -> Frame:
        """Lines of sales and of their returns, with the columns of the sale."""
        units = lines(books, names, ["quantity"])
        none, returned = nw.lit(0, dtype=nw.Int64), orders.filter(~nw.col("sale"))
        sold = books.inside(orders.filter(nw.col("sale")))
        orphans = self._orphans(books, books.inside(returned), names)
        kept = orders.collect_schema().names()
        if self.follows(books.export):
            sold = sold.filter(nw.col("day") <= books.schedule.as_of - self.return_window_days)
            back = returned.select(nw.col(ORIGINAL), nw.col(ORDER).alias("_return"), nw.col("day").alias("_back"))
            returned = sold.join(back.rename({ORIGINAL: "_undone"}), left_on=ORDER, right_on="_undone", how="inner")
            waited = nw.col("_back") - nw.col("day")
            returned = returned.filter((waited >= 0) & (waited <= self.return_window_days))
        else:
            returned = books.inside(returned).with_columns(nw.col(ORDER).alias("_return"))
        quantity = nw.col("quantity").fill_null(0)
        sold = books.engine.beside(units, sold, ORDER)
        returned = returned.join(units.rename({ORDER: "_line"}), left_on="_return", right_on="_line", how="inner")
        return books.engine.concat([
            sold.select(*kept, *names, quantity.alias("sold"), none.alias("returned"), none.alias("orphan")),
            returned.select(*kept, *names, none.alias("sold"), quantity.abs().alias("returned"), none.alias("orphan")),
            *(each.select(*kept, *names, none.alias("sold"), none.alias("returned"), (none + 1).alias("orphan"))
              for each in orphans),
        ])

    def _orphans(self, books: Books, returned: Frame, names: list[str]) -> list[Frame]:
        """The returns, by what is on them, of orders that the export does not have."""
        if not self.follows(books.export):
            return []
        known = books.order_rows(self.rules).filter(nw.col("day") <= books.schedule.as_of)
        known = known.select(nw.col(ORDER).alias("_known"))
        rows = returned.join(known, left_on=ORIGINAL, right_on="_known", how="anti")
        found = lines(books, names, []).join(rows.select(ORDER), on=ORDER, how="semi")
        return [rows.join(found.unique(), on=ORDER, how="inner")]

    @scaled
    def sold(self) -> Expr:
        """Units sold."""
        return nw.col("sold")

    @scaled
    def returned(self) -> Expr:
        """Units that came back."""
        return nw.col("returned")

    @measure
    def orphans(self) -> Expr:
        """Returns of orders that the export does not have."""
        return nw.col("orphan")
