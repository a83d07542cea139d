"""Where the units of a fact stand in the export: their table, id, file and row."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Side
from mlmkpi.books.expressions import Expr
from mlmkpi.books.lines import ORDER
from mlmkpi.engines import PLACE, Frame
from mlmkpi.facts.base import Fact
from mlmkpi.facts.records import PERSON
from mlmkpi.tables import ROSTER

UNIT, PART, LABEL = "_unit", "part", "label"
PERSON_ID, ORDER_ID = "distributors.distributor_id", "orders.order_id"
SELLERS = dict.fromkeys(ROSTER, "distributor_id")
BUYERS = {"customers": "customer_id", **SELLERS}
OTHERS = ("link_id", "account_id", PERSON)
"""What tells records apart, the first that they have: ids of their own, as text, or whose they are."""


@dataclass(frozen=True)
class Unit:
    """What tells a fact's rows apart.

    `column` is theirs, None where they have none; `coded` names the column whose ids it holds as the engine indexes
    them, and is empty where it is text. `tables` are those that may have it, each with the key it is there. Rows with a
    `place` are rows of the first of them, or of the table that their `part` names; where that has no id of theirs,
    their `label` says what they are.
    """

    column: str | None
    coded: str
    tables: dict[str, str]
    place: bool = False
    parts: bool = False
    labels: bool = False

    def columns(self) -> list[Expr]:
        """The unit's columns of the rows."""
        unit = nw.lit(None, dtype=nw.String) if self.column is None else nw.col(self.column)
        part = nw.col(PART) if self.parts else nw.lit(next(iter(self.tables))).alias(PART)
        return [unit.alias(UNIT), part, *[nw.col(PLACE)] * self.place, *[nw.col(LABEL)] * self.labels]


def unit_of(fact: Fact, rows: Frame) -> Unit:
    """The unit of a fact's rows: an order, a record of the fact's own table, or a person."""
    names = rows.collect_schema().names()
    place, parts, labels = PLACE in names, PART in names, LABEL in names
    if ORDER in names:
        return Unit(ORDER, ORDER_ID, {"orders": "order_id"}, place, parts)
    if fact.unit == PERSON and fact.table:
        return Unit(next((name for name in OTHERS if name in names), None), PERSON_ID, {fact.table: ""}, place)
    if fact.unit == "territory":
        return Unit("territory", "", {"territories": "territory"})
    tables = BUYERS if Side.CUSTOMER in fact.sides or fact.on_order_rows else SELLERS
    return Unit(fact.unit, PERSON_ID, tables, parts=parts, labels=labels)


def located(books: Books, unit: Unit, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `table`, `id`, `file` and `row` beside the unit as the engine indexes it.

    Of records that tell nobody's id the unit is text already, and empty.
    """
    coded = unit.column == PERSON or (unit.coded and "" not in unit.tables.values())
    coded = coded and frame[UNIT].dtype != pl.String
    ids = books.engine.decode(frame[UNIT], unit.coded) if coded else frame[UNIT].cast(pl.String)
    frame = frame.with_columns(ids.alias("id"))
    if unit.place:
        return _placed(books, frame)
    if "" in unit.tables.values():
        nowhere = _NOWHERE.select("file", "row").clear(n=frame.height)
        return frame.hstack(nowhere).rename({PART: "table"})
    known = [_places(books, table, key, frame["id"]) for table, key in unit.tables.items()]
    places = pl.concat([_NOWHERE, *known]).unique("id", keep="first", maintain_order=True)
    frame = frame.join(places, on="id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.coalesce("table", PART).alias("table")) if unit.parts else frame
    return frame.with_columns(pl.coalesce("id", LABEL).alias("id")) if unit.labels else frame


def _placed(books: Books, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the table, file and row of each place."""
    found = [part.hstack(books.engine.place(part[PART][0], part[PLACE])) for part in frame.partition_by(PART)]
    nowhere = frame.clear().hstack(_NOWHERE.select("file", "row"))
    return pl.concat([nowhere, *found]).rename({PART: "table"})


_NOWHERE = pl.DataFrame(schema={"id": pl.String, "table": pl.String, "file": pl.String, "row": pl.Int64})


def _places(books: Books, table: str, key: str, ids: pl.Series) -> pl.DataFrame:
    """`id`, `table`, `file`, `row` of those of the ids that the table has."""
    wanted = ids.drop_nulls().unique()
    if key not in books.engine.columns(table) or wanted.is_empty():
        return _NOWHERE
    found = books.engine.places(table, key, wanted)
    return found.sort("file", "row").select("id", pl.lit(table).alias("table"), "file", "row")
