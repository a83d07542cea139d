"""Validation's reading on Spark: every pass a job of the server, rows known by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from importlib import import_module
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY
from mlmkpi.engines.spark import SparkEngine
from mlmkpi.engines.spark_reading import Reading
from mlmkpi.sources import Finding

NAME, COUNT = "_name", "_n"


class SparkChecks:
    """A Spark engine's tables, looked through."""

    def __init__(self, engine: SparkEngine) -> None:
        self._engine = engine
        self._f = engine.tables.f
        self._readings: dict[str, Reading] = {}

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables found."""
        return self._engine.tables.names

    def refused(self, table: str) -> bool:
        """Whether a required column is missing or cannot be read."""
        return self._reading(table).refused

    def readable(self, table: str) -> frozenset[str]:
        """The columns that can be read."""
        return self._reading(table).readable

    def files(self, table: str) -> int:
        """The files that the server reads."""
        return self._reading(table).files

    def height(self, table: str) -> int:
        """The rows in them."""
        return self._reading(table).height

    def findings(self, table: str) -> list[Finding]:
        """What reading all columns brings up."""
        return self._reading(table).findings()

    def spellings(self, table: str, columns: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """The engine's count of the codes of all columns."""
        return self._engine.codes(self.scan(table, columns), columns)

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The server's rows."""
        return self.placed(table, columns).select(*columns)

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The server's rows, which have no places."""
        return _frame(self._reading(table).rows(columns))

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """Nowhere."""
        return None, None

    def first(self, frame: Frame, columns: Sequence[str], count: int, *, filtered: bool = False) -> pl.DataFrame:
        """Those with the lowest cells, of the first column before the next."""
        ordered = nw.to_native(frame).select(*columns).orderBy(*(self._f.asc_nulls_last(name) for name in columns))
        return self._engine.collect(_frame(ordered.limit(count)))

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """All rows of a key but one."""
        native = nw.to_native(frame).select(*key)
        window = import_module(native.__class__.__module__.rpartition(".")[0] + ".window").Window
        number = self._f.row_number().over(window.partitionBy(*key).orderBy(key[0]))
        return _frame(native.withColumn(COUNT, number).where(self._f.col(COUNT) > 1).select(*key))

    def totals(self, frames: Sequence[Frame]) -> list[int]:
        """One job for all of them."""
        f, sums = self._f, []
        for number, frame in enumerate(frames):
            summed = nw.to_native(frame).agg(f.sum("len").alias(COUNT))
            sums.append(_frame(summed.select(f.lit(number).alias(NAME), COUNT)))
        return [int(n or 0) for n in self._engine.collect(nw.concat(sums)).sort(NAME)[COUNT]] if sums else []

    def true(self, frame: Frame, flags: Sequence[str]) -> list[int]:
        """Their counts, in one job."""
        counts = nw.to_native(frame).agg(*(self._f.count_if(self._f.col(flag)).alias(flag) for flag in flags))
        return [int(count) for count in self._engine.collect(_frame(counts)).row(0)]

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows here."""
        return self._engine.collect(frame)

    def small(self, frame: pl.DataFrame) -> Frame:
        """The frame, sent to the server."""
        return self._engine.small(frame)

    def kept(self, frame: Frame) -> Frame:
        """The frame, kept by the server once something needs it."""
        return _frame(nw.to_native(frame).localCheckpoint(eager=False))

    def keyed(self, frame: Frame, column: str, name: str = KEY) -> Frame:
        """The ids as text."""
        return frame.with_columns(nw.col(column).cast(nw.String).alias(name))

    def keys(self, texts: pl.Series) -> pl.Series:
        """The ids as they are."""
        return texts

    def absent(self, ids: tuple[str, str], known: Sequence[tuple[str, str]]) -> Frame:
        """Counted before they travel to those that are known."""
        named = self._ids(ids).group_by(KEY).agg(nw.len())
        return named.join(nw.concat([self._ids(each) for each in known]), on=KEY, how="anti")

    def among(self, frame: Frame, column: str, ids: Frame) -> Frame:
        """A join."""
        wanted = nw.to_native(ids.select(nw.col(KEY).alias("_wanted")))
        native = nw.to_native(frame)
        return _frame(native.join(wanted, native[column].cast("string") == wanted["_wanted"], "left_semi"))

    def having(self, frame: Frame, other: Frame, key: Sequence[str], *, others: bool = False) -> Frame:
        """A join in which empty cells are equal."""
        keys = nw.to_native(other).toDF(*(f"_{name}" for name in key))
        native = nw.to_native(frame)
        alike = reduce(lambda one, two: one & two, (native[name].eqNullSafe(keys[f"_{name}"]) for name in key))
        return _frame(native.join(keys, alike, "left_anti" if others else "left_semi"))

    def repeats(self, table: str, key: Sequence[str]) -> bool:
        """By hashes first."""
        return self._engine.has_repeats(self.scan(table, key), key)

    def _reading(self, table: str) -> Reading:
        if table not in self._readings:
            self._readings[table] = Reading(self._engine, table)
        return self._readings[table]

    def _ids(self, column: tuple[str, str]) -> Frame:
        """The ids of a table's column, none of them empty."""
        table, name = column
        return self.scan(table, [name]).select(nw.col(name).alias(KEY)).filter(~nw.col(KEY).is_null())


def _frame(native: Any) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame
