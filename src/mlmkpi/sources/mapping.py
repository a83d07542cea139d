"""Which header is which canonical column: its own name however spelled, or what [columns] says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mlmkpi.errors import DataError, SettingsError, written
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.guesses import guess, meant
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES, Table


@cache
def normal(name: str) -> str:
    """A header without case, spaces and the signs that stand for them.

    >>> normal("Order ID") == normal("order_id") == normal("OrderId")
    True
    """
    return re.sub(r"[\s_.\-]+", "", name).casefold()


_RECORD = re.compile(r"@|^\s*\d{4}-\d{2}-\d{2}\b|^\s*\d{1,2}[/.]\d{1,2}[/.]\d{4}\b")
"""What a cell has and a header has not: an e-mail address, or a day first of all."""


def is_record(headers: Iterable[str]) -> bool:
    """Whether what should be headers is a record, which holds people's data."""
    return any(map(_RECORD.search, headers))


@dataclass(frozen=True)
class Place:
    """Where the settings of exports are, for messages that say what to do."""

    settings: str


@dataclass(frozen=True)
class Mapped:
    """Where a file's columns stand: each canonical column's possible positions, and the headers left over."""

    positions: dict[str, tuple[int, ...]]
    extra: dict[str, tuple[int, ...]]

    def of(self, name: str) -> tuple[int, ...]:
        """The possible positions of a canonical column, or of an extra one however spelled."""
        if name in self.positions:
            return self.positions[name]
        return tuple(at for header, ats in self.extra.items() if normal(header) == normal(name) for at in ats)


def map_headers(headers: Sequence[str], table: Table, overrides: Mapping[str, str]) -> Mapped:
    """Lay the headers against the table's columns; an override is looked for as spelled first."""
    positions = {}
    for column in table.columns:
        wanted = overrides.get(column.name, column.name)
        exact = tuple(at for at, header in enumerate(headers) if header == wanted)
        alike = tuple(at for at, header in enumerate(headers) if normal(header) == normal(wanted))
        found = exact if column.name in overrides and exact else alike
        if found or column.name in overrides:
            positions[column.name] = found
    taken = {at for ats in positions.values() for at in ats}
    extra: dict[str, tuple[int, ...]] = {}
    for at, header in enumerate(headers):
        if at not in taken and header:
            extra[header] = (*extra.get(header, ()), at)
    return Mapped(positions, extra)


def check_names(settings: Settings) -> None:
    """Refuse tables, columns and codes under [columns], [codes] and [input] that there are none of.

    Under [input] a name with a dot is a file's.
    """
    for name in settings.input.names:
        if "." not in name:
            _check(settings, "[input]", "table", name, list(TABLES))
    for part, named in (("columns", settings.columns), ("codes", settings.codes)):
        for table, columns in named.items():
            _check(settings, f"[{part}]", "table", table, list(TABLES))
            for column in columns:
                _check(settings, f"[{part}.{table}]", "column", column, list(TABLES[table].names))
    for table, of_columns in settings.codes.items():
        for column, codes in of_columns.items():
            known = _closed(table, column)
            for code in codes if known else ():
                _check(settings, f"[codes.{table}.{column}]", "code", code.casefold(), known)
            _check_spellings(settings, f"[codes.{table}.{column}]", codes)


def _check_spellings(settings: Settings, place: str, codes: Mapping[str, Sequence[str]]) -> None:
    """Refuse a spelling that stands for two codes."""
    means: dict[str, str] = {}
    for code, spellings in codes.items():
        for spelling in spellings:
            other = means.setdefault(spelling.strip().lower(), code)
            if other != code:
                raise SettingsError(
                    f"{settings.path or FILE_NAME} gives one spelling two codes in {place}: {spelling}",
                    (("got", f"{other} and {code}"), ("fix", "leave it at the one that is meant")),
                )


def _closed(table: str, column: str) -> list[str]:
    """The codes that a column can have; none where a company may use its own, as it may statuses in `valid_status`."""
    declared = TABLES[table].column(column)
    return list(declared.codes) if declared.is_closed and (table, column) != ("orders", "status") else []


def _check(settings: Settings, place: str, what: str, name: str, known: list[str]) -> None:
    if name not in known:
        guess = nearest(name, known)
        raise SettingsError(
            f"{settings.path or FILE_NAME} names an unknown {what} in {place}: {name}",
            (("expected", ", ".join(known)), *((("fix", f"did you mean {guess}?"),) if guess else ())),
        )


def no_column(
    label: str, headers: Sequence[str], mapped: Mapped, table: Table, name: str, place: Place
) -> DataError:
    """A required column that no header is, told with the table's others; of the headers left over some may be meant.

    What is no header but a record is not shown: it holds people's data.
    """
    if is_record(headers):
        return DataError(
            f"{label} has no header",
            (
                ("found", "a first line that looks like a record"),
                ("expected", f"a line of names, {', '.join(table.required)} among them"),
                ("fix", "export it with its header"),
            ),
        )
    lacking = [each for each in dict.fromkeys((name, *table.required)) if each == name or each not in mapped.positions]
    lines = [f'{column} = "{header}"' for column, header in _proposed(table, lacking, mapped).items()]
    it = "them" if len(lines) > 1 else "it"
    return DataError(
        f"{label} has no column for {name}",
        (
            ("found", ", ".join(headers)),
            ("expected", "\n".join(f"{each}: {table.column(each).meaning}" for each in lacking)),
            ("fix", written(f"name {it} in {place.settings}", f"[columns.{table.name}]", *lines)),
        ),
    )


def _proposed(table: Table, lacking: Sequence[str], mapped: Mapped) -> dict[str, str]:
    """A header for each of the columns that are lacking, and for others that one of those left over may be."""
    free, found = list(mapped.extra), dict[str, str]()
    for name in lacking:
        header = guess(table, table.column(name), free)
        found[name] = header or "their header"
        free = [other for other in free if other != header]
    return found | {name: header for header, name in meant(table, {*mapped.positions, *lacking}, free).items()}


def no_header(label: str, headers: Sequence[str], name: str, header: str, place: Place) -> DataError:
    """A header that the settings name and the file lacks."""
    guess = nearest(header, list(headers))
    return DataError(
        f"{label} has no column {header}, which {place.settings} names for {name}",
        (
            ("found", ", ".join(headers)),
            ("fix", f"did you mean {guess}?" if guess else "correct the name in the settings"),
        ),
    )


def several_columns(
    label: str, candidates: Sequence[str], table: Table, name: str, place: Place
) -> DataError:
    """A column that more than one header could be."""
    fix = written(f"say which in {place.settings}", f"[columns.{table.name}]", f'{name} = "{candidates[0]}"')
    return DataError(
        f"{label} has {len(candidates)} columns for {name}",
        (
            ("found", ", ".join(candidates)),
            ("expected", "one"),
            ("fix", fix if len(set(candidates)) > 1 else "rename one of them in the file"),
        ),
    )
