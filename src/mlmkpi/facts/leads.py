"""Leads: what became of each in the days after it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import is_known_code
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure
from mlmkpi.facts.records import Records
from mlmkpi.order_classes import is_code
from mlmkpi.spelling import spelled


@dataclass(frozen=True)
class Leads(Records):
    """One row a lead that came in so long ago that it was followed for `lead_window_days` days.

    `digital_sources` keeps the leads from these sources (case does not matter); empty keeps all. `outcomes` says that
    what a lead became is told apart.
    """

    lead_window_days: int
    digital_sources: tuple[str, ...] = ()
    outcomes: bool = False

    table: ClassVar[str] = "leads"
    day: ClassVar[str] = "created_on"

    def needs(self) -> tuple[str, ...]:
        """When a lead came in and when it converted, and what is told apart."""
        told = {"leads.source": self.digital_sources, "leads.outcome": self.outcomes}
        return (*super().needs(), "leads.converted_on", *(column for column, apart in told.items() if apart))

    def window_days(self) -> int:
        """As long as leads are followed."""
        return self.lead_window_days

    def people_measure(self, measure: str) -> str | None:
        """A lead is a person."""
        return "leads"

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `_converted` in time; with outcomes `_customer` and `_distributor`, whatever became of it."""
        texts = (*(("source",) if self.digital_sources else ()), *(("outcome",) if self.outcomes else ()))
        rows = self.recorded(books, dimensions, ("converted_on",), texts)
        rows = rows.filter(nw.col("_day") <= books.schedule.as_of - self.lead_window_days)
        if self.digital_sources:
            found = books.engine.spellings(self.table, "source")
            rows = rows.filter(is_code("source", spelled(found, self.digital_sources)))
        if self.outcomes:
            rows = rows.with_columns(
                is_known_code(books.export, self.table, "outcome", code).alias(f"_{code}")
                for code in ("customer", "distributor")
            )
        waited = nw.col("converted_on") - nw.col("_day")
        rows = rows.with_columns(((waited >= 0) & (waited <= self.lead_window_days)).alias("_converted"))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)

    @measure
    def leads(self) -> Expr:
        """Leads followed."""
        return flag(~nw.col("_day").is_null())

    @measure
    def converted(self) -> Expr:
        """Leads that converted in time."""
        return flag(nw.col("_converted"))

    @measure
    def to_customer(self) -> Expr:
        """Leads that became customers in time."""
        return flag(nw.col("_converted") & nw.col("_customer"))

    @measure
    def to_distributor(self) -> Expr:
        """Leads that became distributors in time."""
        return flag(nw.col("_converted") & nw.col("_distributor"))
