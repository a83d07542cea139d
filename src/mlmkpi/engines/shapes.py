"""Which columns of the exports hold ids of people or orders, and what shapes their first ids have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mlmkpi.engines.ids import ParsedIds, Shape, parsed, shapes_of
from mlmkpi.sources import Source
from mlmkpi.tables import TABLES

PEOPLE = ("distributors.distributor_id", "customers.customer_id")
ORDERS = ("orders.order_id",)
SAMPLE = 1000


def is_id_of(table: str, column: str, whose: Sequence[str]) -> bool:
    """Whether a column holds ids of one of these, each a key as `table.column`."""
    if table not in TABLES or column not in TABLES[table].names:
        return False
    return f"{table}.{column}" in whose or TABLES[table].column(column).references in whose


class Shapes:
    """The shapes of the first ids of these columns by table, of people and of orders; a column without ids has none."""

    def __init__(self, tables: Mapping[str, Source], columns: Mapping[str, Collection[str]]) -> None:
        self._found: dict[tuple[str, str], frozenset[Shape] | None] = {}
        for table, names in columns.items():
            ids = [name for name in sorted(names) if is_id_of(table, name, (*PEOPLE, *ORDERS))]
            self._found |= dict.fromkeys(((table, name) for name in ids), frozenset())
            head = tables[table].head(ids, SAMPLE)
            self._found |= {(table, texts.name): shapes_of(texts.drop_nulls().to_list()) for texts in head}

    def columns(self, whose: Sequence[str]) -> list[tuple[str, str]]:
        """The columns that hold ids of these, as table and column."""
        return [column for column in self._found if is_id_of(*column, whose)]

    def codec(self, whose: Sequence[str]) -> ParsedIds | None:
        """How these ids are parsed, whatever column they stand in; None where they cannot be."""
        found = [self._found[column] for column in self.columns(whose)]
        return None if None in found else parsed(frozenset(shape for shapes in found if shapes for shape in shapes))

    def narrowed(self, codec: ParsedIds, table: str, column: str) -> ParsedIds:
        """The codec for the shapes that a column's ids have."""
        shapes = self._found.get((table, column))
        return codec.only(shapes) if shapes else codec
