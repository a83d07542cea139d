"""Codes that a closed list lacks: what a row counts as is not known then, so they stop the run or are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlmkpi.errors import DataError, written
from mlmkpi.settings import folded
from mlmkpi.sources import first_quoted, quoted_code
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES, Column

CORRECT = "correct the row, which mlmkpi validate names"
CLOSED = {
    name: {column.name: column for column in table.columns if column.is_closed}
    for name, table in TABLES.items() if name != "orders"
}
"""The columns of closed lists by table; those of orders are told apart by their rules."""


def spellings(code: str, found: Iterable[str | None]) -> list[str]:
    """How a code is spelled among what a column holds.

    >>> spellings("kit", ["Kit", "sale", " KIT", None])
    ['Kit', ' KIT']
    """
    return [text for text in found if text is not None and folded(text) == code]


def unknown_codes(column: Column, found: Mapping[str | None, int]) -> dict[str, int]:
    """The spellings found, with their counts, of no code that the column's list has.

    >>> unknown_codes(TABLES["ranks"].column("kind"), {"Title": 2, "honorary": 1, None: 3})
    {'honorary': 1}
    """
    unknown = [code for code in found if code is not None and folded(code) not in column.codes]
    return {code: found[code] for code in unknown}


def unknown_code(table: str, column: Column, unknown: Mapping[str, int]) -> DataError:
    """Why such spellings are refused, and how to map them."""
    first = first_quoted(unknown, column.codes)
    guess = nearest((first or "").casefold(), list(column.codes)) or column.codes[0]
    line = f'{guess} = ["{first}"]'
    fix = written("map them in mlmkpi.toml", f"[codes.{table}.{column.name}]", line) if first else CORRECT
    return DataError(
        f"{table}.{column.name} has codes that are not known",
        (("got", counts(table, unknown, column.codes)), ("expected", ", ".join(column.codes)),
         ("fix", f"{fix}\nor leave such rows out: --bad-rows skip")),
    )


def counts(table: str, codes: Mapping[str, int], known: Iterable[str]) -> str:
    """Codes that are not known, and how many rows have each.

    >>> counts("orders", {"gift": 1}, ["sale"]), counts("ranks", {"honorary": 2}, ["title"])
    ('"gift" (1 order)', '"honorary" (2 rows)')
    """
    row = "order" if table == "orders" else "row"
    shown = {code: quoted_code(code, n, list(known)) for code, n in codes.items()}
    return ", ".join(f'"{shown[code]}" ({n:,} {row}{"s" if n != 1 else ""})' for code, n in codes.items())
