"""What reading a table brings up, in words: cells that do not fit, ragged records, unreadable columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from mlmkpi.errors import DataError, written
from mlmkpi.sources.cells import LARGEST, SORTS, Style
from mlmkpi.sources.dates import DateStyle
from mlmkpi.sources.discretion import quoted
from mlmkpi.sources.findings import Example, Finding, key_text
from mlmkpi.sources.mapping import Mapped
from mlmkpi.sources.misfits import misfits, odd_cells
from mlmkpi.sources.numbers import NumberStyle
from mlmkpi.sources.part import ROW
from mlmkpi.sources.reader import Reader
from mlmkpi.tables import Column, Kind, Table

IN_SOME_FILES = "column-in-some-files"
_SHOWN = 5
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}\b")
_SERIAL = re.compile(r"[1-9]\d{4}(\.\d+)?")
_PARTED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
"""A date by day, month and year, in whatever order the first two stand."""
_MEND = "correct the row (a text that holds the delimiter stands in quotes)"
OR_SKIP = "\nor leave such rows out: --bad-rows skip"
EXPECTED = {
    Kind.DATE: "a day such as 2026-12-31",
    Kind.MONEY: f"a number such as 1234.56, up to {LARGEST:,}",
    Kind.RATE: "a number such as 0.00024",
    Kind.INTEGER: f"a whole number such as 1234, up to {LARGEST:,}",
    Kind.FLAG: "true or false, yes or no, 1 or 0",
    Kind.ID: "text without a NUL, or a whole number",
    Kind.CODE: "text without a NUL",
    Kind.TEXT: "text without a NUL",
}


_ORDERS = {
    "day-first": "a day such as 31/12/2026",
    "month-first": "a day such as 12/31/2026",
    "excel": "Excel's number of a day, such as 46022",
}


@dataclass(frozen=True)
class _Odd:
    """A cell that does not fit: where it stands and what it says."""

    row: int
    name: str
    text: str


def cell_finding(
    table: Table, readers: Sequence[Reader], name: str, checked: int, place: str, *, rounded: bool
) -> Finding | None:
    """The cells of a column that do not fit, or that were rounded; None without one."""
    count, examples, help_ = 0, list[Example](), ("", "")
    column = readers[0].column(name)
    for reader in readers:
        if rounded and not reader.has_rounded(name):
            continue
        odd = (
            odd_cells(reader, name).filter(pl.col("rounded") == rounded).collect(engine="streaming").sort(ROW)
        )
        if odd.height and not count:
            help_ = _help(reader, name, odd["text"][0], place)
        count += odd.height
        rows = odd.head(_SHOWN - min(len(examples), _SHOWN))
        keys = _keys(table, reader, rows[ROW].to_list())
        examples += [
            Example(reader.part.label, row, keys.get(row), _shown(text, column))
            for row, text in rows.select(ROW, "text").iter_rows()
        ]
    if not count:
        return None
    return rounded_cells(table, name, count, checked, examples) if rounded else unreadable_cells(
        table, name, count, checked, examples, *help_
    )


def _keys(table: Table, reader: Reader, rows: Sequence[int]) -> dict[int, str | None]:
    """The key of some of a file's records by their numbers, as far as the file tells it."""
    key = [name for name in table.key if _is_typed(reader, name)]
    if not key or not rows:
        return {}
    found = reader.scan(key, rows=True).filter(pl.col(ROW).is_in(rows)).collect(engine="streaming")
    return {row[ROW]: key_text(table, key, row) for row in found.iter_rows(named=True)}


def _is_typed(reader: Reader, name: str) -> bool:
    """Whether the column is there and its cells have been made out, or need not be."""
    if reader.parsed is not None:
        return name in reader.parsed.columns
    return len(reader.mapped.of(name)) == 1 and not reader.is_text(name) and reader.fits(name)


def rounded_cells(table: Table, name: str, count: int, checked: int, examples: Sequence[Example]) -> Finding:
    """So many cells of a column that were rounded."""
    message = f"{name} has more than four decimals and is rounded to four"
    return Finding(table.name, name, "rounded", "warning", count, checked, tuple(examples[:_SHOWN]), message)


def unreadable_cells(
    table: Table, name: str, count: int, checked: int, examples: Sequence[Example], expected: str, fix: str
) -> Finding:
    """So many cells of a column that do not fit."""
    what = f"{name} is not {SORTS[table.column(name).kind]}"
    message = str(DataError(what, (("expected", expected), ("fix", fix))))
    return Finding(
        table.name, name, "unreadable-cell", "error", count, checked, tuple(examples[:_SHOWN]), message
    )


def ragged_finding(table: Table, readers: Sequence[Reader], checked: int) -> Finding | None:
    """The records with more or fewer cells than the header; None without one."""
    count, examples = 0, list[Example]()
    for reader in readers:
        rows = ragged_rows(reader)
        count += len(rows)
        examples += [Example(reader.part.label, row, None, None) for row in islice(rows, _SHOWN)]
    return ragged_records(table, count, checked, examples) if count else None


def ragged_records(table: Table, count: int, checked: int, examples: Sequence[Example]) -> Finding:
    """So many records with more or fewer cells than the header."""
    message = str(DataError("the row has more or fewer cells than the header", (("fix", _MEND),)))
    return Finding(table.name, None, "ragged-row", "error", count, checked, tuple(examples[:_SHOWN]), message)


def unreadable_column(table: Table, name: str, error: DataError, checked: int) -> Finding:
    """A column that cannot be read at all."""
    return Finding(table.name, name, "unreadable-column", "error", checked, checked, (), str(error))


