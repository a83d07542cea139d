"""Who came and who went: people in the base at one boundary of a period and not at the other, and those at neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.listed import by_people
from mlmkpi.facts.newcomers import enrolled_in
from mlmkpi.facts.people import People


@dataclass(frozen=True)
class Movers(People):
    """The rows of `People`, and beside them those of people in the base at the closing boundary alone."""

    counted: ClassVar[tuple[str, ...]] = ("start", "end")

    @measure
    def gained(self) -> Expr:
        """People in the base at the closing boundary who were not at the opening one."""
        return flag(nw.col("end") & ~nw.col("start"))


@dataclass(frozen=True)
class PassersBy(Fact):
    """One row a person and period that they joined and left in: on the books between its boundaries, at neither."""

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor."""
        return ("distributors.distributor_id",)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = enrolled_in(books, books.people()).join(books.ends(), on="span", how="inner")
        some_day = (nw.col("terminated") > nw.col("enrolled")) & (nw.col("terminated") <= nw.col("closing"))
        rows = rows.filter(some_day & (nw.col("returned_on") > nw.col("closing")))
        rows = rows.select(nw.col("person").alias("unit"), "span", nw.lit(True).alias("passed"))
        return by_people(books, rows, dimensions, at)

    @measure
    def passed(self) -> Expr:
        """People who joined and left in the period."""
        return flag(nw.col("passed"))
