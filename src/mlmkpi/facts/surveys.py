"""Surveys: each respondent's latest valid answer in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame
from mlmkpi.facts.base import measure, scaled
from mlmkpi.facts.records import CUSTOMER, PERSON, Records

HIGHEST, PROMOTER, DETRACTOR = 10 * SCALE, 9 * SCALE, 6 * SCALE
ROOM = 2**20
"""Day and score in one integer."""
WHO = ("_by", "_by_customer", "_by_person")


class _Answers(Records):
    """What both facts of answers share."""

    table: ClassVar[str] = "surveys"
    day: ClassVar[str] = "answered_on"
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER)

    def needs(self) -> tuple[str, ...]:
        """The answers."""
        return (*super().needs(), "surveys.score")

    def answers(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Answers by span: `score`, `weight` (1 where the export has none, 0 where it is empty), `_valid`."""
        rows = self.recorded(books, dimensions, ("score", "weight"), ("respondent_id",))
        weight = nw.col("weight").fill_null(0)
        if "weight" not in books.export.columns(self.table):
            weight = nw.lit(SCALE, dtype=nw.Int64)
        valid = ((nw.col("score") >= 0) & (nw.col("score") <= HIGHEST)).fill_null(False)
        rows = rows.with_columns(weight.alias("weight"), valid.alias("_valid"))
        return self.split(books, books.in_spans(rows, "_day"), dimensions, at)


@dataclass(frozen=True)
class OffScale(_Answers):
    """One row an answer that is empty or off the scale."""

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        return self.answers(books, dimensions, at).filter(~nw.col("_valid"))

    @measure
    def off_scale(self) -> Expr:
        """Answers off the scale."""
        return flag(~nw.col("_valid"))


@dataclass(frozen=True)
class Surveys(_Answers):
    """One row a respondent with a valid answer in the period; of several the latest, of one day's the lowest score.

    The respondent is told by `respondent_id`, else by the customer's id, else by the distributor's; an answer without
    any of them is somebody's alone.
    """

    def people_measure(self, measure: str) -> str | None:
        """Respondents whose answers weigh something; the promoters and detractors themselves."""
        return measure if measure in ("promoters", "detractors") else "weighed"

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `score`, `weight`."""
        rows = self.answers(books, dimensions, at).filter(nw.col("_valid"))
        known = books.engine.materialise(self._told(rows))
        hold(books.export, known, {"weight": "surveys.weight"})
        kept = ["span", "score", "weight", *(d.name for d in dimensions), *books.export.marks(self.table)]
        unnamed = nw.all_horizontal(*(nw.col(who).is_null() for who in WHO), ignore_nulls=False)
        latest = self._latest(known.filter(~unnamed), kept)
        return books.engine.concat([latest.select(*kept), known.filter(unnamed).select(*kept)])

    def _told(self, rows: Frame) -> Frame:
        """The rows with the id that tells the respondent, in the column of its kind."""
        names = rows.collect_schema().names()
        nobody = nw.lit(None, dtype=nw.String)
        by = nw.col("respondent_id")
        customer = nw.col(CUSTOMER) if CUSTOMER in names else nobody
        person = nw.col(PERSON) if PERSON in names else nobody
        return rows.with_columns(
            by.alias(WHO[0]), nw.when(by.is_null()).then(customer).alias(WHO[1]),
            nw.when(by.is_null() & customer.is_null()).then(person).alias(WHO[2]),
        )

    def _latest(self, rows: Frame, kept: list[str]) -> Frame:
        """Each respondent's latest answer and of one day's the lowest; of equal ones the lowest of everything else."""
        packed = nw.col("_day").cast(nw.Int64) * ROOM + (HIGHEST - nw.col("score"))
        rows = rows.with_columns(packed.alias("_packed"))
        rows = rows.with_columns(nw.col("_packed").max().over("span", *WHO).alias("_latest"))
        rows = rows.filter(nw.col("_packed") == nw.col("_latest"))
        others = [name for name in kept if name != "span"]
        return rows.group_by("span", *WHO).agg(*(nw.col(name).min() for name in others))

    @scaled
    def weight(self) -> Expr:
        """The weight of answers."""
        return nw.col("weight")

    @scaled
    def net(self) -> Expr:
        """The weight of promoters less that of detractors."""
        return nw.col("weight") * (self._promotes() - self._detracts())

    @measure
    def promoters(self) -> Expr:
        """Respondents who answer 9 or 10."""
        return self._promotes()

    @measure
    def detractors(self) -> Expr:
        """Respondents who answer 6 or less."""
        return self._detracts()

    @measure
    def weighed(self) -> Expr:
        """Respondents whose answer weighs something."""
        return flag(nw.col("weight") != 0)

    @measure
    def weightless(self) -> Expr:
        """Respondents whose answer weighs nothing."""
        return flag(nw.col("weight") == 0)

    def _promotes(self) -> Expr:
        return flag(nw.col("score") >= PROMOTER)

    def _detracts(self) -> Expr:
        return flag(nw.col("score") <= DETRACTOR)
