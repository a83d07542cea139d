"""Clicks: rows that tell how often a link was shown, and the links of those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.records import PERSON, Records


class _Clicks(Records):
    """What both facts of clicks share."""

    table: ClassVar[str] = "clicks"
    day: ClassVar[str] = "clicked_on"

    def needs(self) -> tuple[str, ...]:
        """The clicks."""
        return (*super().needs(), "clicks.clicks")

    def counted(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span, `impressions` 0 where nobody counted them."""
        rows = self.recorded(books, dimensions, ("clicks", "impressions"), ("link_id",))
        rows = rows.with_columns(nw.col("impressions").fill_null(0))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)


@dataclass(frozen=True)
class Clicks(_Clicks):
    """One row of the clicks table."""

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        return self.counted(books, dimensions, at)

    @measure
    def clicks(self) -> Expr:
        """Clicks of rows with impressions."""
        return nw.col("clicks") * flag(nw.col("impressions") > 0)

    @measure
    def impressions(self) -> Expr:
        """How often links were shown."""
        return nw.col("impressions") * flag(nw.col("impressions") > 0)

    @measure
    def left_out(self) -> Expr:
        """Rows without impressions."""
        return flag(~(nw.col("impressions") > 0))


@dataclass(frozen=True)
class Links(_Clicks):
    """One row a link of rows without impressions: a link that belongs to several cells has a row in each."""

    shared: ClassVar[bool] = True

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span; of two people with one link, the highest id stands behind it."""
        rows = self.counted(books, dimensions, at)
        rows = rows.filter(~(nw.col("impressions") > 0) & ~nw.col("link_id").is_null())
        return self.once_a_team(rows, [d.name for d in dimensions])

    def once_a_team(self, rows: Frame, names: Sequence[str]) -> Frame:
        """A row a link and cell."""
        kept = [name for name in names if name != "link_id"]
        return rows.group_by("span", "link_id", *kept).agg(nw.col("clicks").sum(), nw.col(PERSON).max())

    @measure
    def clicks(self) -> Expr:
        """Clicks."""
        return nw.col("clicks")

    @measure
    def links(self) -> Expr:
        """Distinct links."""
        return flag(~nw.col("link_id").is_null())
