"""Titles above the headers: a report's name or the day of its export, which are told and not taken for headers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from mlmkpi.errors import DataError
from mlmkpi.sources.mapping import is_record, normal
from mlmkpi.tables import Table

_LOOKED_AT = 20
_TITLE, _WIDE = 2, 3
"""So many cells a title has at most; so many names beside each other are headers below it, whatever they are."""


@dataclass(frozen=True)
class Headers:
    """Where the headers seem to stand, and which line above them is like a title; counted from 1."""

    title: int
    line: int


def headers_below(lines: Sequence[str], first: int, table: Table, delimiters: Sequence[str]) -> Headers | None:
    """The headers that stand below the `first` line (counted from 0), where that is no record and names no column.

    They are a line with several of the table's names, else the first that is as wide as the next one, if it has names
    alone, and where the first line has a cell or two.
    """
    known = {normal(name) for name in table.names}
    at_least = min(2, len(table.required))
    cut = {
        first + at: [_cells(line, delimiter) for delimiter in delimiters]
        for at, line in enumerate(lines[first : first + _LOOKED_AT + 1])
    }
    below = list(cut)[1:_LOOKED_AT]
    if any(is_record(cells) or any(normal(cell) in known for cell in cells) for cells in cut[first]):
        return None
    for at in below:
        for cells in cut[at]:
            if sum(normal(cell) in known for cell in cells) >= at_least:
                return Headers(first + 1, at + 1)
    for at in below:
        for title, cells, after in zip(cut[first], cut[at], cut.get(at + 1, ()), strict=False):
            if len(_filled(title)) <= _TITLE and len(_filled(cells)) >= _WIDE and len(cells) == len(after):
                return Headers(first + 1, at + 1) if _are_names(cells) else None
    return None


def titled(label: str, found: Headers) -> DataError:
    """A file whose headers stand below a title; of neither anything is quoted, as it may be a record."""
    return DataError(
        f"{label}: line {found.title} looks like a title, and line {found.line} like the headers",
        (
            ("expected", "nothing above the headers but blank lines and lines that begin with '# '"),
            ("fix", f"remove what stands above line {found.line}"),
        ),
    )


def _cells(line: str, delimiter: str) -> list[str]:
    with suppress(csv.Error, StopIteration):
        return [cell.strip() for cell in next(csv.reader([line.replace("\r", "")], delimiter=delimiter))]
    return []


def _filled(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, cells))


def _are_names(cells: Sequence[str]) -> bool:
    """Whether the cells are different, empty at the end alone, and none is a number, a day or an e-mail address."""
    names = _filled(cells)
    whole = len({normal(name) for name in names}) == len(names) and tuple(cells[: len(names)]) == names
    return whole and not is_record(names) and not any(name.lstrip("-+(€$£ ")[:1].isdigit() for name in names)
