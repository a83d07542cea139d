"""Downlines: everybody who stands under somebody, and what it comes to for each leader, who is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask
from mlmkpi.books.lineage import TREE
from mlmkpi.books.roster import on_books
from mlmkpi.books.spans import Opening, Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, SpannedFact, measure
from mlmkpi.facts.leaders import Members
from mlmkpi.facts.people import ENROLLED, People, named, with_lookup
from mlmkpi.genealogy import subtree_sums
from mlmkpi.genealogy.strides import NOBODY


@dataclass(frozen=True)
class Boundaries(SpannedFact):
    """One row a person and period on the books at one of its two boundaries."""

    with_leader: ClassVar[bool] = False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor."""
        return (ENROLLED,)

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people."""
        sellers = seller_attributes(books, dimensions, at)
        people = with_lookup(sellers, books.people().with_columns(nw.col("person").alias("unit")))
        on = cache(on_books)
        spans = [
            (span.index, {"start": on(span.before), "end": on(span.end), **named(sellers, span)})
            for span in books.spans
        ]
        return books.engine.spread(people, spans, "start", "end")

    @measure
    def at_start(self) -> Expr:
        """People on the books when the period opened."""
        return flag(nw.col("start"))

    @measure
    def added(self) -> Expr:
        """People on the books on its last day less those when it opened."""
        return flag(nw.col("end")) - flag(nw.col("start"))


@dataclass(frozen=True)
class Sponsored(People):
    """The rows of `People` of those who stand under somebody in the tree."""

    with_leader: ClassVar[bool] = False
    reads_tree: ClassVar[bool] = True
    own: ClassVar[tuple[str, ...]] = ()

    def says(self, measure: str) -> str | None:
        """Also that they have a sponsor."""
        text = super().says(measure)
        return f"{text}, under a sponsor" if measure == "at_start" else text

    def needs(self) -> tuple[str, ...]:
        """Also who stands under whom."""
        return (*super().needs(), TREE)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The rows of those people, by span."""
        lineage = books.lineage()
        below = lineage.ids.filter(pl.Series(lineage.tree.parents != NOBODY))
        marks = pl.Series("_below", np.zeros(len(below), dtype=np.int32))
        return books.engine.numbered(super().rows(books, dimensions, at), "unit", below, marks).drop("_below")


@dataclass(frozen=True)
class Downlines(Fact):
    """One row a leader and period with anybody of their downline in `below`: two sums over it, the leader left out.

    `members` is the fact of the people, `above` and `below` two of its measures. Leaders are on the books at the
    period's end, with `at_both` at its start too.
    """

    members: Fact
    above: str
    below: str
    at_both: bool = False

    with_leader: ClassVar[bool] = False
    reads_tree: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """What the people need, and who stands under whom."""
        return (*self.members.needs(), TREE)

    @property
    def reads_orders(self) -> bool:
        """As the people's fact does."""
        return self.members.reads_orders

    def known_from(self, span: Span) -> int | None:
        """As the people's fact does."""
        return self.members.known_from(span)

    def asks(self, span: Span) -> Iterable[Ask]:
        """As the people's fact does."""
        return self.members.asks(span)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """As the people's fact does."""
        self.members.prepare(books, ())

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        frame = books.once_here(("downlines", self, at), lambda: self._build(books, at))
        opens = self.members.opens if isinstance(self.members, People) else Opening.BEFORE
        return seller_attributes(books, dimensions, at, opening=opens).attach(frame, "unit")

    def _build(self, books: Books, at: Boundary) -> Frame:
        people, frames = Members.of(books, books.lineage().by_place), []
        for span, rows in self._by_span(books, at):
            leads = people.listed(span.end) & (people.lineage.tree.legs > 0)
            if self.at_both:
                leads &= people.listed(span.before)
            leaders, own = np.flatnonzero(leads), people.placed(rows, self.above, self.below)
            sums = subtree_sums(people.lineage.tree, own, include_self=False, of=leaders)
            some = sums[1] > 0
            frames.append(people.rows(span, leaders[some], {"above": sums[0, some], "below": sums[1, some]}))
        return books.engine.small(pl.concat(frames))

    def _by_span(self, books: Books, at: Boundary) -> Iterator[tuple[Span, pl.DataFrame]]:
        """Each span with the rows of its people: `unit` and the two measures; large ones are held one at a time."""
        measures = [getattr(self.members, name)().expr.alias(name) for name in (self.above, self.below)]
        turns = [(span,) for span in books.spans] if books.engine.at_once > 1 else [books.spans]
        for spans in turns:
            with books.narrowed(spans):
                rows = books.engine.collect(self.members.rows(books, (), at).select("unit", "span", *measures))
            none, parts = rows.clear(), rows.partition_by("span", as_dict=True)
            yield from ((span, parts.get((span.index,), none)) for span in spans)

    @measure
    def leaders(self) -> Expr:
        """Leaders."""
        return flag(nw.col("below") > 0)

    @measure
    def over(self) -> Expr:
        """The sum over the downline that is divided."""
        return nw.col("above")

    @measure
    def under(self) -> Expr:
        """The sum over it that is divided by."""
        return nw.col("below")
