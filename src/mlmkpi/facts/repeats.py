"""Customers since the data start: who bought once and never again, and who came back soon after their first time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask
from mlmkpi.books.spans import NEVER, Span
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.customers import Buyers, Repeats
from mlmkpi.facts.followed import pieces
from mlmkpi.facts.people import sale_track


def without_earlier(books: Books, rows: Frame) -> Frame:
    """The rows of customers (`unit`) without those who joined before the data start: their first time is unknown."""
    if "joined_on" not in books.export.columns("customers"):
        return rows
    return rows.join(books.once("earlier customers", lambda: _earlier(books)), on="unit", how="anti")


def _earlier(books: Books) -> Frame:
    """`unit`: those who had joined before the data start; materialised."""
    listed = books.export.scan("customers", ["customer_id", "joined_on"])
    earlier = listed.filter(nw.col("joined_on") < (books.data_start or 0)).select(nw.col("customer_id").alias("unit"))
    return books.engine.materialise(earlier)


@dataclass(frozen=True)
class SoFar(Repeats):
    """One row a customer with a sale up to the period's end, who had not joined before the data start."""

    def window(self, span: Span) -> tuple[int, int]:
        """All days up to the period's end."""
        return NEVER, span.end

    def known_from(self, span: Span) -> int | None:
        """Wherever the orders start."""
        return None

    def histories(self, books: Books, columns: tuple[str, ...]) -> Frame:
        """Without those of customers who had joined before."""
        return without_earlier(books, super().histories(books, columns))

    @measure
    def once(self) -> Expr:
        """Those of them who bought on one day alone."""
        return flag(nw.col("bought") & ~nw.col("repeated"))


@dataclass(frozen=True)
class SecondOrders(Buyers):
    """One row a customer who first bought in the period, long enough ago to have been followed for `days` days."""

    days: int = 60

    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER)

    def window_days(self) -> int:
        """As long as they are followed."""
        return self.days

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also each cell's first sale."""
        super().prepare(books, dimensions)
        books.want(self.rules).cells["buyer"].add("first_sale")

    def asks(self, span: Span) -> Iterable[Ask]:
        """Also short cells."""
        yield from super().asks(span)
        yield from pieces(sale_track(self.rules, "buyer"), span, self.days)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `again`."""
        first_timers = self._first_timers(books)
        if not dimensions:
            return first_timers
        flags = {
            span.index: {"active": books.timeline.happened("sale", span.start, span.end)}
            for span in books.spans
        }
        return self.spanned(books, flags, dimensions, at).join(first_timers, on=["unit", "span"], how="inner")

    def _first_timers(self, books: Books) -> Frame:
        """`unit`, `span`, `bought`, `again`: two days of one cell are never further apart than the days followed."""
        cells = books.cells(self.rules, "buyer").select("unit", "first_sale", "last_sale")
        cells = cells.filter(~nw.col("first_sale").is_null())
        first = books.engine.earliest(cells, "unit", "first_sale").rename({"first_sale": "first"})
        first = first.filter(nw.col("first") <= books.schedule.as_of - self.days)
        first = without_earlier(books, books.in_spans(first, "first"))
        first = books.engine.materialise(first)
        began = first.select(nw.col("unit").alias(PERSON), "first").unique()
        both, soon = books.engine.look_up(cells, "unit", began), nw.col("first") + self.days
        later = [(nw.col(n) > nw.col("first")) & (nw.col(n) <= soon) for n in ("first_sale", "last_sale")]
        again = both.filter(later[0] | later[1]).select(nw.col("unit").alias(PERSON), nw.lit(True).alias("again"))
        rows = books.engine.look_up(first, "unit", again.unique())
        return rows.select("unit", "span", nw.lit(True).alias("bought"), nw.col("again").fill_null(False))

    @measure
    def bought(self) -> Expr:
        """Customers who bought for the first time."""
        return flag(nw.col("bought"))

    @measure
    def again(self) -> Expr:
        """Those of them who bought again soon."""
        return flag(nw.col("again"))
