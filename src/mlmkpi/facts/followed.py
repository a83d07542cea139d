"""Newcomers followed for some days after they enrolled: whether they sold, and whether they enrolled somebody."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import RECRUITED
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask, Track
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.listed import by_people
from mlmkpi.facts.newcomers import WHEN_ENROLLED, enrolled_in, newcomers_by
from mlmkpi.facts.people import sale_track


def pieces(track: Track, span: Span, days: int) -> Iterable[Ask]:
    """Windows that cut the cells of a period so short that a first and a last day tell what fell within so many days.

    Of a cell with one event before a window of `days` + 1 days and one after it, nothing would be known.
    """
    for first in range(span.start, span.end + 1, days + 1):
        yield Ask(track, first, min(first + days, span.end), whole=True)


class Followed(Fact):
    """One row a newcomer since the data start, old enough to have been followed for `days` days."""

    days: int

    deed: ClassVar[str]

    def window_days(self) -> int:
        """As long as they are followed."""
        return self.days

    @abstractmethod
    def reached(self, books: Books, people: Frame) -> Frame:
        """`person`, once each, of those among the people (`person`, `enrolled`) who got there within the days."""

    def in_time(self, books: Books, rows: Frame, people: Frame, *days: str) -> Frame:
        """`person`, once each, of the people whose rows (`unit`) have one of these days, early enough."""
        enrolled = nw.col("enrolled")
        within = [nw.col(name).is_between(enrolled, enrolled + self.days) for name in days]
        rows = books.engine.look_up(rows, "unit", people.select("person", "enrolled").unique())
        return rows.filter(reduce(or_, within)).select(nw.col("unit").alias("person")).unique()

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `reached`."""
        enrolled, latest = nw.col("enrolled"), books.schedule.as_of - self.days
        people = books.people().filter((enrolled >= (books.data_start or 0)) & (enrolled <= latest))
        people = enrolled_in(books, people.select("person", "enrolled"))
        there = self.reached(books, people).with_columns(nw.lit(True).alias("reached"))
        rows = people.join(there, on="person", how="left")
        rows = rows.select(nw.col("person").alias("unit"), "span", nw.col("reached").fill_null(False))
        return newcomers_by(books, rows.with_columns(nw.lit(True).alias("followed")), dimensions, at)

    def says(self, measure: str) -> str | None:
        """What they did in time."""
        return f"Those of them {self.deed} within {self.days} days" if measure == "got_there" else None

    @measure
    def followed(self) -> Expr:
        """Newcomers who were followed."""
        return flag(nw.col("followed"))

    @measure
    def got_there(self) -> Expr:
        """Those of them who did so in time."""
        return flag(nw.col("reached"))


@dataclass(frozen=True)
class Activated(Followed):
    """Newcomers, and whether a sale was credited to them within the days after they enrolled."""

    deed: ClassVar[str] = "with a sale"

    rules: OrderRules
    days: int

    def needs(self) -> tuple[str, ...]:
        """When people enrolled and what they sold."""
        return (WHEN_ENROLLED, "orders.distributor_id")

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the first and the last sale of each seller cell."""
        books.want(self.rules).cells["seller"] |= {"first_sale", "last_sale"}

    def asks(self, span: Span) -> Iterable[Ask]:
        """Short cells."""
        yield from pieces(sale_track(self.rules), span, self.days)

    def reached(self, books: Books, people: Frame) -> Frame:
        """By the sales of cells that begin or end within the days."""
        sales = books.cells(self.rules, "seller").select("unit", "first_sale", "last_sale")
        return self.in_time(books, sales, people, "first_sale", "last_sale")


@dataclass(frozen=True)
class Duplicating(Followed):
    """Newcomers, and whether they enrolled somebody new within the days after they enrolled."""

    deed: ClassVar[str] = "who enrolled somebody"

    days: int

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """When people enrolled and through whom."""
        return (WHEN_ENROLLED, RECRUITED)

    def reached(self, books: Books, people: Frame) -> Frame:
        """By the first enrolments credited to them."""
        return self.in_time(books, books.recruits(), people, "day")


@dataclass(frozen=True)
class Enrollers(Fact):
    """One row a person and period in which they enrolled somebody new: `recruits`, how many."""

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """When people enrolled and through whom."""
        return (WHEN_ENROLLED, RECRUITED)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = books.in_spans(books.recruits()).with_columns(nw.lit(1, dtype=nw.Int64).alias("recruits"))
        spans = {"span": len(books.schedule.spans)}
        return by_people(books, books.engine.group(rows, "unit", spans, [], [nw.col("recruits").sum()]), dimensions, at)

    @measure
    def recruits(self) -> Expr:
        """New people with an enroller."""
        return nw.col("recruits")

    @measure
    def enrollers(self) -> Expr:
        """The people who enrolled them."""
        return flag(nw.col("recruits") > 0)
