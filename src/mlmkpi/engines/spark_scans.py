"""An export's tables as Spark reads them for a run: codes counted, bad rows stopped or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.engines.spark_errors import BAD_CELL
from mlmkpi.engines.spark_misfits import misfit
from mlmkpi.engines.spark_names import in_sql
from mlmkpi.engines.spark_server import Server
from mlmkpi.engines.spark_tables import Tables
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings
from mlmkpi.sources.problems import columns_in_some
from mlmkpi.sources.reader import BAD
from mlmkpi.tables import TABLES, Kind


class Scans:
    """Tables by name, on the server."""

    def __init__(
        self, server: Server, functions: Any, root: str | Path | Mapping[str, Any], settings: Settings, *, bad_rows: str
    ) -> None:
        self.bad_rows = bad_rows
        self._server = server
        self._f = functions
        self._scanned: dict[str, set[frozenset[str]]] = {}
        self._bad: dict[tuple[str, ...], int] = {}
        self._met: set[str] = set()
        self._read: dict[str, frozenset[str]] = {}
        self._spellings: dict[tuple[str, str], dict[str | None, int]] = {}
        self.tables: Tables = server.run(lambda: Tables(server.session, functions, root, settings))
        server.refusal = self._refusal

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export's table has."""
        return self._server.run(lambda: self.tables.columns(table))

    def unfit(self, tables: Sequence[str]) -> list[DataError]:
        """Why tables cannot be read, by the headers of their pieces."""
        return self._server.run(lambda: self.tables.unfit(tables))

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Remember what the run reads: the codes among it are counted in one pass."""
        self._read = {table: frozenset(names) for table, names in columns.items()}

    def scan(self, table: str, columns: Sequence[str]) -> Any:
        """The table's columns, typed; DataError at a cell that does not fit once the frame is run, unless skipped.

        The error is a row's: it comes whichever of the columns is looked at, so that no filter hides it.
        """
        frame, fallible = self._server.run(lambda: self.tables.rows(table, columns))
        self._met.add(table)
        names = list(columns)
        if fallible:
            self._scanned.setdefault(table, set()).add(frozenset(columns))
        if fallible and self.bad_rows == "stop":
            stop = self._f.raise_error(self._f.lit(f"{BAD_CELL}{table}"))
            bad = self._f.col(BAD)
            cells = {name: self._f.col(in_sql(name)) for name in names}
            return frame.select(*(self._f.when(bad, stop).otherwise(cell).alias(n) for n, cell in cells.items()))
        return (frame.where(~self._f.col(BAD)) if fallible else frame).select(*names)

    def uneven(self) -> list[str]:
        """Columns of the tables that were scanned that not every piece has, in a line each."""
        found = []
        for table in sorted(self._met):
            pieces = [(part.label, part.mapped) for part in self.tables.opened(table)]
            found += columns_in_some(TABLES[table], pieces, TABLES[table].names)
        return [finding.message for finding in found]

    def skipped(self) -> dict[str, int]:
        """Rows left out by table."""
        if self.bad_rows == "stop":
            return {}
        found = {}
        for table, scans in self._scanned.items():
            widest = [names for names in scans if not any(names < other for other in scans)]
            counts = [self._count_bad(table, sorted(names)) for names in widest]
            if any(counts):
                found[table] = max(counts)
        return found

    def empties(self, columns: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
        """Rows with nothing in a column, by table and column: all from one pass."""
        counts = [self._server.run(partial(self._empties, table, names)) for table, names in columns.items()]
        if not counts:
            return {}
        found = self._server.collect(reduce(lambda one, other: one.union(other), counts))
        return {(table, column): count for table, column, count in found.iter_rows()}

    def _empties(self, table: str, columns: Sequence[str]) -> Any:
        f, (frame, _) = self._f, self.tables.rows(table, columns)
        sums = (f.coalesce(f.sum(f.col(in_sql(name)).isNull().cast("long")), f.lit(0)).alias(name) for name in columns)
        pairs = ", ".join(f"'{name}', {in_sql(name)}" for name in columns)
        counted = frame.where(~f.col(BAD)).agg(*sums)
        return counted.select(f.lit(table), f.expr(f"stack({len(columns)}, {pairs})"))

    def spellings(self, table: str, column: str) -> dict[str | None, int]:
        """The values that a code column holds, with their counts."""
        if (table, column) not in self._spellings:
            codes = {each.name for each in TABLES[table].columns if each.kind is Kind.CODE}
            codes &= self._read.get(table, frozenset()) & self.columns(table)
            names = sorted(codes | {column})
            for name, found in self.codes(self.scan(table, names), names).items():
                self._spellings[table, name] = found
        return self._spellings[table, column]

    def codes(self, rows: Any, columns: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """By column, the values that its rows hold, with their counts, in order: all from one pass."""
        pairs = ", ".join(f"{at}, {in_sql(name)}" for at, name in enumerate(columns))
        stack = f"stack({len(columns)}, {pairs}) as (at, code)"
        stacked = self._server.run(lambda: rows.select(self._f.expr(stack)))
        counted = self._server.collect(stacked.groupBy("at", "code").count()).sort("code", nulls_last=True)
        return {
            name: dict(counted.filter(pl.col("at") == at).select("code", "count").iter_rows())
            for at, name in enumerate(columns)
        }

    def _count_bad(self, table: str, columns: Sequence[str]) -> int:
        asked = (table, *columns)
        if asked not in self._bad:
            frame, _ = self._server.run(lambda: self.tables.rows(table, columns))
            bad = frame.where(self._f.col(BAD))
            self._bad[asked] = int(self._server.collect(bad.agg(self._f.count(self._f.lit(1)).alias("n"))).item())
        return self._bad[asked]

    def _refusal(self, table: str) -> DataError:
        """The cells of a table that do not fit, counted: table, column, the lowest key and how many."""
        columns = sorted(set().union(*self._scanned[table]))
        found = self._server.collect(self.tables.misfits(table, columns, TABLES[table].key)).sort("column").rows()
        return misfit(table, found, lambda name: self.tables.column(table, name).kind)
