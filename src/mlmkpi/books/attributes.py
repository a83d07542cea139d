"""Who a unit is: the columns that figures are split by, for sellers and for customers, at a boundary of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from mlmkpi.books.ages import age_band, band_of_birth, birth_day, born_by, lower_ages
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import LINES, Boundary, Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr
from mlmkpi.books.lineage import TEAM, TREE
from mlmkpi.books.ranks import ladder, ranks_at
from mlmkpi.books.spans import Opening, Span
from mlmkpi.declaration import BIRTH
from mlmkpi.engines import PERSON, Frame
from mlmkpi.tables import TABLES, Kind

AGE_BAND, RANK, DISTRIBUTOR = "age_band", "rank", "distributor"
TABLE = {Side.PERSON: "distributors", Side.CUSTOMER: "customers", Side.ORDER: "orders"}
LABELS = (Kind.CODE, Kind.TEXT, Kind.ID)
INDEXED = ("distributors.distributor_id", "customers.customer_id", "orders.order_id")
KEY = {Side.PERSON: "distributor_id", Side.CUSTOMER: "customer_id"}


def missing(export: Export, dimension: Dimension, rank_ladder: Sequence[str]) -> str | None:
    """What a dimension needs and the export lacks, as `table.column`, or the settings: `rank_ladder`."""
    table = TABLE[dimension.side]
    columns = export.columns(table)
    if dimension.name == DISTRIBUTOR:
        return None
    if dimension.name in LINES:
        return next((need for need in ("order_lines.order_id", LINES[dimension.name]) if not export.has(need)), None)
    if dimension.name == TEAM:
        return None if export.has(TREE) else TREE
    if dimension.column == AGE_BAND and AGE_BAND not in columns:
        return None if columns & set(BIRTH) else f"{table}.birth_date"
    if dimension.name == RANK and ranked(export):
        return None if ladder(export, rank_ladder) else "rank_ladder"
    return None if dimension.column in columns else f"{table}.{dimension.column}"


def row_columns(table: str, export: Export) -> set[str]:
    """The columns of a table by which its rows can be split: codes, texts, ids of things, and extra ones."""
    if not table:
        return set()
    declared = {column.name: column for column in TABLES[table].columns}
    return {
        name for name in export.columns(table)
        if name not in declared or (declared[name].kind in LABELS and declared[name].references not in INDEXED)
    }


def ranked(export: Export) -> bool:
    """Whether the export has a history of ranks."""
    return {"distributor_id", "rank", "effective_on"} <= export.columns("ranks")


@dataclass(frozen=True)
class Attributes:
    """One row a person of one side: `person`, `_birth`, `_rank_<day>` and the plain attributes, `_a_<column>`.

    `at_span` gives a period's dimensions as expressions on it.
    """

    books: Books
    side: Side
    dimensions: Dimensions
    at: Boundary
    opening: Opening = Opening.BEFORE

    @property
    def attributes(self) -> Dimensions:
        """The dimensions that are looked up."""
        return tuple(d for d in self.dimensions if d.side is self.side and d.name != DISTRIBUTOR)

    @property
    def timed(self) -> bool:
        """Whether any of them changes with time."""
        return any(d.column == AGE_BAND or self._by_ranks(d) for d in self.attributes)

    def frame(self) -> Frame:
        """The people with their attributes."""
        key = ("attributes", self.side, self.attributes, self.at, self.opening)
        return (self.books.once_here if self._ranked else self.books.once)(key, self._build)

    def attach(self, rows: Frame, unit: str) -> Frame:
        """Rows that have `span` where it matters, with a column a dimension; null for who is not listed."""
        if self.side is Side.PERSON and any(d.name == DISTRIBUTOR for d in self.dimensions):
            rows = rows.with_columns(nw.col(unit).alias(DISTRIBUTOR))
        if not self.attributes:
            return rows
        kept = rows.collect_schema().names()
        joined = self.books.engine.look_up(rows, unit, self.frame())
        if self._aged:
            joined = joined.join(self._births(), on="span", how="left")
        return joined.select(*kept, *(self._of_any_span(d).alias(d.name) for d in self.attributes))

    def at_span(self, span: Span) -> dict[str, Expr]:
        """The dimensions of one period."""
        return {d.name: self._expr(d, span) for d in self.attributes}

    def _of_any_span(self, dimension: Dimension) -> Expr:
        """A dimension of rows of any period, which have the birth days of the bands of theirs."""
        if dimension.column == AGE_BAND:
            births = [nw.col(f"_born_{at}") for at in range(len(self.books.age_bands) - 1)]
            return band_of_birth(nw.col("_birth"), births, self.books.age_bands, self._bands)
        if not self._by_ranks(dimension):
            return self._expr(dimension, self.books.schedule.spans[0])
        rank = nw.lit(None, dtype=self.books.engine.labels(self.books.ladder))
        for span in self.books.spans:
            rank = nw.when(nw.col("span") == span.index).then(self._expr(dimension, span)).otherwise(rank)
        return rank

    def _births(self) -> Frame:
        """`span`, and the latest birth day of each age band after the first."""

        def build() -> Frame:
            ages, spans = lower_ages(self.books.age_bands), self.books.schedule.spans
            births = {f"_born_{at}": [born_by(self.day(span), age) for span in spans] for at, age in enumerate(ages)}
            return self.books.engine.small(pl.DataFrame({"span": [s.index for s in spans], **births}).cast(pl.Int32))

        return self.books.once(("births", self.at, self.opening), build)

    def day(self, span: Span) -> int:
        """The day on which a period's dimensions are read."""
        if self.at is Boundary.START:
            return span.opened(self.opening)
        return span.end

    def _expr(self, dimension: Dimension, span: Span) -> Expr:
        if dimension.column == AGE_BAND:
            return age_band(nw.col("_birth"), self.day(span), self.books.age_bands, self._bands)
        if self._by_ranks(dimension):
            return nw.col(f"_rank_{self.day(span)}")
        return nw.col(f"_a_{dimension.column}")

    @property
    def _bands(self) -> nw.dtypes.DType:
        return self.books.engine.labels(self.books.age_bands)

    def _by_ranks(self, dimension: Dimension) -> bool:
        return self.side is Side.PERSON and dimension.name == RANK and ranked(self.books.export)

    def _build(self) -> Frame:
        export, table = self.books.export, TABLE[self.side]
        plain = [d.column for d in self.attributes if d.column != AGE_BAND and not self._by_ranks(d)]
        births = [name for name in BIRTH if name in export.columns(table)] if self._aged else []
        frame = None
        if plain or births:
            frame = listed_people(self.books, self.side, list(dict.fromkeys([*plain, *births])))
            asked, birth = [PERSON, *(f"_a_{name}" for name in plain)], birth_day(frozenset(births))
            if births:
                frame = frame.with_columns(nw.col(f"_a_{name}").alias(name) for name in births)
            frame = frame.select(*asked, *([birth.alias("_birth")] if birth is not None else []))
        if self._ranked:
            ranks = ranks_at(self.books, sorted({self.day(span) for span in self.books.spans}))
            frame = ranks if frame is None else _both(frame, ranks)
        if frame is None:
            raise AssertionError("attributes without a column")
        return export.engine.directory(frame) if births or self._ranked else frame

    @property
    def _ranked(self) -> bool:
        return any(self._by_ranks(d) for d in self.attributes)

    @property
    def _aged(self) -> bool:
        return any(d.column == AGE_BAND for d in self.attributes)


