"""Customers of a year ago: what they spent then, and what they spend now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.cell_sums import sums_of_days
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr
from mlmkpi.books.history import Ask
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import NEVER, Span
from mlmkpi.engines import PERSON, Frame
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
            return sums
        line, flags = books.timeline, {}
        for span in books.spans:
            bought = line.happened("sale", *span.year_earlier) if span.year_earlier else nw.col("unit").is_null()
            flags[span.index] = {"bought": bought}
        rows = self.spanned(books, flags, dimensions, at)
        kept = rows.collect_schema().names()
        return rows.join(sums, on=["unit", "span"], how="left").select(*kept, "before", "after")

    def _sums(self, books: Books) -> Frame:
        """`unit`, `span`, `before`, `after`: net sales of both periods to who had a sale in the earlier one."""
        earlier = {span.index: span.year_earlier for span in books.spans if span.year_earlier}
        then = sums_of_days(books, self.rules, "buyer", earlier, {"net_sales": "sum", "last_sale": "max"})
        then = then.filter(~nw.col("last_sale").is_null()).drop("last_sale").rename({"net_sales": "before"})
        later = {span.index: (span.start, span.end) for span in books.spans}
        now = sums_of_days(books, self.rules, "buyer", later, {"net_sales": "sum"})
        now = now.rename({"unit": PERSON, "net_sales": "after"})
        rows = books.engine.look_up(then, "unit", now, {"span": len(books.schedule.spans)})
        return rows.with_columns(nw.col("after").fill_null(0))

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
