"""An export's tables as Polars reads them for a run: ids as integers, codes counted, bad rows stopped or left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from threading import RLock

import polars as pl

from mlmkpi.engines import PLACE
from mlmkpi.engines.codecs import Codecs
from mlmkpi.errors import DataError
from mlmkpi.sources import Exports
from mlmkpi.sources.part import ROW
from mlmkpi.sources.problems import remark
from mlmkpi.sources.reader import BAD, FILE
from mlmkpi.tables import TABLES, Kind

ROOM = 2**40


class Tables:
    """Tables by name, read by one thread at a time. `tallest`: how many rows the largest has that was read so far."""

    def __init__(self, exports: Exports, codecs: Codecs, *, bad_rows: str) -> None:
        self.exports = exports
        self.bad_rows = bad_rows
        self.tallest = 0
        self._codecs = codecs
        self._skipped: dict[str, int] = {}
        self._read: dict[str, set[str]] = {}
        self._prepared: Mapping[str, Sequence[str]] = {}
        self._spellings: dict[tuple[str, str], Mapping[str | None, int]] = {}
        self._reading = RLock()

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export's table has."""
        source = self.exports.tables.get(table)
        return frozenset((*source.columns, *source.extra)) if source else frozenset()

    def unfit(self, tables: Iterable[str]) -> list[DataError]:
        """Why tables cannot be read, as their headers lack what they cannot do without."""
        sources = (self.exports.tables[name] for name in tables if name in self.exports.tables)
        return [error for source in sources if (error := source.unfit()) is not None]

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Parse what is text among these columns; the codes of orders among them are counted in one pass."""
        self._prepared = columns
        self.exports.prepare(columns)

    def scan(self, table: str, columns: Sequence[str]) -> pl.LazyFrame:
        """The table's columns, ids of people and orders as integers; PLACE is where a row stands.

        Where one has another shape, UnparsedIdError is raised by whatever computes the frame; MisfitError where a cell
        of the orders does not fit, DataError at once where one of another table does not.
        """
        with self._reading:
            if table == "orders":
                self._count(table, _order_codes(columns))
            frame = self._rows(table, columns, verbatim=self._codecs.parsing(table, columns))
            return self._codecs.encoded(table, frame, columns)

    def _rows(self, table: str, columns: Sequence[str], *, verbatim: Sequence[str] = ()) -> pl.LazyFrame:
        """The source's rows; bad ones stop the run or are left out. White space round `verbatim` ids is kept."""
        source, names = self.exports.tables[table], [name for name in columns if name != PLACE]
        self._read.setdefault(table, set()).update(names)
        scan = partial(source.scan, names, rows=PLACE in columns, verbatim=verbatim, watched=self._is_watched(table))
        frame = scan()
        self.tallest = max(self.tallest, source.height)
        if self.bad_rows == "stop" and BAD in frame.collect_schema():
            source.refuse_bad(names)
            frame = scan().drop(BAD, strict=False)
        if PLACE in columns:
            place = pl.col(FILE).cast(pl.Int64) * ROOM + pl.col(ROW).cast(pl.Int64)
            frame = frame.with_columns(place.alias(PLACE)).drop(FILE, ROW)
        if BAD not in frame.collect_schema():
            return frame
        bad = int(frame.select(pl.col(BAD).sum()).collect(engine="streaming").item())
        self._skipped[table] = max(bad, self._skipped.get(table, 0))
        return frame.filter(~pl.col(BAD)).drop(BAD)

    def _is_watched(self, table: str) -> bool:
        """Whether cells that do not fit are come upon while rows are computed: orders are too many to read before."""
        return table == "orders" and self.bad_rows == "stop"

    def refuse_misfits(self) -> None:
        """Raise DataError for the first cell of the orders that does not fit."""
        self.exports.tables["orders"].refuse_bad(sorted(self._read["orders"]))

    def places(self, table: str, key: str, ids: pl.Series) -> pl.DataFrame:
        """`id`, `file` and `row` of those of the ids that the table has in `key`."""
        source = self.exports.tables[table]
        files = dict(enumerate(source.files))
        rows = source.rows([key]).select(
            pl.col(key).cast(pl.String).alias("id"),
            pl.col(FILE).replace_strict(files, return_dtype=pl.String).alias("file"),
            pl.col(ROW).cast(pl.Int64).alias("row"),
        )
        return rows.filter(pl.col("id").is_in(ids.implode())).collect(engine="streaming")

    def place(self, table: str, places: pl.Series) -> pl.DataFrame:
        """File and row of such numbers."""
        files = dict(enumerate(self.exports.tables[table].files))
        return places.to_frame("_").select(
            (pl.col("_") // ROOM).replace_strict(files, return_dtype=pl.String).alias("file"),
            (pl.col("_") % ROOM).alias("row"),
        )

    def skipped(self) -> dict[str, int]:
        """Rows left out by table."""
        return {table: count for table, count in self._skipped.items() if count}

    def empties(self, columns: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
        """Rows with nothing in a column, by table and column."""
        found = ((table, self.exports.tables[table].empties(names)) for table, names in columns.items())
        return {(table, name): count for table, counts in found for name, count in counts.items()}

    def remarks(self) -> list[str]:
        """Amounts that were rounded, and columns of the tables read that not every file has."""
        found = []
        for table, columns in sorted(self._read.items()):
            source = self.exports.tables[table]
            found += [*source.rounded(sorted(columns)), *source.uneven(source.table.names)]
        return [remark(finding) for finding in found]

    def spellings(self, table: str, column: str) -> Mapping[str | None, int]:
        """The values that a code column holds, with their counts."""
        with self._reading:
            if (table, column) not in self._spellings:
                others = _order_codes(self._prepared.get(table, ())) if table == "orders" else ()
                self._count(table, {column, *others})
            return self._spellings[table, column]

    def _count(self, table: str, columns: Collection[str]) -> None:
        """Look for the values of columns, in one pass; those that are written cleanly are then read as they are."""
        new = sorted(name for name in columns if (table, name) not in self._spellings)
        if new:
            self._spellings |= {(table, name): found for name, found in self.exports.tables[table].codes(new).items()}


def _order_codes(columns: Iterable[str]) -> set[str]:
    return {each.name for each in TABLES["orders"].columns if each.kind is Kind.CODE}.intersection(columns)
