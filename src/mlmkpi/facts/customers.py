"""Customers: whoever bought in a period, and where each customer stands at its two boundaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import customer_attributes, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask, Track
from mlmkpi.books.rules import Base, OrderRules, Window, base_words
from mlmkpi.books.spans import Opening, Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, SpannedFact, measure
from mlmkpi.facts.people import sale_track, with_lookup
from mlmkpi.facts.retained import Retained, earlier_days, opening_of

NO_BOOKS = "customers are on no books: on_books reads as current"


def _track(rules: OrderRules) -> Track:
    return sale_track(rules, "buyer")


def want_latest_seller(books: Books, rules: OrderRules, *, opening: Opening = Opening.BEFORE) -> None:
    """Ask for what `latest_seller` reads: the sellers at both boundaries of the periods, and on the opening day."""
    wanted = books.want(rules)
    wanted.cells["buyer"] |= {"last_sale", "latest"}
    for span in books.spans:
        wanted.latest |= {span.before, span.end, span.opened(opening)}


def latest_seller(books: Books, rules: OrderRules, rows: Frame, at: Boundary) -> Frame:
    """Customers' rows (`unit`, `span`) with the `seller` of the latest sale by the boundary."""
    history = books.sale_history(rules, "buyer")
    latest = [name for name in history.collect_schema().names() if name.startswith("latest_")]
    kept = rows.collect_schema().names()
    rows = rows.join(history.select("unit", *latest), on="unit", how="left")
    seller: Expr | None = None
    for span in books.spans:
        day = span.before if at is Boundary.START else span.end
        there = nw.when(nw.col("span") == span.index).then(nw.col(f"latest_{day}"))
        seller = there if seller is None else there.otherwise(seller)
    if seller is None:
        raise AssertionError("a run without a period")
    return rows.select(*kept, seller.alias("seller"))


class Histories(Fact):
    """What customer facts share: they read buyers' histories, a customer's seller being that of the latest sale."""

    rules: OrderRules
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER)

    def needs(self) -> tuple[str, ...]:
        """The customer of an order."""
        return ("orders.customer_id",)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for buyer cells, the order's attributes, and the latest seller where a seller's attribute is split by."""
        wanted = books.want(self.rules)
        wanted.cells["buyer"].add("last_sale")
        if any(d.side is Side.PERSON for d in dimensions):
            want_latest_seller(books, self.rules, opening=self.opens)
        for dimension in dimensions:
            if dimension.side is Side.ORDER:
                wanted.column(dimension)
                wanted.dimensions["buyer"].add(dimension.name)

    def spanned(self, books: Books, flags: dict[int, dict[str, Expr]], dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span of customers on whom the first flag holds; by an order's attribute, a row a customer and it."""
        return books.engine.concat(self.span_frames(books, flags, dimensions, at))

    def span_frames(
        self, books: Books, flags: dict[int, dict[str, Expr]], dimensions: Dimensions, at: Boundary,
        history: Frame | None = None,
    ) -> list[Frame]:
        """The same rows, as frames that can be summed one by one; of a `history` of some customers, of these alone."""
        orders = [d for d in dimensions if d.side is Side.ORDER]
        history = self.histories(books, tuple(d.name for d in orders)) if history is None else history
        buyers = customer_attributes(books, dimensions, at, opening=self.opens)
        history = with_lookup(buyers, self._with_latest(books, history, orders, dimensions))
        sellers = seller_attributes(books, dimensions, at, opening=self.opens)
        by_seller = any(d.side is Side.PERSON for d in dimensions)
        of_orders = {d.name: nw.col(d.name) for d in orders}
        spans = []
        for span in books.spans:
            made = {**flags[span.index], **buyers.at_span(span), **of_orders}
            if by_seller:
                made["seller"] = nw.col(f"latest_{sellers.day(span)}")
            spans.append((span.index, made))
        frames = books.engine.spread(history, spans, next(iter(spans[0][1])))
        if not by_seller:
            return frames
        frames = [books.engine.concat(frames)] if sellers.timed else frames
        return [sellers.attach(rows, "seller") for rows in frames]

    def histories(self, books: Books, columns: tuple[str, ...]) -> Frame:
        """The histories that the rows are made of."""
        return books.sale_history(self.rules, "buyer", columns)

    def _with_latest(self, books: Books, history: Frame, orders: list[Dimension], dimensions: Dimensions) -> Frame:
        """A customer's latest seller is that of all their orders, whatever the rows are split by."""
        if not orders or not any(d.side is Side.PERSON for d in dimensions):
            return history
        whole = books.sale_history(self.rules, "buyer")
        latest = [name for name in whole.collect_schema().names() if name.startswith("latest_")]
        return history.join(whole.select("unit", *latest), on="unit", how="left")

    @property
    def opens(self) -> Opening:
        """Which day the opening boundary is."""
        return Opening.BEFORE