def remark(found: Finding) -> str:
    """A finding in a line: of rows how many."""
    if found.rule == IN_SOME_FILES:
        return found.message
    return f"{found.count:,} row{'s' * (found.count != 1)} of {found.table}: {found.message}"


def unreadable_table(table: Table, refused: Mapping[str, DataError]) -> list[Finding]:
    """Why a table cannot be read at all, by column: what keeps several from it is said once."""
    reasons: dict[str, Finding] = {}
    for name, error in refused.items():
        reasons.setdefault(str(error), unreadable_column(table, name, error, 0))
    return list(reasons.values())


def columns_in_some(table: Table, files: Sequence[tuple[str, Mapped]], columns: Iterable[str]) -> list[Finding]:
    """Those of these columns that some of a table's files have and others not, and that are therefore not read."""
    found = []
    for name in columns:
        lacking = [label for label, mapped in files if not mapped.of(name)]
        named = all(name in mapped.positions for _, mapped in files)
        if not named and 0 < len(lacking) < len(files):
            found.append(_missing_in_some(table, name, lacking, len(files)))
    return found


def _missing_in_some(table: Table, name: str, lacking: Sequence[str], files: int) -> Finding:
    return Finding(
        table.name, name, IN_SOME_FILES, "warning", len(lacking), files,
        tuple(Example(label, None, None, None) for label in lacking[:_SHOWN]),
        f"{name} is not in every file of {table.name} and is left unread",
    )


def ragged_rows(reader: Reader) -> list[int]:
    """The numbers of a file's ragged records, in order."""
    parsed = reader.parsed
    if parsed is None or not parsed.uneven:
        return []
    rows = parsed.frame.filter(parsed.ragged()).select(ROW).collect(engine="streaming")[ROW]
    return sorted(rows.to_list())


def first_refusal(
    readers: Sequence[Reader], names: Iterable[str], place: str, *, skippable: bool
) -> DataError | None:
    """The first row that is ragged or has a cell that does not fit, as an error; None without one.

    `skippable` says whether the command under way can leave such rows out.
    """
    columns, skip = list(names), OR_SKIP if skippable else ""
    for reader in readers:
        cells = [cell for name in misfits(reader, columns) for cell in _first_bad(reader, name)]
        ragged = ragged_rows(reader)[:1]
        first = min(cells, key=lambda cell: cell.row, default=None)
        if ragged and (first is None or ragged[0] <= first.row):
            return _ragged_refusal(reader, ragged[0], skip)
        if first is not None:
            return _cell_refusal(reader, first, place, skip)
    return None


def _first_bad(reader: Reader, name: str) -> list[_Odd]:
    bad = odd_cells(reader, name).filter(~pl.col("rounded")).sort(ROW).head(1).collect(engine="streaming")
    return [_Odd(row[ROW], name, row["text"]) for row in bad.iter_rows(named=True)]


def _ragged_refusal(reader: Reader, row: int, skip: str) -> DataError:
    return DataError(
        f"{reader.part.label} row {row}: not as many cells as the header has",
        (
            ("expected", f"{len(reader.part.headers)} cells, cut at {reader.part.delimiter!r}"),
            ("fix", f"{_MEND}{skip}"),
        ),
    )


def _cell_refusal(reader: Reader, cell: _Odd, place: str, skip: str) -> DataError:
    column = reader.column(cell.name)
    shown = _shown(cell.text, column)
    expected, fix = _help(reader, cell.name, cell.text, place)
    return DataError(
        f"{reader.part.label} row {cell.row}: {cell.name} is not {SORTS[column.kind]}",
        (
            *((("got", f'"{shown}"'),) if shown is not None else ()),
            ("expected", expected),
            ("fix", f"{fix}{skip}"),
        ),
    )


def _help(reader: Reader, name: str, text: str, place: str) -> tuple[str, str]:
    """What a cell of the column looks like, and what to do about one that says something else."""
    style = reader.style(name)
    setting = _setting(text, style, place, reader.part.label)
    return _expected(reader.column(name).kind, style), f"correct the cell{setting}"


def _expected(kind: Kind, style: Style | None) -> str:
    """What a cell of the column looks like."""
    if isinstance(style, DateStyle) and style.order:
        return _ORDERS.get(style.order, f'a day written as "{style.order}"')
    if isinstance(style, NumberStyle) and style.mark == ",":
        return "a number such as 1234,56"
    return EXPECTED[kind]


def _setting(text: str, style: Style | None, place: str, label: str) -> str:
    """How the settings could make sense of a cell."""
    if isinstance(style, DateStyle):
        if _WRITTEN.match(text):
            return ""
        line, meant = f"date_format = {_date_format(text)}", "say how days are written"
    elif isinstance(style, NumberStyle):
        mark, word = (".", "point") if style.mark == "," else (",", "comma")
        if mark not in text:
            return ""
        line, meant = f'decimal = "{mark}"', f"where a {word} is meant, say so"
    else:
        return ""
    return "\n" + written(f"or {meant} in {place}", f'[input."{label}"]', line)


def _date_format(text: str) -> str:
    """What may be meant by a day that is not written as 2026-12-31."""
    if _SERIAL.fullmatch(text):
        return '"excel"'
    return '"day-first"   or "month-first"' if _PARTED.match(text) else '"%d.%m.%y"'


def _shown(text: str, column: Column) -> str | None:
    """A cell's text for a message, cut short; what is private is never shown."""
    if column.is_private:
        return None
    visible = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in quoted(text, column.kind))
    return visible if len(visible) <= 60 else visible[:59] + "…"
