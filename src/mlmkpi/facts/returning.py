"""Customers of a year ago: what they spent then, and what they spend now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr
from mlmkpi.books.history import Ask
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import NEVER, Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import scaled
from mlmkpi.facts.customers import Histories
from mlmkpi.facts.people import sale_track


@dataclass(frozen=True)
class ReturningCustomers(Histories):
    """One row a customer with a sale in the period a year before: net sales `before` and `after`."""

    rules: OrderRules

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also each cell's net sales."""
        super().prepare(books, dimensions)
        books.want(self.rules).cells["buyer"].add("net_sales")

    def asks(self, span: Span) -> Iterable[Ask]:
        """The period a year before, for sums."""
        if span.year_earlier:
            yield Ask(sale_track(self.rules, "buyer"), *span.year_earlier, whole=True)

    def known_from(self, span: Span) -> int | None:
        """The first day of the period a year before."""
        return span.year_earlier[0] if span.year_earlier else NEVER

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        sums = self._sums(books)
        if not dimensions:
            return sums.filter(~nw.col("bought").is_null())
        line, flags = books.timeline, {}
        for span in books.spans:
            bought = line.happened("sale", *span.year_earlier) if span.year_earlier else nw.col("unit").is_null()
            flags[span.index] = {"bought": bought}
        rows = self.spanned(books, flags, dimensions, at)
        kept = rows.collect_schema().names()
        return rows.join(sums, on=["unit", "span"], how="left").select(*kept, "before", "after")

    def _sums(self, books: Books) -> Frame:
        """`unit`, `span`, `before`, `after`: net sales of the cells of both periods; `bought`: a day then, or null."""
        line = books.timeline
        places = [
            {"cell": cell, "span": span.index, "now": now}
            for span in books.spans
            for now, days in ((True, (span.start, span.end)), (False, span.year_earlier or (0, -1)))
            for cell in line.cells_of(*days)
        ]
        small = pl.DataFrame(places, schema={"cell": pl.Int32, "span": pl.Int32, "now": pl.Boolean})
        cells = books.cells(self.rules, "buyer").select("unit", "cell", "net_sales", "last_sale")
        rows = cells.join(books.engine.small(small), on="cell", how="inner")
        none, amount = nw.lit(0, dtype=nw.Int64), nw.col("net_sales")
        rows = rows.with_columns(
            nw.when(~nw.col("now")).then(amount).otherwise(none).alias("before"),
            nw.when(nw.col("now")).then(amount).otherwise(none).alias("after"),
            nw.when(~nw.col("now")).then(nw.col("last_sale")).alias("bought"),
        )
        sums = [nw.col("before").sum(), nw.col("after").sum(), nw.col("bought").max()]
        return books.engine.group(rows, "unit", {"span": len(books.schedule.spans)}, [], sums)

    @scaled
    def then(self) -> Expr:
        """Net sales to them in the period a year before."""
        return nw.col("before")

    @scaled
    def now(self) -> Expr:
        """Net sales to them now."""
        return nw.col("after")

    @scaled
    def kept(self) -> Expr:
        """Net sales to them now, of nobody more than in the period a year before."""
        return nw.min_horizontal(nw.col("before").fill_null(0), nw.col("after").fill_null(0))
