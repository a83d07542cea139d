"""The export's tables on a Spark server: what columns each has, and its typed rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import narwhals as nw

from mlmkpi.engines.spark_cells import Cell, Cells
from mlmkpi.engines.spark_csv import CORRUPT, opened
from mlmkpi.engines.spark_files import Piece, found_at, given_piece
from mlmkpi.errors import DataError, SettingsError, UsageError
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.cells import SORTS
from mlmkpi.sources.exports import check_exports
from mlmkpi.sources.guesses import meant
from mlmkpi.sources.mapping import (
    Mapped,
    Place,
    check_names,
    map_headers,
    no_column,
    no_header,
    several_columns,
)
from mlmkpi.sources.reader import BAD
from mlmkpi.sources.titles import Headers, titled
from mlmkpi.tables import TABLES, Column, Kind, Table


@dataclass(frozen=True)
class Part:
    """One piece of a table as the server reads it: columns c0, c1 … with the headers that people see.

    `delimiter` is a CSV's, empty for frames whose columns have types of their own; `below` is what seems to be a CSV's
    headers, where `headers` are like a title.
    """

    label: str
    headers: tuple[str, ...]
    forms: tuple[str, ...]
    frame: Any
    mapped: Mapped
    delimiter: str
    below: Headers | None = None

    @property
    def is_csv(self) -> bool:
        """Whether its cells are text of a file."""
        return bool(self.delimiter)


class Tables:
    """The tables under a root that the server sees, or frames and paths by table.

    `moments` are the columns read so far whose days are those of moments in UTC, as no zone is set.

    Raises DataError where there is no table or one cannot be read, SettingsError for settings that Spark cannot
    follow.
    """

    def __init__(self, session: Any, functions: Any, root: str | Path | Mapping[str, Any], settings: Settings) -> None:
        check_exports(root)
        check_names(settings)
        _check_input(settings)
        self.session = session
        self.f = functions
        self.settings = settings
        self.cells = Cells(functions, settings.timezone)
        self.place = Place(str(settings.path or FILE_NAME))
        self._pieces: dict[str, Any] = dict(root) if isinstance(root, Mapping) else {}
        self.leftover: tuple[str, ...] = ()
        self.no_files: tuple[str, ...] = ()
        self.moments: set[str] = set()
        self._written: set[str] = set()
        if not isinstance(root, Mapping):
            self._pieces, self.leftover = found_at(session, str(root), settings)
            labels = {piece.label for pieces in self._pieces.values() for piece in pieces}
            self.no_files = tuple(name for name in settings.input.names if "." in name and name not in labels)
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._whole: set[str] = set()

    def columns(self, table: str) -> frozenset[str]:
        """The columns that every piece of a table has, canonical and extra; empty where the table is absent."""
        parts = self.opened(table) if table in self._pieces else ()
        if not parts:
            return frozenset()
        known = {name for name in TABLES[table].names if all(name in part.mapped.positions for part in parts)}
        extra = {header for header in parts[0].mapped.extra if all(part.mapped.of(header) for part in parts)}
        return frozenset(known | extra)

    @property
    def meant(self) -> dict[str, dict[str, str]]:
        """By table that was opened, headers that are not read and may be meant for a column, and for which."""
        found = {}
        for table in (name for name in self.names if name in self._parts):
            columns = self.columns(table)
            extra = [header for header in self._parts[table][0].mapped.extra if header in columns]
            found[table] = meant(TABLES[table], columns, extra)
        return {table: headers for table, headers in found.items() if headers}

    def unfit(self, tables: Iterable[str]) -> list[DataError]:
        """Why tables cannot be read, as a piece lacks what they cannot do without: the first reason of each."""
        return [error for name in tables if (error := self._lacking(name)) is not None]

    def _lacking(self, table: str) -> DataError | None:
        parts = self.opened(table) if table in self._pieces else ()
        for name in TABLES[table].required:
            for part in parts:
                try:
                    self._position(part, TABLES[table], name)
                except DataError as error:
                    return error
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that there are."""
        return tuple(name for name in TABLES if name in self._pieces)

    def parts(self, table: str) -> tuple[Part, ...]:
        """A table's pieces, opened and laid against its columns; DataError where it lacks one that it needs."""
        if table in self._pieces and table not in self._whole:
            for name in TABLES[table].required:
                for part in self.opened(table):
                    self._position(part, TABLES[table], name)
            self._whole.add(table)
        return self._parts.get(table, ())

    def opened(self, table: str) -> tuple[Part, ...]:
        """A table's pieces, whatever columns they have."""
        if table not in self._parts:
            given = self._pieces[table]
            opened = tuple(self._open(table, each) for each in (given if isinstance(given, tuple) else (given,)))
            self._parts[table] = opened
        return self._parts[table]

    def rows(self, table: str, columns: Sequence[str]) -> tuple[Any, bool]:
        """The columns, typed, with `_bad` where a cell does not fit; and whether one can fail."""
        frames, fallible = [], False
        for part in self.parts(table):
            values, bad = self.typed(table, part, columns)
            fallible = fallible or bool(bad)
            found = reduce(lambda one, other: one | other, bad.values(), self.f.lit(False))
            frames.append(part.frame.select(*values, found.alias(BAD)))
        return reduce(lambda one, other: one.unionByName(other), frames), fallible

    def misfits(self, table: str, columns: Sequence[str], key: Sequence[str]) -> Any:
        """By column, in `column`, `_n` and `_key`, how many cells do not fit and the lowest key among them."""
        f, counts = self.f, []
        for part in self.parts(table):
            _, bad = self.typed(table, part, columns)
            keys = [name for name in key if name in self.columns(table)]
            at = f.concat_ws(" ", *(self._label(table, part, name) for name in keys)) if keys else f.lit(None)
            for name, expr in bad.items():
                rows = part.frame.where(expr).select(f.lit(name).alias("column"), at.cast("string").alias("_key"))
                counts.append(rows)
        union = reduce(lambda one, other: one.unionByName(other), counts)
        return union.groupBy("column").agg(f.count(f.lit(1)).alias("_n"), f.min("_key").alias("_key"))

    def column(self, table: str, name: str) -> Column:
        """The declaration of a column; one that the table does not declare is a code."""
        known = name in TABLES[table].names
        return TABLES[table].column(name) if known else Column(name, Kind.CODE, "a column of the export's own")

    def _label(self, table: str, part: Part, name: str) -> Any:
        at = self._position(part, TABLES[table], name)
        return self.cells.clean(self.f.col(f"c{at}").cast("string"))

    def typed(self, table: str, part: Part, columns: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
        """A piece's typed columns, and by name where a cell of one can fail (`_corrupt`: ragged records)."""
        values, bad = [], {}
        for name in columns:
            cell = self.cell(table, part, name)
            value = cell.value
            if self.column(table, name).kind is Kind.CODE:
                value = self.cells.mapped(value, self._codes(table, name))
            values.append(value.alias(name))
            if cell.bad is not None:
                bad[name] = cell.bad
        if part.is_csv:
            bad[CORRUPT] = self.f.col(CORRUPT).isNotNull()
        return values, bad

    def cell(self, table: str, part: Part, name: str) -> Cell:
        """A column of a piece as its kind, codes as they are spelled; DataError where it cannot be read at all."""
        declared = self.column(table, name)
        at = self._position(part, TABLES[table], name)
        two_ways = part.delimiter == ";" and self.settings.input.of(table, part.label).decimal is None
        cell = self.cells.cell(
            self.f.col(f"c{at}"), part.forms[at], declared.kind, from_file=part.is_csv, two_ways=two_ways
        )
        zoned = part.forms[at] == "timestamp" and table not in self._written
        if declared.kind is Kind.DATE and zoned and self.settings.timezone is None:
            self.moments.add(f"{table}.{name}")
        if cell is None:
            raise DataError(
                f"{part.label}: {name} is not {SORTS[declared.kind]}",
                (("found", f"a column of type {part.forms[at]}"), ("expected", f"{name}: {declared.meaning}"),
                 ("fix", "export it as another type")),
            )
        return cell

    def _codes(self, table: str, name: str) -> dict[str, str]:
        given = self.settings.codes.get(table, {}).get(name, {})
        return {spelling.strip().lower(): code for code, spellings in given.items() for spelling in spellings}

    def _position(self, part: Part, table: Table, name: str) -> int:
        """Where a column stands; DataError where it stands nowhere or in several places."""
        at = part.mapped.of(name)
        if len(at) == 1:
            return at[0]
        overrides = self.settings.columns.get(table.name, {})
        if at:
            raise several_columns(part.label, [part.headers[each] for each in at], table, name, self.place)
        if part.below is not None and (name in overrides or name in table.names):
            raise titled(part.label, part.below)
        if name in overrides:
            raise no_header(part.label, part.headers, name, overrides[name], self.place)
        if name in table.names:
            raise no_column(part.label, part.headers, part.mapped, table, name, self.place)
        raise UsageError(f"{part.label} has no column {name}", (("found", ", ".join(part.headers)),))

    # ---- opening -----------------------------------------------------------------------------------------------

    def _open(self, table: str, given: Any) -> Part:
        if isinstance(given, str | Path):
            given = given_piece(str(given), str(given))
        if isinstance(given, Piece) and given.form == "csv":
            return self._csv(table, given)
        frame = self._native(table, given)
        label = given.label if isinstance(given, Piece) else f"the {table} frame"
        return self._part(table, label, frame.columns, frame.toDF(*(f"c{at}" for at in range(len(frame.columns)))))

    def _native(self, table: str, given: Any) -> Any:
        """A frame whose columns have types of their own."""
        if isinstance(given, Piece):
            if given.form == "table":
                return self.session.read.table(given.path)
            reader = self.session.read.option("recursiveFileLookup", given.nested)
            reader = reader.option("pathGlobFilter", "*.[pP][aA]*")
            return reader.parquet(given.path)
        if hasattr(given, "toDF") and hasattr(given, "unionByName"):
            return given
        try:
            known = nw.from_native(given)
        except TypeError:
            raise UsageError(
                f"{table} is no frame",
                (("got", type(given).__name__), ("expected", "a path, a table's name, or a frame of Spark or Polars")),
            ) from None
        eager = known.collect() if isinstance(known, nw.LazyFrame) else known
        self._written.add(table)
        if self.settings.timezone is None:
            eager = eager.with_columns(nw.selectors.datetime(time_zone="*").dt.replace_time_zone(None))
        return self.session.createDataFrame(eager.to_arrow())

    def _csv(self, table: str, piece: Piece) -> Part:
        """Text cells."""
        options = self.settings.input.of(table, piece.label)
        csv = opened(self.session, self.f, TABLES[table], piece, options)
        part = self._part(table, piece.label, csv.headers, csv.frame, csv.delimiter)
        return replace(part, below=csv.below)

    def _part(self, table: str, label: str, headers: Sequence[str], frame: Any, delimiter: str = "") -> Part:
        forms = tuple(form for _, form in frame.dtypes)
        mapped = map_headers(headers, TABLES[table], self.settings.columns.get(table, {}))
        return Part(label, tuple(headers), forms, frame, mapped, delimiter)


def _check_input(settings: Settings) -> None:
    """Refuse what only the Polars reader can do."""
    options = [settings.input, *(settings.input.__pydantic_extra__ or {}).values()]
    for each in options:
        odd = {"decimal": each.decimal not in (None, "."), "date_format": each.date_format is not None,
               "encoding": each.encoding not in (None, "utf-8")}
        for name, is_set in odd.items():
            if is_set:
                raise SettingsError(
                    f"{name} under [input] cannot be followed on Spark",
                    (("expected", "CSV in UTF-8 with 2026-12-31 and 1234.56, or Parquet"),
                     ("fix", "write Parquet first: mlmkpi convert")),
                )
