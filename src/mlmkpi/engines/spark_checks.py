"""Validation's reading on Spark: every pass a job of the server, rows known by their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY
from mlmkpi.engines.spark import SparkEngine
from mlmkpi.engines.spark_reading import Reading
from mlmkpi.sources import Finding

COUNT = "_n"
CONSTRAINTS = "spark.sql.constraintPropagation.enabled"
"""Whether Spark derives what holds of a kept frame's columns, which takes it a minute where many stand on others."""


class SparkSifted:
    """A frame of the server's, with flags."""

    def __init__(self, engine: SparkEngine, frame: Any, counts: Mapping[str, int]) -> None:
        self._engine = engine
        self._frame = frame
        self._counts = counts

    def count(self, flag: str) -> int:
        """From the one job that counted all flags."""
        return self._counts[flag]

    def first(self, flag: str, columns: Sequence[str], count: int) -> pl.DataFrame:
        """Those with the lowest cells."""
        return lowest(self._engine, self._frame.where(self._engine.tables.f.col(flag)), columns, count)


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
        return self.marked(table, columns, ()).select(*columns)

    def with_keys(self, table: str, columns: Sequence[str]) -> Frame:
        """The server's rows, whose ids are joined as they are."""
        return self.scan(table, columns)

    def marked(self, table: str, columns: Sequence[str], beside: Sequence[str]) -> Frame:
        """The server's rows, all columns in them."""
        return _frame(self._reading(table).rows(columns, beside))

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The server's rows, which have no places."""
        return self.scan(table, columns)

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """Nowhere."""
        return None, None

    def first(self, frame: Frame, columns: Sequence[str], count: int) -> pl.DataFrame:
        """Those with the lowest cells."""
        return lowest(self._engine, nw.to_native(frame), columns, count)

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """All rows of a key but one."""
        native = nw.to_native(frame).select(*key)
        window = import_module(native.__class__.__module__.rpartition(".")[0] + ".window").Window
        number = self._f.row_number().over(window.partitionBy(*key).orderBy(key[0]))
        return _frame(native.withColumn(COUNT, number).where(self._f.col(COUNT) > 1).select(*key))

    def sift(self, table: str, frame: Frame, flags: Sequence[str]) -> SparkSifted:
        """Their counts, in one job; rows with a flag are kept where those of several will be asked for."""
        native = nw.to_native(frame)
        counted = native.agg(*(self._f.count_if(self._f.col(flag)).alias(flag) for flag in flags))
        counts = self._engine.collect(_frame(counted)).row(0, named=True)
        raised = [flag for flag in flags if counts[flag]]
        if len(raised) > 1:
            native = native.where(reduce(or_, (self._f.col(flag) for flag in raised)))
            native = nw.to_native(self.kept(_frame(native)))
        return SparkSifted(self._engine, native, counts)

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows here."""
        return self._engine.collect(frame)

    def small(self, frame: pl.DataFrame) -> Frame:
        """The frame, sent to the server."""
        return self._engine.small(frame)

    def kept(self, frame: Frame) -> Frame:
        """The frame, kept by the server once something needs it."""
        conf, native = self._engine.tables.session.conf, nw.to_native(frame)
        before = conf.get(CONSTRAINTS)
        conf.set(CONSTRAINTS, "false")
        try:
            return _frame(native.localCheckpoint(eager=False))
        finally:
            conf.set(CONSTRAINTS, before)

    def keyed(self, frame: Frame, column: str) -> Frame:
        """The ids as text."""
        return frame.with_columns(nw.col(column).cast(nw.String).alias(KEY))

    def same(self, column: str, other: str) -> nw.Expr:
        """Their texts are."""
        return nw.col(column).cast(nw.String) == nw.col(other).cast(nw.String)

    def look_up(self, frame: Frame, directory: Frame) -> Frame:
        """A join."""
        return frame.join(directory, on=KEY, how="left")

    def strange(self, frame: Frame, ids: tuple[str, str], known: Sequence[tuple[str, str]], flag: str) -> Frame:
        """Gathered before they travel to those that are known; the few that are left are joined."""
        named = self._ids(ids).unique()
        absent = named.join(nw.concat([self._ids(each) for each in known]), on=KEY, how="anti")
        return self.look_up(self.keyed(frame, ids[1]), absent.with_columns(nw.lit(True).alias(flag))).drop(KEY)

    def parents(self, table: str, column: str) -> tuple[pl.Series, NDArray[np.int64]]:
        """The server finds the highest; here they are joined."""
        rows = self.keyed(self.scan(table, ["distributor_id", column]), "distributor_id")
        named = rows.select(nw.col(KEY), nw.col(column).cast(nw.String).alias("above")).drop_nulls([KEY, "above"])
        people = self.collect(named.group_by(KEY).agg(nw.col("above").max()))
        places = people.select(pl.col(KEY).alias("above")).with_row_index("parent")
        joined = people.join(places, on="above", how="left", maintain_order="left")
        return people[KEY], joined["parent"].cast(pl.Int64).fill_null(-1).to_numpy()

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


def lowest(engine: SparkEngine, rows: Any, columns: Sequence[str], count: int) -> pl.DataFrame:
    """The rows with the lowest cells, of the first column before the next."""
    order = (engine.tables.f.asc_nulls_last(name) for name in columns)
    return engine.collect(_frame(rows.select(*columns).orderBy(*order).limit(count)))


def _frame(native: Any) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame
