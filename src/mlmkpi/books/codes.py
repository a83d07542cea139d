"""Codes that a closed list lacks: what a row counts as is not known then, so they stop the run or are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlmkpi.errors import DataError
from mlmkpi.settings import to_map
from mlmkpi.sources import first_quoted, quoted_code
from mlmkpi.sources.problems import OR_SKIP
from mlmkpi.tables import TABLES, Column

CORRECT = "correct the row, which mlmkpi validate names"
CLOSED = {
    name: {column.name: column for column in table.columns if column.is_closed}
    for name, table in TABLES.items() if name != "orders"
}
"""The columns of closed lists by table; those of orders are told apart by their rules."""


def unknown_code(table: str, column: Column, unknown: Mapping[str, int]) -> DataError:
    """Why such spellings are refused, and how to map them."""
    first = first_quoted(unknown, column.codes)
    fix = to_map(table, column.name, first, column.codes) if first else CORRECT
    return DataError(
        f"{table}.{column.name} has codes that are not known",
        (("got", counts(table, unknown, column.codes)), ("expected", ", ".join(column.codes)),
         ("fix", fix + OR_SKIP)),
    )


def counts(table: str, codes: Mapping[str, int], known: Iterable[str]) -> str:
    """Codes that are not known, and how many rows have each.

    >>> counts("orders", {"gift": 1}, ["sale"]), counts("ranks", {"honorary": 2}, ["title"])
    ('"gift" (1 order)', '"honorary" (2 rows)')
    """
    row = "order" if table == "orders" else "row"
    shown = {code: quoted_code(code, n, list(known)) for code, n in codes.items()}
    return ", ".join(f'"{shown[code]}" ({n:,} {row}{"s" if n != 1 else ""})' for code, n in codes.items())
