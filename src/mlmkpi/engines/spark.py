"""The second engine: the same facts on a Spark session, local or through Spark Connect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.engines import PERSON, Frame, bits, full_join, histories
from mlmkpi.engines.spark_functions import functions_of
from mlmkpi.engines.spark_names import in_sql
from mlmkpi.engines.spark_plans import note
from mlmkpi.engines.spark_quantiles import order_statistics
from mlmkpi.engines.spark_scans import Scans
from mlmkpi.engines.spark_server import Server
from mlmkpi.engines.spark_settings import configure
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings

LATEST_OFFSET = 20_000_000
"""A day number has DAY_DIGITS digits with this added, whatever the day."""
DAY_DIGITS = 8


class SparkEngine:
    """Runs facts on a session; ids stay text.

    `root` is a folder, a file or a glob that the server sees, or frames, paths and table names by table. The
    session's time zone is set to UTC and its arithmetic to ANSI; `close` puts them back.
    """

    name = "spark"
    in_parts = False
    at_hand = False
    at_once = 1

    def __init__(
        self, session: Any, root: str | Path | Mapping[str, Any], settings: Settings, *, bad_rows: str = "stop"
    ) -> None:
        self.session = session
        self._f = functions_of(session)
        self._restore = configure(session)
        self._server = Server(session)
        self._scans = Scans(self._server, self._f, root, settings, bad_rows=bad_rows)
        self.tables = self._scans.tables

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export's table has."""
        return self._scans.columns(table)

    def unfit(self, tables: Sequence[str]) -> list[DataError]:
        """By the headers of their pieces."""
        return self._scans.unfit(tables)

    @property
    def leftover(self) -> tuple[str, ...]:
        """The files that belong to no table."""
        return self.tables.leftover

    @property
    def no_files(self) -> tuple[str, ...]:
        """The names of files under [input] that none has."""
        return self.tables.no_files

    @property
    def meant(self) -> dict[str, dict[str, str]]:
        """Of the tables whose headers have been read so far."""
        return self.tables.meant

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Remember what the run reads: the codes among it are counted in one pass."""
        self._scans.prepare(columns)

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The table's columns, typed; DataError at a cell that does not fit once the frame is run, unless skipped.

        The error is a row's: it comes whichever of the columns is looked at, so that no filter hides it.
        """
        return _frame(self._scans.scan(table, columns))

    def places(self, table: str, key: str, ids: pl.Series) -> pl.DataFrame:
        """Without file and row: rows have no numbers here."""
        there = self.scan(table, [key]).select(nw.col(key).alias("id")).unique()
        found = self.collect(there.join(self.small(ids.to_frame("id")), on="id", how="inner"))
        return found.with_columns(file=pl.lit(None, pl.String), row=pl.lit(None, pl.Int64))

    def place(self, table: str, places: pl.Series) -> pl.DataFrame:
        """Nothing: `scan` gives no places here."""
        return pl.DataFrame(schema={"file": pl.String, "row": pl.Int64})

    def skipped(self) -> dict[str, int]:
        """Rows left out by table."""
        return self._scans.skipped()

    def empties(self, columns: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
        """Counted for all tables at once."""
        return self._scans.empties(columns)

    def remarks(self) -> list[str]:
        """Columns left unread, and moments that no zone is said of.

        To count what was rounded would take another pass: validation does it.
        """
        said = "holds moments, whose days are taken in UTC, as mlmkpi.toml sets no timezone"
        return [*self._scans.uneven(), *(f"{column} {said}" for column in sorted(self.tables.moments))]

    def labels(self, values: Sequence[str]) -> nw.dtypes.DType:
        """Text."""
        return nw.String()

    def small(self, frame: pl.DataFrame) -> Frame:
        """The frame, sent to the server."""
        return _frame(self._server.run(lambda: self.session.createDataFrame(frame.to_arrow())))

    def numbered(self, frame: Frame, column: str, ids: pl.Series, numbers: pl.Series) -> Frame:
        """By a join."""
        return frame.join(self.small(pl.DataFrame([ids.alias(column), numbers])), on=column, how="inner")

    def directory(self, frame: Frame) -> Frame:
        """Kept as it is."""
        return self.materialise(frame)

    def look_up(self, frame: Frame, column: str, directory: Frame, small: Mapping[str, int] | None = None) -> Frame:
        """By a join."""
        counts = list(small or ())
        return frame.join(directory, left_on=[column, *counts], right_on=[PERSON, *counts], how="left")

    def materialise(self, frame: Frame) -> Frame:
        """Run the frame and keep its rows on the server; what stands on it no longer knows how it was made.

        A kept frame that remembered its making (`persist`) would be analysed anew with every step that follows.
        """
        native = nw.to_native(frame)
        self._server.run(lambda: note(native))
        return _frame(self._server.run(lambda: native.localCheckpoint()))

    def compact(self, frame: Frame, ids: Sequence[str] = ()) -> Frame:
        """As it is."""
        return self.materialise(frame)

    def keep(self, frame: Frame, columns: Sequence[str]) -> Frame:
        """A view of the columns: the server holds the rows once."""
        return frame.select(*columns)

    def release(self, frame: Frame) -> None:
        """Nothing to do: the server drops the rows when the last reference to them goes."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring the frame's rows here through Arrow."""
        return self._server.collect(nw.to_native(frame))

    def concat(self, frames: Sequence[Frame]) -> Frame:
        """The frames below one another."""
        return _frame(reduce(lambda one, other: one.unionByName(other), map(nw.to_native, frames)))

    def full_join(self, frames: Sequence[Frame], key: str) -> Frame:
        """By full joins."""
        return full_join.joined(frames, key)

    def spread(self, frame: Frame, spans: Sequence[tuple[int, Mapping[str, nw.Expr]]], *keep: str) -> list[Frame]:
        """One frame, made in one pass: every span's columns side by side, then stacked."""
        names = list(spans[0][1])
        made = [made[name].alias(f"_{at}_{name}") for at, (_, made) in enumerate(spans) for name in names]
        wide = nw.to_native(frame.select("unit", *made))
        rows = [
            ", ".join([str(span), *(in_sql(f"_{at}_{name}") for name in names)]) for at, (span, _) in enumerate(spans)
        ]
        called = ", ".join(map(in_sql, ("span", *names)))
        stacked = self._f.expr(f"stack({len(rows)}, {', '.join(rows)}) as ({called})")
        return [_frame(self._server.run(lambda: wide.select("unit", stacked))).filter(reduce(or_, map(nw.col, keep)))]

    def group(
        self, frame: Frame, unit: str, small: Mapping[str, int], other: Sequence[str], sums: Sequence[nw.Expr]
    ) -> Frame:
        """Group by all of the columns."""
        return frame.group_by(unit, *small, *other).agg(*sums)

    def histories(
        self, cells: Frame, other: Sequence[str], words: Sequence[str], latest: Mapping[str, int]
    ) -> Frame:
        """By groups."""
        return histories.grouped(self, cells, other, words, latest)

    def add_up(
        self, frames: Sequence[Frame], members: pl.DataFrame, key: str, keys: int, other: Sequence[str],
        names: Sequence[str],
    ) -> pl.DataFrame:
        """By person, whose groups are looked up here."""
        person, sums = members.columns[0], [*(nw.col(name).sum() for name in names), nw.len().alias("_rows")]
        found = self.collect(self.group(self.concat(frames), person, {key: keys}, other, sums).drop("_rows"))
        return found.join(members, on=person, how="inner").drop(person)

    def tally(self, frame: Frame, unit: str, key: str, keys: int, name: str) -> Frame:
        """By groups."""
        return self.group(frame, unit, {key: keys}, [], [nw.len().alias(name)])

    def earliest(self, frame: Frame, unit: str, day: str) -> Frame:
        """By groups."""
        return frame.group_by(unit).agg(nw.col(day).min())

    def distinct(self, frame: Frame, keys: Sequence[str], unit: str, name: str) -> Frame:
        """By groups."""
        return frame.group_by(*keys).agg(nw.col(unit).n_unique().alias(name))

    def beside(self, lines: Frame, orders: Frame, key: str) -> Frame:
        """By a join."""
        return lines.join(orders, on=key, how="inner")

    def cut(
        self, orders: Frame, lines: Frame, key: str, names: Sequence[str], sums: Sequence[str], *, whole: bool,
        merged: bool,
    ) -> Frame | None:
        """No quicker way."""
        return None

    def has_repeats(self, frame: Frame, columns: Sequence[str]) -> bool:
        """By 64-bit hashes first: equal rows have equal hashes, and eight bytes a row are all that travels."""
        f, native = self._f, nw.to_native(frame)
        known = native.where(f.col(columns[0]).isNotNull())
        hashed = known.select(f.xxhash64(*columns).alias("_hash"))
        return self._most(hashed, ["_hash"]) > 1 and self._most(known, list(columns)) > 1

    def apart(self, one: Frame, column: str, two: Frame, other: str) -> bool:
        """Whether the two ranges of ids do not touch."""
        first, second = self._range(one, column), self._range(two, other)
        if None in (*first, *second):
            return True
        return bool(first[1] < second[0] or second[1] < first[0])

    def spellings(self, table: str, column: str) -> dict[str | None, int]:
        """The values that a code column holds, with their counts."""
        return self._scans.spellings(table, column)

    def codes(self, rows: Frame, columns: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """By column, the values that its rows hold, with their counts, in order: all from one pass."""
        return self._scans.codes(nw.to_native(rows), columns)

    def encode(self, values: Sequence[str]) -> pl.Series:
        """The ids as they are."""
        return pl.Series("id", values, dtype=pl.String)

    def decode(self, values: pl.Series, column: str = "distributors.distributor_id") -> pl.Series:
        """The ids as they are."""
        return values.cast(pl.String)

    def latest(self, day: nw.Expr, person: nw.Expr) -> nw.Expr:
        """The day in eight digits, then the id, nothing for nobody."""
        return nw.concat_str([(day + LATEST_OFFSET).cast(nw.String), person.cast(nw.String).fill_null("")])

    def latest_person(self, packed: nw.Expr) -> nw.Expr:
        """The id in such a text."""
        return nw.when(packed.str.len_chars() > DAY_DIGITS).then(packed.str.slice(DAY_DIGITS))

    def has_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """By division."""
        return bits.divided(word, low, length) > 0

    def has_two_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """By division."""
        return bits.two_divided(word, low, length)

    def quantiles(self, frame: Frame, keys: Sequence[str], value: str, points: Sequence[Fraction]) -> pl.DataFrame:
        """Order statistics from a histogram of the values, which the server makes and keeps."""
        return self._server.collect(order_statistics(self._f, nw.to_native(frame), keys, value, points))

    def close(self) -> None:
        """Put the session's settings back."""
        with suppress(Exception):
            for name, value in self._restore.items():
                self.session.conf.set(name, value)

    def _most(self, native: Any, columns: list[str]) -> int:
        """How many rows the commonest combination of the columns has."""
        f = self._f
        counted = native.groupBy(*columns).agg(f.count(f.lit(1)).alias("_n"))
        return int(self._server.collect(counted.agg(f.max("_n").alias("most"))).item() or 0)

    def _range(self, frame: Frame, column: str) -> tuple[Any, Any]:
        low, high = nw.col(column).min().alias("low"), nw.col(column).max().alias("high")
        first, last = self.collect(frame.select(low, high)).row(0)
        return first, last


def _frame(native: Any) -> Frame:
    """A frame of Spark's as facts see it."""
    frame: Frame = nw.from_native(native)
    return frame
