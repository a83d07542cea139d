"""Which tables and columns a run reads; the engine is told beforehand, so that what is text is parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlmkpi.books.attributes import AGE_BAND, TABLE
from mlmkpi.books.dimensions import Dimension
from mlmkpi.declaration import BIRTH
from mlmkpi.engines import Engine
from mlmkpi.kpi import facts_of
from mlmkpi.pipeline.plan import Planned
from mlmkpi.tables import TABLES, Kind

PEOPLE = ("distributor_id", "enrolled_on", "sponsor_id", "enroller_id")
BOOKS = {
    "orders": ("order_id", "ordered_on", "amount", "currency", "volume", "distributor_id", "customer_id", "status",
               "kind", "original_order_id"),
    "distributors": (*PEOPLE, "status", "terminated_on"),
    "enrollments": PEOPLE,
    "customers": ("customer_id", "joined_on"),
}
"""What the books read of a table that a KPI needs."""


def _all(table: str) -> set[str]:
    """A table's columns but those of free text."""
    declared = TABLES[table].columns if table in TABLES else ()
    return {column.name for column in declared if column.kind is not Kind.TEXT}


def prepare(engine: Engine, planned: Iterable[Planned], dimensions: Sequence[Dimension]) -> None:
    """Have the engine parse the columns that the KPIs that can be computed read."""
    needs = _needs(one for one in planned if one.computed)
    wanted: dict[str, set[str]] = {}
    for table, _, column in (need.partition(".") for need in needs):
        wanted.setdefault(table, set(BOOKS.get(table, _all(table)))).add(column)
    for dimension in dimensions:
        named = wanted.get(TABLE.get(dimension.side, ""), set())
        named.update(BIRTH if dimension.column == AGE_BAND else [dimension.column])
    engine.prepare({table: sorted(names & engine.columns(table)) for table, names in wanted.items()})


def tables_of(planned: Iterable[Planned], engine: Engine) -> list[str]:
    """The tables that the export has of those that the figures are made of."""
    tables = {need.partition(".")[0] for need in _needs(planned)}
    return [table for table in sorted(tables) if engine.columns(table)]


def _needs(planned: Iterable[Planned]) -> set[str]:
    """The columns that the facts of the figures read, as `table.column`."""
    facts = {fact for one in planned for fact in facts_of(one.figure)}
    return {need for fact in facts for choices in (*fact.needs(), *fact.reads()) for need in choices.split("|")}
