"""Classes of people who came in the same calendar month, and who of them is still there month by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr
from mlmkpi.books.history import Ask
from mlmkpi.books.roster import on_books
from mlmkpi.books.rules import Base
from mlmkpi.books.spans import Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.customers import Customers
from mlmkpi.facts.people import People, wide

COHORT = "cohort"


class Classed:
    """What is counted of a class in a period."""

    @measure
    def there(self) -> Expr:
        """Those still there."""
        return nw.col("end")

    @measure
    def size(self) -> Expr:
        """The whole class."""
        return nw.col("one")


@dataclass(frozen=True)
class Recruits(Classed, People):
    """One row a person and month from that of their first enrolment on: `cohort`, its span, and `end`, still there.

    Who enrolled before the orders start, where there are any, is left out.
    """

    own: ClassVar[tuple[str, ...]] = (COHORT,)

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, and who sells unless being on the books will do."""
        return super().needs() if self.reads_orders else ("distributors.distributor_id",)

    def known_from(self, span: Span) -> int | None:
        """How far back the sale clock reads orders."""
        return span.end - self.lapse_after_days + 1 if self.retention_base is Base.CURRENT else None

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        elsewhere = self.retention_base is Base.ACTIVE and self.active_rule.kind != "any_order"
        people = wide(books, self.rules, (self._track,) if elsewhere else ())
        people = people.filter(nw.col("enrolled") >= (books.data_start or 0))
        return _followed(books, people, "enrolled", {s.index: self._there(books, s) for s in books.spans})

    def _there(self, books: Books, span: Span) -> Expr:
        if self.retention_base is Base.ON_BOOKS:
            return on_books(span.end)
        if self.retention_base is Base.CURRENT:
            return self._current(books, span.end)
        return self._active(books, span.start, span.end)


@dataclass(frozen=True)
class Firsts(Classed, Customers):
    """One row a customer and month from that of their first sale on: `cohort`, its span, and `end`, still there.

    Who joined before the orders start is left out.
    """

    own: ClassVar[tuple[str, ...]] = (COHORT,)

    def known_from(self, span: Span) -> int | None:
        """How far back the sale clock reads orders."""
        return self.windows(span)[1][0] if self.retention_base is Base.CURRENT else None

    def asks(self, span: Span) -> Iterable[Ask]:
        """Sales up to the month's end."""
        yield Ask(next(iter(super().asks(span))).track, *self.windows(span)[1])

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also each cell's first sale."""
        super().prepare(books, dimensions)
        books.want(self.rules).cells["buyer"].add("first_sale")

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        cells = books.cells(self.rules, "buyer").filter(~nw.col("first_sale").is_null())
        first = cells.group_by("unit").agg(nw.col("first_sale").min().alias("bought"))
        export, start = books.export, books.data_start
        if start is not None and {"customer_id", "joined_on"} <= export.columns("customers"):
            earlier = export.scan("customers", ["customer_id", "joined_on"]).filter(nw.col("joined_on") < start)
            first = first.join(earlier.select(nw.col("customer_id").alias("unit")), on="unit", how="anti")
        people = first.join(books.sale_history(self.rules, "buyer"), on="unit", how="left")
        line = books.timeline
        there = {s.index: line.happened("sale", *self.windows(s)[1]) for s in books.spans}
        return _followed(books, people, "bought", there)


def _followed(books: Books, people: Frame, came: str, there: dict[int, Expr]) -> Frame:
    """By span, everybody who had come by its end: `cohort`, `end` and `one`, whole numbers."""
    classed = books.in_spans(people, came).rename({"span": COHORT})
    spans = [
        (span.index, {
            "came": nw.col(came) <= span.end, COHORT: nw.col(COHORT),
            "end": there[span.index].fill_null(False).cast(nw.Int64), "one": nw.lit(1, dtype=nw.Int64),
        })
        for span in books.spans
    ]
    return books.engine.concat(books.engine.spread(classed, spans, "came"))
