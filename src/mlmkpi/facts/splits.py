"""By which columns an export lets a fact be split: its own rows' and its people's."""

from __future__ import annotations

from collections.abc import Sequence

from mlmkpi.books.attributes import KEY, TABLE, missing, row_columns
from mlmkpi.books.dimensions import Dimension, Side
from mlmkpi.books.export import Export
from mlmkpi.facts.base import Fact
from mlmkpi.tables import TABLES


def of_row(fact: Fact, export: Export, dimension: Dimension, rank_ladder: Sequence[str]) -> bool:
    """Whether a dimension is a column of the table whose rows a fact counts, and not an attribute of its people."""
    if dimension.side is not Side.PERSON or dimension.column not in row_columns(fact.table, export):
        return False
    return fact.row_first or missing(export, dimension, rank_ladder) is not None


def lacking(fact: Fact, export: Export, dimension: Dimension, rank_ladder: Sequence[str]) -> str | None:
    """As `missing`, for a fact: its table, or for customers the orders, must tell whose its rows are."""
    if of_row(fact, export, dimension, rank_ladder):
        return None
    needed = missing(export, dimension, rank_ladder)
    if needed and _is_tables_own(fact, dimension):
        return f"{fact.table}.{dimension.column}"
    link, table = KEY.get(dimension.side), fact.people_from or fact.table
    if not table and dimension.side is Side.CUSTOMER:
        table = "orders"
    if table and link and export.columns(table) and link not in export.columns(table):
        return f"{table}.{link}"
    return needed


def _is_tables_own(fact: Fact, dimension: Dimension) -> bool:
    """Whether the table whose rows a fact counts declares the column, and not that of people."""
    if not fact.table or dimension.side is not Side.PERSON:
        return False
    return dimension.column in TABLES[fact.table].names and dimension.column not in TABLES[TABLE[Side.PERSON]].names