def want_attributes(books: Books, dimensions: Dimensions) -> None:
    """Say that people's attributes are split by, so that all of their table that is wanted is read at once."""
    for one in (Dimension(dimension.name) for dimension in dimensions):
        if one.side in KEY and not (one.name == RANK and ranked(books.export)):
            books.wanted_of.setdefault(one.side, set()).update(BIRTH if one.column == AGE_BAND else (one.column,))


def listed_people(books: Books, side: Side, columns: Sequence[str]) -> Frame:
    """A side's people (`person`) with columns of their table, as `_a_<column>`."""
    table, key = TABLE[side], KEY[side]
    wanted = {*columns, *(books.wanted_of.get(side, set()) & books.export.columns(table))}

    def build() -> Frame:
        rows = books.export.read(table, sorted({key, *wanted}))
        named = (nw.col(name).alias(f"_a_{name}") for name in sorted(wanted))
        return books.engine.directory(rows.select(nw.col(key).alias(PERSON), *named))

    return books.once(("listed", side, frozenset(wanted)), build).select(PERSON, *(f"_a_{name}" for name in columns))


def _both(left: Frame, right: Frame) -> Frame:
    joined = left.join(right, on="person", how="full")
    return joined.with_columns(nw.coalesce("person", "person_right").alias("person")).drop("person_right")


def seller_attributes(
    books: Books, dimensions: Dimensions, at: Boundary, *, opening: Opening = Opening.BEFORE
) -> Attributes:
    """The sellers' side."""
    return Attributes(books, Side.PERSON, dimensions, at, opening)


def customer_attributes(
    books: Books, dimensions: Dimensions, at: Boundary, *, opening: Opening = Opening.BEFORE
) -> Attributes:
    """The customers' side."""
    return Attributes(books, Side.CUSTOMER, dimensions, at, opening)


def names(dimensions: Sequence[Dimension]) -> list[str]:
    """The dimensions' columns in a fact's rows."""
    return [dimension.name for dimension in dimensions]
