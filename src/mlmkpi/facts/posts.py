"""Posts: what people did with them, and how many could have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.followers import at_posts
from mlmkpi.facts.records import Records

SHARING = ("shares", "reposts", "mentions")
ENGAGING = ("likes", "comments", *SHARING, "saves")
TALKING = ("comments", "messages")


class EngagementBase(StrEnum):
    """By what the response to a post is measured: people it reached, times it was shown, or the poster's followers."""

    REACH = "reach"
    IMPRESSIONS = "impressions"
    FOLLOWERS = "followers"


@dataclass(frozen=True)
class Posts(Records):
    """One row a post: what it drew, the sum of the columns `drew` of those that the export has."""

    drew: tuple[str, ...]

    table: ClassVar[str] = "posts"
    day: ClassVar[str] = "posted_on"

    def says(self, measure: str) -> str | None:
        """Which responses count."""
        return f"{' + '.join(self.drew)} of posts" if measure == "all_drawn" else None

    def needs(self) -> tuple[str, ...]:
        """The day, and one of the columns that are summed."""
        return (*super().needs(), "|".join(f"posts.{name}" for name in self.drew))

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        rows = self.recorded(books, dimensions, self.drew)
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)

    def _sum(self) -> Expr:
        total = nw.lit(0, dtype=nw.Int64)
        for name in self.drew:
            total = total + nw.col(name).fill_null(0)
        return total

    @measure
    def all_drawn(self) -> Expr:
        """How often people responded to posts, in the ways that count."""
        return self._sum()

    @measure
    def posts(self) -> Expr:
        """The number of posts."""
        return flag(~nw.col("_day").is_null())


@dataclass(frozen=True)
class ReachingPosts(Posts):
    """Posts beside how many people they reached, were shown to, or could have reached; those of no base are apart."""

    base: EngagementBase = EngagementBase.REACH

    def says(self, measure: str) -> str | None:
        """What they are measured by, and which responses count."""
        if measure == "reached":
            return {
                EngagementBase.REACH: "How often posts reached somebody, of those that tell it",
                EngagementBase.IMPRESSIONS: "How often posts were shown, of those that tell it",
                EngagementBase.FOLLOWERS: "Followers of the posters, a post each, where they were counted",
            }[self.base]
        return f"{' + '.join(self.drew)} of these posts" if measure == "drawn" else super().says(measure)

    def needs(self) -> tuple[str, ...]:
        """Also the base."""
        followers = self.base is EngagementBase.FOLLOWERS
        return (*super().needs(), "followers.followers" if followers else f"posts.{self.base}")

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        if self.base is not EngagementBase.FOLLOWERS:
            rows = self.recorded(books, dimensions, (*self.drew, self.base.value))
            rows = rows.with_columns(nw.col(self.base.value).fill_null(0).alias("_base"))
        else:
            rows = at_posts(books, self.recorded(books, dimensions, self.drew, ("platform",)))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)

    @measure
    def drawn(self) -> Expr:
        """How often people responded to them, in the ways that count."""
        return self._sum() * flag(nw.col("_base") > 0)

    @measure
    def reached(self) -> Expr:
        """People reached by posts, or what else responses are measured by, of posts that tell it."""
        return nw.col("_base") * flag(nw.col("_base") > 0)

    @measure
    def left_out(self) -> Expr:
        """Posts without a base."""
        return flag(~(nw.col("_base") > 0))


@dataclass(frozen=True)
class AudiencePosts(ReachingPosts):
    """The same by the audience that a post was for, behind which stand the people whom it reached."""

    own: ClassVar[tuple[str, ...]] = ("age_band", "gender")
    row_first: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Also an audience."""
        return (*super().needs(), "posts.age_band|posts.gender")

    def people_measure(self, measure: str) -> str | None:
        """Those who were reached."""
        return "reached"

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the posts tell it of their audience."""
        return name in export.columns(self.table)
