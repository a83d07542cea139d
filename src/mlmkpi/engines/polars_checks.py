"""Validation's reading on Polars: ids by their keys, rows by their places in the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY
from mlmkpi.engines.hashes import Hashes
from mlmkpi.engines.ids import hash_of
from mlmkpi.engines.keys import Keys
from mlmkpi.engines.lookup import with_columns_of
from mlmkpi.engines.members import Members
from mlmkpi.sources import Exports, Finding, Source
from mlmkpi.sources.part import ROW
from mlmkpi.sources.reader import BAD, FILE
from mlmkpi.tables import ROSTER, Kind

PLACE = (FILE, ROW)
_KEPT = ("distributor_id", "enroller_id", "sponsor_id", "enrolled_on", "terminated_on")
"""What other tables' rows and the trees ask of people's tables."""


class PolarsSifted:
    """A table's rows and flags of them, in the order of the files."""

    def __init__(self, source: Source, flags: pl.DataFrame) -> None:
        self._source = source
        self._flags = flags

    def count(self, flag: str) -> int:
        """From the flags."""
        return int(self._flags[flag].sum())

    def first(self, flag: str, columns: Sequence[str], count: int) -> pl.DataFrame:
        """The rows at the first places, read again."""
        return self._source.at(columns, self._flags[flag].fill_null(False).arg_true().head(count))


