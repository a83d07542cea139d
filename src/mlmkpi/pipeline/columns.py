"""Which columns a run reads, told to the engine beforehand, so that what is text is parsed once."""

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
    facts = {fact for one in planned if one.computed for fact in facts_of(one.figure)}
    needs = {need for fact in facts for needed in (*fact.needs(), *fact.reads()) for need in needed.split("|")}
    wanted: dict[str, set[str]] = {}
    for table, _, column in (need.partition(".") for need in needs):
        wanted.setdefault(table, set(BOOKS.get(table, _all(table)))).add(column)
    for dimension in dimensions:
        named = wanted.get(TABLE.get(dimension.side, ""), set())
        named.update(BIRTH if dimension.column == AGE_BAND else [dimension.column])
    engine.prepare({table: sorted(names & engine.columns(table)) for table, names in wanted.items()})