@dataclass(frozen=True)
class Buyers(Histories):
    """One row a customer and period with a sale in it."""

    rules: OrderRules

    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER, Side.ORDER)

    def asks(self, span: Span) -> Iterable[Ask]:
        """Sales in the period."""
        yield Ask(_track(self.rules), span.start, span.end)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span; by cell where the cells are enough."""
        if not dimensions and books.one_cell_spans and not books.want(self.rules).dimensions["buyer"]:
            cells = books.cells(self.rules, "buyer").filter(~nw.col("last_sale").is_null())
            return cells.with_columns(nw.lit(True).alias("active"))
        line = books.timeline
        flags = {s.index: {"active": line.happened("sale", s.start, s.end)} for s in books.spans}
        return self.spanned(books, flags, dimensions, at)

    @measure
    def active(self) -> Expr:
        """Distinct customers with a sale."""
        return flag(nw.col("active"))


@dataclass(frozen=True)
class Customers(Histories, Retained):
    """One row a customer and period: in the base at its opening boundary, in it at its closing one."""

    rules: OrderRules
    customer_lapse_after_days: int = 90
    retention_base: Base = Base.CURRENT
    retention_window: Window = Window.PERIOD

    def windows(self, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
        """The days whose sales put a customer in the base at the opening and at the closing boundary."""
        year = self.retention_window is Window.YEAR
        if self.retention_base is Base.ACTIVE:
            return earlier_days(span, self.retention_window), (span.start, span.end)
        opening, lapse = span.year_before if year else span.before, self.customer_lapse_after_days
        return (opening - lapse + 1, opening), (span.end - lapse + 1, span.end)

    def says(self, measure: str) -> str | None:
        """Whose base it is, and when."""
        base = Base.CURRENT if self.retention_base is Base.ON_BOOKS else self.retention_base
        return base_words("Customers", base, self.retention_window).get(measure)

    def assumes(self, export: Export) -> str | None:
        """That the base is another than the one asked for."""
        return NO_BOOKS if self.retention_base is Base.ON_BOOKS else None

    @property
    def opens(self) -> Opening:
        """As the base and the window say."""
        return opening_of(self.retention_base, self.retention_window)

    def asks(self, span: Span) -> Iterable[Ask]:
        """Both windows."""
        for first, last in self.windows(span):
            yield Ask(_track(self.rules), first, last)

    def known_from(self, span: Span) -> int | None:
        """How far back the base reads orders."""
        return self.windows(span)[0][0]

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of the customers in the base at the opening boundary."""
        sold, flags = cache(partial(books.timeline.happened, "sale")), {}
        for span in books.spans:
            opening, closing = self.windows(span)
            flags[span.index] = {"start": sold(*opening), "end": sold(*closing)}
        return self.span_frames(books, flags, dimensions, at)


@dataclass(frozen=True)
class Repeats(Histories, SpannedFact):
    """One row a customer with a sale in the 12 months up to the period's end."""

    rules: OrderRules

    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER, Side.ORDER)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also each cell's first sale, which tells one day from two."""
        super().prepare(books, dimensions)
        books.want(self.rules).cells["buyer"].add("first_sale")

    def window(self, span: Span) -> tuple[int, int]:
        """The 12 months, as first and last day."""
        return span.year_before + 1, span.end

    def asks(self, span: Span) -> Iterable[Ask]:
        """The window, on two days."""
        yield Ask(_track(self.rules), *self.window(span), whole=True)

    def known_from(self, span: Span) -> int | None:
        """The first day of the 12 months."""
        return self.window(span)[0]

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of the customers who bought."""
        line, flags = books.timeline, {}
        for span in books.spans:
            days = self.window(span)
            flags[span.index] = {
                "bought": line.happened("sale", *days), "repeated": line.happened_twice("sale", "twice", *days),
            }
        return self.span_frames(books, flags, dimensions, at)

    @measure
    def bought(self) -> Expr:
        """Customers who bought."""
        return flag(nw.col("bought"))

    @measure
    def repeated(self) -> Expr:
        """Those of them who bought on two days or more."""
        return flag(nw.col("bought") & nw.col("repeated"))
