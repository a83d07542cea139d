"""Followers: what an account had at both boundaries of a period, and on the day of a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.records import PERSON, Records

FRESH = 31
"""A count is good for so many days."""
STRETCH = 32
"""Days are looked up by stretches of this length: a fresh count lies in a day's own stretch or the one before."""
ROOM = 2**40
"""Day and count in one integer: more than any account has followers."""


@dataclass(frozen=True)
class Followers(Records):
    """One row an account and period in which it was counted at both boundaries, at most 31 days before each."""

    table: ClassVar[str] = "followers"
    day: ClassVar[str] = "counted_on"

    def needs(self) -> tuple[str, ...]:
        """The counts."""
        return (*super().needs(), "followers.account_id", "followers.followers")

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `at_start`, `at_end`; whose account it is, as counted last."""
        counted = self.recorded(books, dimensions, ("followers",), ("account_id",))
        known = ~nw.col("followers").is_null() & ~nw.col("account_id").is_null()
        counted = books.engine.materialise(counted.filter(known))
        latest = self._latest(books, counted)
        spans = books.spans
        ends = pl.DataFrame(
            {"span": [s.index for s in spans], "before": [s.before for s in spans], "end": [s.end for s in spans]},
            schema={"span": pl.Int32, "before": pl.Int32, "end": pl.Int32},
        )
        bounds = books.engine.small(ends)
        start = bounds.join(latest, left_on="before", right_on="boundary", how="inner")
        start = start.join(counted.select("account_id", "_day", nw.col("followers").alias("at_start")),
                           on=["account_id", "_day"], how="inner").select("span", "account_id", "at_start")
        end = bounds.join(latest, left_on="end", right_on="boundary", how="inner")
        end = end.join(counted.rename({"followers": "at_end"}), on=["account_id", "_day"], how="inner")
        rows = end.join(start, on=["span", "account_id"], how="inner")
        return self.split(books, rows, dimensions, at)

    def _latest(self, books: Books, counted: Frame) -> Frame:
        """`boundary`, `account_id`, `_day`: the last count of an account that is fresh on a boundary."""
        days = sorted({day for span in books.schedule.spans for day in (span.before, span.end)})
        fresh = [(day, day - back) for day in days for back in range(FRESH + 1)]
        known = pl.DataFrame(fresh, schema={"boundary": pl.Int32, "_day": pl.Int32}, orient="row")
        rows = counted.select("account_id", "_day").join(books.engine.small(known), on="_day", how="inner")
        return rows.group_by("boundary", "account_id").agg(nw.col("_day").max())

    @measure
    def gained(self) -> Expr:
        """Followers at the end less those at the start."""
        return nw.col("at_end") - nw.col("at_start")

    @measure
    def at_start(self) -> Expr:
        """Followers at the start."""
        return nw.col("at_start")


def at_posts(books: Books, posts: Frame) -> Frame:
    """Posts (`_day`, and `_person`, `platform`) with `_base`: the followers that day of the poster's accounts there.

    An account is the poster's where all is equal of person and platform that both tables tell.
    """
    columns = books.export.columns("followers")
    names = posts.collect_schema().names()
    pairs = [(PERSON, "distributor_id"), ("platform", "platform")]
    shared = [(mine, theirs) for mine, theirs in pairs
              if mine in names and theirs in columns and theirs in books.export.columns("posts")]
    wanted = sorted({"counted_on", "account_id", "followers", *(theirs for _, theirs in shared)})
    counts = books.export.scan("followers", wanted).select(
        _key([theirs for _, theirs in shared]).alias("_key"), nw.col("counted_on").alias("_counted"), "account_id",
        (nw.col("counted_on").cast(nw.Int64) * ROOM + nw.col("followers")).alias("_packed"),
    ).filter(~nw.col("_packed").is_null())
    counts = books.engine.concat(
        [counts.with_columns((nw.col("_counted") // STRETCH + ahead).alias("_stretch")) for ahead in (0, 1)]
    )
    posts = posts.with_columns(_key([mine for mine, _ in shared]).alias("_key"))
    days = posts.select("_key", "_day", (nw.col("_day") // STRETCH).alias("_stretch")).unique()
    found = days.join(counts, on=["_key", "_stretch"], how="inner")
    found = found.filter((nw.col("_counted") <= nw.col("_day")) & (nw.col("_counted") >= nw.col("_day") - FRESH))
    latest = found.group_by("_key", "_day", "account_id").agg(nw.col("_packed").max())
    latest = latest.with_columns((nw.col("_packed") % ROOM).alias("_base"))
    bases = latest.group_by("_key", "_day").agg(nw.col("_base").sum())
    return posts.join(bases, on=["_key", "_day"], how="left").with_columns(nw.col("_base").fill_null(0))


def _key(columns: list[str]) -> Expr:
    """Columns as one text; of nothing the same for all."""
    key = nw.lit("")
    for name in columns:
        key = nw.concat_str(key, nw.col(name).cast(nw.String).fill_null(""), separator="\x1f")
    return key
