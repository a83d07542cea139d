"""Incomes: commissions of a period, what everybody on the books earned and spent in it, and newcomers' first income."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import incomes
from mlmkpi.books.attributes import RANK, missing, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold, hold_together
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.facts.followed import Followed
from mlmkpi.facts.listed import by_people, of_periods, plain
from mlmkpi.facts.newcomers import WHEN_ENROLLED
from mlmkpi.facts.people import ENROLLED, named, with_lookup

PAID, SPENT = "commissions.amount", "expenses.amount"


class _Incomes(Fact):
    """What facts of incomes share: they read no orders."""

    @property
    def reads_orders(self) -> bool:
        """They do not."""
        return False


def earned(books: Books) -> Frame:
    """`unit`, `span`, `gross`: what was earned in each period, clawbacks taken off."""
    return _summed(books, "gross", lambda: incomes(books))


def spent(books: Books) -> Frame:
    """`unit`, `span`, `expenses`: what was spent in each period."""
    return _summed(books, "expenses", lambda: _spending(books))


def _spending(books: Books) -> Frame:
    """`unit`, `day`, `amount`: expenses, as seen on the as-of date; materialised."""

    def build() -> Frame:
        rows = books.export.scan("expenses", ["distributor_id", "spent_on", "amount"])
        rows = rows.select(nw.col("distributor_id").alias("unit"), nw.col("spent_on").alias("day"), "amount")
        rows = books.engine.materialise(
            rows.filter((nw.col("day") <= books.schedule.as_of) & ~nw.col("unit").is_null())
        )
        hold(books.export, rows, {"amount": SPENT})
        return rows

    return books.once("expenses", build)


def _summed(books: Books, name: str, dated: Callable[[], Frame]) -> Frame:
    """People's sums of dated amounts in each period, under the name; materialised."""

    def build() -> Frame:
        rows = books.in_spans(dated()).rename({"amount": name})
        sums = [nw.col(name).sum()]
        return books.engine.materialise(
            books.engine.group(rows, "unit", {"span": len(books.schedule.spans)}, [], sums)
        )

    return books.once_here((name,), build)


def on_books_some_day(first: int | Expr, last: int | Expr) -> Expr:
    """Whether a person (`enrolled`, `terminated`, `returned_on`) is on the books on any day of a period."""
    enrolled, left = nw.col("enrolled"), nw.col("terminated")
    stayed = (enrolled <= last) & (left > first) & (left > enrolled)
    return stayed | ((nw.col("returned_on") <= last) & (enrolled <= last))


def listed(books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
    """`unit`, `span`, and the dimensions: everybody on the books on any day of each period, by period or in all."""
    sellers = seller_attributes(books, plain(dimensions), at)
    people = with_lookup(sellers, books.people().with_columns(nw.col("person").alias("unit")))
    spans = [
        (span.index, {"listed": on_books_some_day(span.start, span.end), **named(sellers, span)})
        for span in books.spans
    ]
    return [rows.drop("listed") for rows in books.engine.spread(people, spans, "listed")]


@dataclass(frozen=True)
class Commissions(_Incomes):
    """One row a commission, dated by the day it was earned, else paid."""

    def needs(self) -> tuple[str, ...]:
        """The commissions."""
        return (PAID,)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        return by_people(books, books.in_spans(incomes(books)), dimensions, at)

    @scaled
    def paid(self) -> Expr:
        """What was paid, clawbacks taken off."""
        return nw.col("amount")


@dataclass(frozen=True)
class Earners(_Incomes):
    """One row a person on the books on any day of the period: what they earned and, where exported, spent.

    `costed` says that the figure cannot do without expenses.
    """

    costed: bool = False

    own: ClassVar[tuple[str, ...]] = (RANK,)
    made_once: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, the commissions, and the expenses where the figure reads them."""
        return (ENROLLED, PAID, *((SPENT,) if self.costed else ()))

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the export tells ranks."""
        return missing(export, Dimension(name), ranks) is None

    def among(self, facts: Iterable[Fact]) -> Fact:
        """The rows are the same."""
        return next((fact for fact in facts if isinstance(fact, Earners)), self)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `gross`, `expenses` (0 where there are none)."""
        frames, spans = listed(books, dimensions, at), [span.index for span in books.spans]
        costed = books.export.has(SPENT)
        for sums in (earned(books), *([spent(books)] if costed else [])):
            frames = of_periods(books, frames, sums.rename({"unit": PERSON}), "span", spans)
        if costed:
            hold_together(books.export, {PAID: (incomes(books), "amount"), SPENT: (_spending(books), "amount")})
        rows = books.engine.concat(frames)
        expenses = nw.col("expenses").fill_null(0) if costed else nw.lit(0, dtype=nw.Int64).alias("expenses")
        return rows.with_columns(nw.col("gross").fill_null(0), expenses)

    def parts(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The rows, made once for whatever they are split by."""
        split = books.split_all(self, dimensions)
        return [books.once_here((self, split, at), lambda: books.engine.materialise(self.rows(books, split, at)))]

    @measure
    def people(self) -> Expr:
        """People on the books, whether they earned or not."""
        return flag(~nw.col("unit").is_null())

    @scaled
    def gross(self) -> Expr:
        """What they earned."""
        return nw.col("gross")

    @scaled
    def expenses(self) -> Expr:
        """What they spent."""
        return nw.col("expenses")

    @scaled
    def net(self) -> Expr:
        """What they earned less what they spent."""
        return nw.col("gross") - nw.col("expenses")

    @measure
    def earning_nothing(self) -> Expr:
        """People who earned nothing, or less."""
        return flag(nw.col("gross") <= 0)

    @measure
    def at_most_even(self) -> Expr:
        """People whose expenses are at least what they earned."""
        return flag(nw.col("gross") <= nw.col("expenses"))


@dataclass(frozen=True)
class Outsiders(_Incomes):
    """One row a person with commissions in the period who was not on the books on any day of it."""

    own: ClassVar[tuple[str, ...]] = (RANK,)

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, and the commissions."""
        return (ENROLLED, PAID)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = earned(books).join(books.ends(), on="span", how="inner")
        rows = rows.join(books.people(), left_on="unit", right_on="person", how="left")
        some_day = on_books_some_day(nw.col("opening"), nw.col("closing")).fill_null(False)
        return by_people(books, rows.filter(~some_day).select("unit", "span"), dimensions, at)

    @measure
    def outsiders(self) -> Expr:
        """Such people."""
        return flag(~nw.col("unit").is_null())


@dataclass(frozen=True)
class FirstIncomes(Followed):
    """Newcomers, and whether they had a commission above 0 within the days after they enrolled."""

    deed: ClassVar[str] = "with a commission above 0"

    days: int

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """When people enrolled, and the commissions."""
        return (WHEN_ENROLLED, PAID)

    def reached(self, books: Books, people: Frame) -> Frame:
        """By each commission's own day and amount."""
        return self.in_time(books, incomes(books).filter(nw.col("amount") > 0), people, "day")
