"""Claims: reviews of what somebody said in public, with the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.records import Records


@dataclass(frozen=True)
class Claims(Records):
    """One row a review; `violation` is null where there is no verdict yet."""

    table: ClassVar[str] = "claims"
    day: ClassVar[str] = "reviewed_on"

    def needs(self) -> tuple[str, ...]:
        """The verdicts."""
        return (*super().needs(), "claims.violation")

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = self.recorded(books, dimensions, ("violation",))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)

    @measure
    def judged(self) -> Expr:
        """Reviews with a verdict."""
        return flag(~nw.col("violation").is_null())

    @measure
    def violations(self) -> Expr:
        """Reviews that found a violation."""
        return flag(nw.col("violation"))

    @measure
    def undecided(self) -> Expr:
        """Reviews without a verdict yet."""
        return flag(nw.col("violation").is_null())
