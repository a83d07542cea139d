"""People on the books at a period's end, and those of them who did something in it or have something by then."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.roster import on_books
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, SpannedFact, measure
from mlmkpi.facts.people import ENROLLED, named, with_lookup


def plain(dimensions: Dimensions) -> Dimensions:
    """The dimensions, a fact's own read as attributes of people."""
    return tuple(Dimension(dimension.name) for dimension in dimensions)


def by_people(books: Books, rows: Frame, dimensions: Dimensions, at: Boundary) -> Frame:
    """Rows of people (`unit`, `span`) with the dimensions of these people."""
    return seller_attributes(books, plain(dimensions), at).attach(rows, "unit")


def of_periods(books: Books, frames: Sequence[Frame], known: Frame, key: str, numbers: Sequence[int]) -> list[Frame]:
    """Rows of people (`unit`), a frame each of these numbers or one of all of them, with what is known of them then.

    What is known has one row a `person` and number, `key`; frames of one number each need not tell it.
    """
    if len(frames) < len(numbers):
        return [books.engine.look_up(rows, "unit", known, {key: max(numbers) + 1}) for rows in frames]
    return [
        books.engine.look_up(rows, "unit", known.filter(nw.col(key) == number).drop(key))
        for number, rows in zip(numbers, frames, strict=True)
    ]


class OnBooks(Fact):
    """What facts of people on the books share: they read no orders."""

    @property
    def reads_orders(self) -> bool:
        """They do not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor."""
        return (ENROLLED,)


@dataclass(frozen=True)
class Listed(OnBooks, SpannedFact):
    """One row a person on the books at a period's end."""

    def among(self, facts: Iterable[Fact]) -> Fact:
        """A fact of the same rows with more attributes."""
        alike = [fact for fact in facts if isinstance(fact, Listed) and type(fact).by_span is type(self).by_span]
        return max(alike, key=lambda fact: len(fact.own), default=self)

    def people_measure(self, measure: str) -> str | None:
        """The rows themselves: nobody has two in a period."""
        return measure

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people."""
        sellers = seller_attributes(books, plain(dimensions), at)
        people = with_lookup(sellers, books.people().with_columns(nw.col("person").alias("unit")))
        spans = [(span.index, {"listed": on_books(span.end), **named(sellers, span)}) for span in books.spans]
        return books.engine.spread(people, spans, "listed")

    @measure
    def listed(self) -> Expr:
        """People on the books at the period's end."""
        return flag(nw.col("listed"))


class Found(OnBooks):
    """One row a person on the books at a period's end of whom something is true; subclasses say what."""

    deed: ClassVar[str]

    def says(self, measure: str) -> str | None:
        """What is true of them."""
        return f"Those of them {self.deed}" if measure == "found" else None

    @abstractmethod
    def listed(self, books: Books) -> Frame:
        """`unit`, `span` of those on the books, once each."""

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        return by_people(books, self.listed(books).with_columns(nw.lit(True).alias("found")), dimensions, at)

    @measure
    def found(self) -> Expr:
        """Those of them of whom it is true."""
        return flag(nw.col("found"))


class Doers(Found):
    """Those who did something in the period."""

    @abstractmethod
    def doers(self, books: Books) -> Frame:
        """`unit`, `span`, once each, whether on the books or not."""

    def listed(self, books: Books) -> Frame:
        """`unit`, `span` of the doers on the books."""
        rows = self.doers(books).join(books.ends(), on="span", how="inner")
        rows = books.engine.look_up(rows, "unit", books.people())
        return rows.filter(on_books(nw.col("closing"))).select("unit", "span")