class PolarsChecks:
    """Opened exports, looked through."""

    def __init__(self, exports: Exports) -> None:
        self._sources = exports.tables
        self._keys = Keys(exports.tables, self.readable)
        self._members: dict[tuple[str, str], Members] = {}
        self._kept: dict[str, pl.DataFrame] = {}
        self._fit: set[str] = set()

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
        """What reading all columns brings up; cells are looked at column by column unless sifting saw that all fit."""
        source = self._sources[table]
        return source.findings(_in_order(source), fit=table in self._fit)

    def spellings(self, table: str, columns: Sequence[str]) -> Mapping[str, Mapping[str | None, int]]:
        """The codes, from the source's own count."""
        return self._sources[table].codes(columns)

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The source's rows."""
        return _frame(self._sources[table].scan(columns))

    def with_keys(self, table: str, columns: Sequence[str]) -> Frame:
        """From what was kept of people, or else the source's rows, ids that say their keys as they stand there."""
        kept = self._kept.get(table)
        if kept is not None and set(columns) <= set(kept.columns):
            return _frame(kept.lazy().select(columns))
        source = self._sources[table]
        ids = [name for name in columns if source.table.column(name).kind is Kind.ID]
        rows = source.scan(columns, verbatim=[name for name in ids if self._keys.reads(table, name)])
        return _frame(rows.with_columns(self._keys.of(table, name, pl.col(name)).alias(name) for name in ids))

    def marked(self, table: str, columns: Sequence[str], beside: Sequence[str]) -> Frame:
        """The source's rows, unmarked where sifting saw that all cells fit; what is shown of them is read again."""
        frame = self.scan(table, columns)
        return frame.drop(BAD, strict=False) if table in self._fit else frame

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The source's rows with file and number."""
        return _frame(self._sources[table].scan(columns, rows=True))

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """The file's name, and the row's number in it."""
        return self._sources[table].files[row[FILE]], row[ROW]

    def first(self, frame: Frame, columns: Sequence[str], count: int) -> pl.DataFrame:
        """The first by place."""
        rows = nw.to_native(frame).select(*PLACE, *columns)
        found: pl.DataFrame = rows.bottom_k(count, by=list(PLACE)).sort(PLACE).collect(engine="streaming")
        return found

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """The rows that are not the first of their key."""
        rows = nw.to_native(frame).select(*PLACE, *key)
        return _frame(rows.filter(pl.int_range(pl.len()).over(list(key), order_by=PLACE) > 0))

    def sift(self, table: str, frame: Frame, flags: Sequence[str]) -> PolarsSifted:
        """All flags from one pass, and the table's own ids; the flags of ten million rows fit into a few megabytes."""
        source, schema = self._sources[table], frame.collect_schema()
        is_whole = self.readable(table) <= set(schema)
        keys = [(table, name) for name in source.table.key if len(source.table.key) == 1 and name in schema]
        new = [column for column in keys if column not in self._members]
        looked = [*flags, *[BAD] * (BAD in schema)]
        is_new = is_whole and table in ROSTER and table not in self._kept
        kept = [name for name in _KEPT if name in schema] if is_new else []
        ids = (self._key(*column).alias(KEY) for column in new)
        found = nw.to_native(frame).select(*looked, *kept, *ids).collect(engine="streaming")
        for column in new:
            self._members[column] = Members(found[KEY].drop_nulls())
        if kept:
            self._kept[table] = found.select(kept)
        if is_whole and not (BAD in schema and found[BAD].any()):
            self._fit.add(table)
        return PolarsSifted(source, found.select(*flags))

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

    def keyed(self, frame: Frame, column: str) -> Frame:
        """The keys that are there."""
        return frame.with_columns(nw.col(column).alias(KEY))

    def same(self, column: str, other: str) -> nw.Expr:
        """Their keys are."""
        return nw.col(column) == nw.col(other)

    def look_up(self, frame: Frame, directory: Frame) -> Frame:
        """By the keys."""
        return _frame(with_columns_of(nw.to_native(frame), KEY, self.collect(directory), KEY))

    def strange(self, frame: Frame, ids: tuple[str, str], known: Sequence[tuple[str, str]], flag: str) -> Frame:
        """By their keys in one holder after the other."""
        holders = [self._holding(each) for each in known]

        def unknown(keys: pl.Series) -> pl.Series:
            flags = keys.is_not_null().to_numpy().copy()
            for holder in holders:
                left = np.flatnonzero(flags)
                if len(left):
                    flags[left] = ~holder.has(keys if len(left) == len(keys) else keys.gather(left))
            return pl.Series(flags)

        strange = self._key(*ids).map_batches(unknown, return_dtype=pl.Boolean, is_elementwise=True)
        return _frame(nw.to_native(frame).with_columns(strange.alias(flag)))

    def parents(self, table: str, column: str) -> tuple[pl.Series, NDArray[np.int64]]:
        """By the keys of both; texts are compared for those alone who have several rows."""
        keyed = nw.to_native(self.with_keys(table, ["distributor_id", column]))
        rows = keyed.select(pl.col("distributor_id").alias(KEY), pl.col(column).alias("above")).drop_nulls()
        rows = rows.collect(engine="streaming")
        if (rows["above"] <= rows[KEY]).all():
            return rows[KEY].clear(), np.empty(0, dtype=np.int64)
        twice = Members(rows[KEY]).repeated
        if len(twice):
            several = pl.col(KEY).is_in(twice.implode())
            rows = pl.concat([rows.filter(~several), self._highest(table, column, several)])
        people = Members(rows[KEY])
        here, above = people.places(rows[KEY]), people.places(rows["above"])
        ids, parents = np.empty(len(rows), dtype=rows[KEY].to_numpy().dtype), np.empty(len(rows), dtype=np.int64)
        ids[here], parents[here] = rows[KEY].to_numpy(), np.where(above < len(rows), above, -1)
        return pl.Series(KEY, ids), parents

    def _highest(self, table: str, column: str, several: pl.Expr) -> pl.DataFrame:
        """The keys of those with several rows and of the parent whose text is the highest."""
        texts = self._sources[table].scan(["distributor_id", column]).select(
            self._person("distributor_id").alias(KEY), pl.col(column).cast(pl.String).alias("above")
        )
        highest = texts.drop_nulls().filter(several).group_by(KEY).agg(pl.col("above").max())
        return highest.with_columns(self._person("above")).collect(engine="streaming")

    def among(self, frame: Frame, column: str, ids: Frame) -> Frame:
        """Filtered by the keys, which are few."""
        wanted = self.collect(ids.select(KEY))[KEY]
        return _frame(nw.to_native(frame).filter(self._person(column).is_in(wanted.implode())))

    def having(self, frame: Frame, other: Frame, key: Sequence[str], *, others: bool = False) -> Frame:
        """A join in which empty cells are equal."""
        joined = nw.to_native(frame).join(
            nw.to_native(other), on=list(key), how="anti" if others else "semi", nulls_equal=True
        )
        return _frame(joined)

    def repeats(self, table: str, key: Sequence[str]) -> bool:
        """They may where their hashes are equal."""
        if tuple(key) == self._sources[table].table.key and len(key) == 1:
            return len(self._holding((table, key[0])).repeated) > 0
        text = pl.concat_str(pl.col(key).cast(pl.String).fill_null(""), separator="\0")
        rows = self._sources[table].scan(key).select(hash_of(text).alias("hash")).collect(engine="streaming")
        return len(Hashes(rows["hash"]).repeated) > 0

    def _holding(self, column: tuple[str, str]) -> Members:
        """The ids in a table's column."""
        if column not in self._members:
            table, name = column
            ids = nw.to_native(self.with_keys(table, [name])).select(self._key(*column).alias(KEY))
            self._members[column] = Members(ids.drop_nulls().collect(engine="streaming")[KEY])
        return self._members[column]

    def _key(self, table: str, column: str) -> pl.Expr:
        """The keys of a column of a frame `with_keys`: ids are keys there, codes are not."""
        is_id = self._sources[table].table.column(column).kind is Kind.ID
        return pl.col(column) if is_id else self._keys.of(table, column, pl.col(column))

    def _person(self, column: str) -> pl.Expr:
        """The keys of a column of distributors' ids."""
        return self._keys.of("distributors", "distributor_id", pl.col(column))


def _in_order(source: Source) -> list[str]:
    """The columns that the export has, in the table's order."""
    return [name for name in source.table.names if name in source.columns]


def _frame(native: pl.LazyFrame) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame
