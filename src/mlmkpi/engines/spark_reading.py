"""What reading a table on Spark brings up: columns that cannot be read, cells that do not fit, ragged records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from typing import Any

import narwhals as nw

from mlmkpi.engines.spark import SparkEngine
from mlmkpi.engines.spark_csv import CORRUPT
from mlmkpi.engines.spark_misfits import EXPECTED, FIX
from mlmkpi.engines.spark_tables import Part
from mlmkpi.errors import DataError
from mlmkpi.sources import Example, Finding, reader
from mlmkpi.sources.discretion import quoted_key
from mlmkpi.sources.problems import (
    columns_in_some,
    ragged_records,
    rounded_cells,
    unreadable_cells,
    unreadable_column,
    unreadable_table,
)
from mlmkpi.tables import TABLES, Kind

SHOWN = 5
BAD, ROUNDED = "bad ", "rounded "
HEIGHT = "rows"


class Reading:
    """One table: its columns are laid out when it is made, its rows are looked through once."""

    def __init__(self, engine: SparkEngine, table: str) -> None:
        self.table = TABLES[table]
        self._engine = engine
        self._tables = engine.tables
        self._parts = self._tables.opened(table)
        self._refused = self._refusals()
        self._flags: frozenset[str] = frozenset()

    @property
    def refused(self) -> bool:
        """Whether the table cannot be read for want of a column that it needs."""
        return any(name in self._refused for name in self.table.required)

    @property
    def readable(self) -> frozenset[str]:
        """The columns that can be read."""
        return frozenset() if self.refused else frozenset(self._mapped()) - self._refused.keys()

    @property
    def files(self) -> int:
        """How many files Spark reads; a frame or a table without any counts as one."""
        return sum(len(part.frame.inputFiles()) or 1 for part in self._parts)

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._counted[HEIGHT]

    def findings(self) -> list[Finding]:
        """Unreadable columns, ragged records, cells that do not fit or were rounded, columns in some files."""
        if self.refused:
            return unreadable_table(self.table, self._refused)
        unreadable = [
            unreadable_column(self.table, name, error, self.height) for name, error in self._refused.items()
        ]
        return [*unreadable, *self._ragged(), *self._unreadable(), *self._rounded(), *self._uneven()]

    def rows(self, columns: Sequence[str], beside: Sequence[str] = ()) -> Any:
        """The columns, those `beside` them, and `_bad` where a cell of the former can fail."""
        f, frame = self._tables.f, self._frame
        flags = [flag for flag in (*(BAD + name for name in columns), CORRUPT) if flag in self._flags]
        bad = reduce(lambda one, other: one | other, map(f.col, flags)) if flags else None
        return frame.select(*dict.fromkeys([*columns, *beside]), *([] if bad is None else [bad.alias(reader.BAD)]))

    def _mapped(self) -> list[str]:
        """The table's columns that every piece has."""
        return [name for name in self.table.names if all(name in part.mapped.positions for part in self._parts)]

    def _refusals(self) -> dict[str, DataError]:
        """The columns that cannot be read at all, each with the reason."""
        refused: dict[str, DataError] = {}
        for name in dict.fromkeys([*self.table.required, *self._mapped()]):
            for part in self._parts:
                try:
                    self._tables.cell(self.table.name, part, name)
                except DataError as error:
                    refused.setdefault(name, error)
        return refused

    @cached_property
    def _frame(self) -> Any:
        """The readable columns, typed, and flags of what is odd in a record: `bad …`, `rounded …`, `_corrupt`."""
        columns = sorted(self.readable)
        made = [self._flagged(part, columns) for part in self._parts]
        flags = sorted({name for _, flags in made for name in flags})
        self._flags = frozenset(flags)
        lacking, frames = self._tables.f.lit(False), []
        for part, (values, known) in zip(self._parts, made, strict=True):
            frames.append(part.frame.select(*values, *(known.get(flag, lacking).alias(flag) for flag in flags)))
        return reduce(lambda one, other: one.unionByName(other), frames)

    def _flagged(self, part: Part, columns: list[str]) -> tuple[list[Any], dict[str, Any]]:
        values, bad = self._tables.typed(self.table.name, part, columns)
        flags = {name if name == CORRUPT else BAD + name: flag for name, flag in bad.items()}
        for name in columns:
            cell = self._tables.cell(self.table.name, part, name)
            if cell.rounded is not None:
                flags[ROUNDED + name] = cell.rounded
        return values, flags

    @cached_property
    def _counted(self) -> Mapping[str, int]:
        """The rows, and how many are odd in each way, from one job over the table."""
        f, rows = self._tables.f, self._frame
        flags = (f.count_if(f.col(flag)).alias(flag) for flag in sorted(self._flags))
        found = self._engine.collect(nw.from_native(rows.agg(f.count(f.lit(1)).alias(HEIGHT), *flags)))
        return found.row(0, named=True)

    def _ragged(self) -> Iterator[Finding]:
        count = self._counted.get(CORRUPT, 0)
        if count:
            yield ragged_records(self.table, count, self.height, self._examples(CORRUPT))

    def _unreadable(self) -> Iterator[Finding]:
        for name, count in self._odd(BAD):
            shown, kind = self._examples(BAD + name), self.table.column(name).kind
            yield unreadable_cells(self.table, name, count, self.height, shown, EXPECTED[kind], FIX[kind])

    def _rounded(self) -> Iterator[Finding]:
        for name, count in self._odd(ROUNDED):
            yield rounded_cells(self.table, name, count, self.height, self._examples(ROUNDED + name))

    def _odd(self, sort: str) -> Iterator[tuple[str, int]]:
        """The columns with cells that are odd in a way, and how many."""
        for name in self.table.names:
            if count := self._counted.get(sort + name, 0):
                yield name, count

    def _examples(self, flag: str) -> list[Example]:
        """The lowest keys of the records that are odd in a way; their cells are not shown."""
        f, keys = self._tables.f, [name for name in self.table.key if name in self.readable]
        parts = [
            f.date_from_unix_date(name).cast("string") if self.table.column(name).kind is Kind.DATE else f.col(name)
            for name in keys
        ]
        if not keys:
            return []
        rows = self._frame.where(f.col(flag)).select(f.concat_ws(" / ", *parts).alias("key")).where("key != ''")
        found = self._engine.collect(nw.from_native(rows.orderBy("key").limit(SHOWN)))
        return [Example(None, None, quoted_key(key, self.table), None) for key in found["key"]]

    def _uneven(self) -> list[Finding]:
        """Columns that some of the pieces have, and others not."""
        return columns_in_some(self.table, [(part.label, part.mapped) for part in self._parts], self.table.names)
