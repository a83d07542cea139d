"""Courses: who was assigned which, and whether they completed it in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.records import PERSON, Records


@dataclass(frozen=True)
class Courses(Records):
    """One row a person and course, in the period of its earliest assignment, followed for `training_days` days."""

    training_days: int

    table: ClassVar[str] = "trainings"
    day: ClassVar[str] = "assigned_on"

    def needs(self) -> tuple[str, ...]:
        """When a course was assigned and when it was completed."""
        return (*super().needs(), "trainings.completed_on")

    def window_days(self) -> int:
        """As long as a course is followed."""
        return self.training_days

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `done` in time, by any row of the course; of further columns the highest value of its rows."""
        further = [d.name for d in self.of_rows(books, dimensions) if d.name != "course"]
        rows = books.export.scan(self.table, ["distributor_id", "course", self.day, "completed_on", *further])
        rows = rows.with_columns(nw.col("distributor_id").alias(PERSON)).filter(~nw.col(PERSON).is_null())
        pair = [PERSON, "course"]
        first = rows.group_by(*pair).agg(nw.col(self.day).min().alias("_day"))
        first = first.filter(nw.col("_day") <= books.schedule.as_of - self.training_days)
        in_time = nw.col("completed_on").is_between(nw.col("_day"), nw.col("_day") + self.training_days)
        rows = rows.join(first, on=pair, how="inner").with_columns(flag(in_time).alias("done"))
        rows = rows.group_by(*pair, "_day").agg(nw.col("done").max(), *(nw.col(name).max() for name in further))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)

    @measure
    def assigned(self) -> Expr:
        """Courses assigned, once a person."""
        return flag(~nw.col("_day").is_null())

    @measure
    def completed(self) -> Expr:
        """Those of them completed in time."""
        return nw.col("done")
