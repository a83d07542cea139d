"""Validation's reading on Polars: ids by their hashes, rows by their places in the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY
from mlmkpi.sources import Exports, Finding, Source
from mlmkpi.sources.part import ROW
from mlmkpi.sources.reader import FILE

PLACE = (FILE, ROW)


def hashed(ids: pl.Expr) -> pl.Expr:
    """Ids as 64-bit hashes of their text, which join and sort in half the time; null stays null.

    That one unknown id among ten million has the hash of a known one is less likely than one in a hundred thousand.
    """
    return pl.when(ids.is_not_null()).then(ids.cast(pl.String).hash())


class PolarsChecks:
    """Opened exports, looked through."""

    def __init__(self, exports: Exports) -> None:
        self._sources = exports.tables
        self._sorted: dict[tuple[str, str], NDArray[np.uint64]] = {}
        self._known: dict[tuple[tuple[str, str], ...], pl.DataFrame] = {}

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables found."""
        return tuple(self._sources)

    def refused(self, table: str) -> bool:
        """Whether a required column is missing or cannot be read."""
        return bool(self._sources[table].refusals(()))

    def readable(self, table: str) -> frozenset[str]:
        """The columns that can be read."""
        source = self._sources[table]
        refused = source.refusals(source.columns)
        if any(name in refused for name in source.table.required):
            return frozenset()
        return source.columns - refused.keys()

    def files(self, table: str) -> int:
        """The files found."""
        return len(self._sources[table].files)

    def height(self, table: str) -> int:
        """The rows in them."""
        return self._sources[table].height

    def findings(self, table: str) -> list[Finding]:
        """What reading all columns brings up, parsing text once for all that follows."""
        source = self._sources[table]
        return source.findings(_in_order(source))

    def spellings(self, table: str, columns: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """The codes, from the source's own count."""
        counted = {name: self._sources[table].codes([name]).sort(name) for name in columns}
        return {name: dict(rows.iter_rows()) for name, rows in counted.items()}

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The source's rows."""
        return _frame(self._sources[table].scan(columns))

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The source's rows with file and number."""
        return _frame(self._sources[table].scan(columns, rows=True))

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """The file's name, and the row's number in it."""
        return self._sources[table].files[row[FILE]], row[ROW]

    def first(self, frame: Frame, columns: Sequence[str], count: int, *, filtered: bool = False) -> pl.DataFrame:
        """The first by place; filters keep the order, so that the first that pass them are those."""
        rows = nw.to_native(frame).select(*PLACE, *columns)
        rows = rows.head(count) if filtered else rows
        found: pl.DataFrame = rows.bottom_k(count, by=list(PLACE)).sort(PLACE).collect(engine="streaming")
        return found

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """The rows that are not the first of their key."""
        rows = nw.to_native(frame).select(*PLACE, *key)
        return _frame(rows.filter(pl.int_range(pl.len()).over(list(key), order_by=PLACE) > 0))

    def totals(self, frames: Sequence[Frame]) -> list[int]:
        """Their sums."""
        return [int(self.collect(frame)["len"].sum()) for frame in frames]

    def true(self, frame: Frame, flags: Sequence[str]) -> list[int]:
        """Their sums."""
        sums = nw.to_native(frame).select(pl.col(flag).sum() for flag in flags)
        return [int(count) for count in sums.collect(engine="streaming").row(0)]

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Run the frame on the streaming engine."""
        collected: pl.DataFrame = nw.to_native(frame).collect(engine="streaming")
        return collected

    def small(self, frame: pl.DataFrame) -> Frame:
        """The frame itself."""
        return _frame(frame.lazy())

    def kept(self, frame: Frame) -> Frame:
        """The frame in memory."""
        return _frame(self.collect(frame).lazy())

    def keyed(self, frame: Frame, column: str, name: str = KEY) -> Frame:
        """The ids' hashes."""
        return _frame(nw.to_native(frame).with_columns(hashed(pl.col(column)).alias(name)))

    def keys(self, texts: pl.Series) -> pl.Series:
        """The ids' hashes."""
        return texts.to_frame().select(hashed(pl.col(texts.name)).alias(texts.name)).to_series()

    def absent(self, ids: tuple[str, str], known: Sequence[tuple[str, str]]) -> Frame:
        """By search in the sorted ids of orders, which the check of their key sorts anyhow; else by a join."""
        if tuple(known) == (("orders", "order_id"),):
            named = self._ids(ids).group_by(KEY).len().collect(engine="streaming")
            return _frame(named.filter(~_found(named[KEY].to_numpy(), self._sorted_ids(known[0]))).lazy())
        holders = tuple(known)
        if holders not in self._known:
            self._known[holders] = pl.concat([self._ids(each) for each in holders]).collect(engine="streaming")
        strange = self._ids(ids).join(self._known[holders].lazy(), on=KEY, how="anti")
        return _frame(strange.group_by(KEY).len().collect(engine="streaming").lazy())

    def among(self, frame: Frame, column: str, ids: Frame) -> Frame:
        """Filtered by the hashes, which are few."""
        wanted = self.collect(ids.select(KEY))[KEY]
        return _frame(nw.to_native(frame).filter(hashed(pl.col(column)).is_in(wanted.implode())))

    def having(self, frame: Frame, other: Frame, key: Sequence[str], *, others: bool = False) -> Frame:
        """A join in which empty cells are equal."""
        joined = nw.to_native(frame).join(
            nw.to_native(other), on=list(key), how="anti" if others else "semi", nulls_equal=True
        )
        return _frame(joined)

    def repeats(self, table: str, key: Sequence[str]) -> bool:
        """They may where their hashes are equal."""
        if tuple(key) == self._sources[table].table.key and len(key) == 1:
            hashes = self._sorted_ids((table, key[0]))
        else:
            text = pl.concat_str(pl.col(key).cast(pl.String).fill_null(""), separator="\0")
            rows = self._sources[table].scan(key).select(hashed(text).alias("hash")).collect(engine="streaming")
            hashes = np.sort(rows["hash"].to_numpy())
        return bool((hashes[1:] == hashes[:-1]).any())

    def _ids(self, column: tuple[str, str]) -> pl.LazyFrame:
        """The hashed ids of a table's column, none of them empty."""
        table, name = column
        ids = self._sources[table].scan([name]).select(hashed(pl.col(name)).alias(KEY))
        return ids.filter(pl.col(KEY).is_not_null())

    def _sorted_ids(self, column: tuple[str, str]) -> NDArray[np.uint64]:
        """The hashed ids in order, repeated ones too."""
        if column not in self._sorted:
            ids = self._ids(column).collect(engine="streaming")[KEY].to_numpy(writable=True)
            ids.sort()
            self._sorted[column] = ids
        return self._sorted[column]


def _in_order(source: Source) -> list[str]:
    """The columns that the export has, in the table's order."""
    return [name for name in source.table.names if name in source.columns]


def _found(wanted: NDArray[np.uint64], known: NDArray[np.uint64]) -> pl.Series:
    """Which of the wanted hashes stand among the sorted known ones."""
    if not len(known):
        return pl.Series(np.zeros(len(wanted), dtype=np.bool_))
    at = np.searchsorted(known, wanted).clip(max=len(known) - 1)
    return pl.Series(known[at] == wanted)


def _frame(native: pl.LazyFrame) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame
