"""What a referred-to table says of an id: that it is there, and of a person when they enrolled, left and came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from mlmkpi.engines.ids import MISS, ParsedIds, parsed
from mlmkpi.sources import Exports, Source
from mlmkpi.tables import TABLES

_ID = "_id"
_KEY = "_key"
_PEOPLE = ("distributors", "enrollments")
_DAYS = ("enrolled", "terminated", "back")


@dataclass(frozen=True)
class _Known:
    """Ids, unique, as integers where a codec makes them so; beside them `known` and, of people, days."""

    frame: pl.DataFrame
    codec: ParsedIds | None

    def attach(self, frame: pl.LazyFrame, column: str, asked: Iterable[str]) -> pl.LazyFrame:
        """The frame with what is asked of the ids in a column, as `column.known` and so on."""
        integer = frame.collect_schema()[column].is_integer()
        known, key = self.frame.lazy(), pl.col(column)
        if self.codec is not None:
            key = self.codec.encode(key.cast(pl.String))
        elif self.frame.schema[_ID].is_integer() and not integer:
            known = known.with_columns(pl.col(_ID).cast(pl.String))
        elif integer and not self.frame.schema[_ID].is_integer():
            key = key.cast(pl.String)
        named = known.select(_ID, *(pl.col(name).alias(f"{column}.{name}") for name in asked))
        return frame.with_columns(key.alias(_KEY)).join(named, left_on=_KEY, right_on=_ID, how="left").drop(_KEY)


class Lookups:
    """Looks ids up; what is not asked for is not read."""

    def __init__(self, exports: Exports, readable: dict[str, frozenset[str]]) -> None:
        self._exports = exports
        self._readable = readable
        self._made: dict[tuple[str, ...], _Known] = {}

    def has(self, table: str, column: str) -> bool:
        """Whether the table that a column refers to is there."""
        return bool(self._holders(table, self._target(table, column)))

    def attach(self, frame: pl.LazyFrame, table: str, column: str, asked: Iterable[str]) -> pl.LazyFrame:
        """A frame of the table with what is asked of the ids in a column: `known`, and of people the days."""
        target = self._target(table, column)
        holders = self._holders(table, target)
        single = [table, column] if target == "orders" else []
        return self._known((target, *holders, *single)).attach(frame, column, asked)

    def _known(self, what: tuple[str, ...]) -> _Known:
        if what not in self._made:
            self._made[what] = self._make(what)
        return self._made[what]

    def _make(self, what: tuple[str, ...]) -> _Known:
        target, *rest = what
        if target == "distributors":
            return _encoded(self._people(tuple(rest)))
        if target == "orders":
            return _encoded(self._named_orders(rest[-2], rest[-1]))
        name = TABLES[target].key[0]
        ids = [self._ids(holder, "distributor_id" if holder in _PEOPLE else name) for holder in rest]
        return _encoded(_below(ids).unique().with_columns(known=pl.lit(True)).collect(engine="streaming"))

    def _target(self, table: str, column: str) -> str:
        return str(TABLES[table].column(column).references).partition(".")[0]

    def _holders(self, table: str, target: str) -> tuple[str, ...]:
        """The tables, other than the one that refers, that the ids may stand in: a distributor may be a customer."""
        if target == "customers":
            names = (target, *_PEOPLE) if target in self._readable else ()
        else:
            names = _PEOPLE if target == "distributors" else (target,)
        own = table if table == "enrollments" else None
        return tuple(name for name in names if name in self._readable and name != own)

    def _ids(self, table: str, column: str) -> pl.LazyFrame:
        ids = self._exports.tables[table].scan([column]).select(pl.col(column).alias(_ID))
        return ids.filter(pl.col(_ID).is_not_null())

    def _named_orders(self, table: str, column: str) -> pl.DataFrame:
        """The orders that another table, or an order, names: far fewer than all."""
        named, orders = self._ids(table, column).unique(), self._ids("orders", "order_id")
        named, orders = _alike([named, orders])
        known = orders.join(named, on=_ID, how="semi").unique()
        return known.with_columns(known=pl.lit(True)).collect(engine="streaming")

    def _people(self, holders: tuple[str, ...]) -> pl.DataFrame:
        """Everybody's first enrolment, termination (none before it) and first return to the books after it."""
        days = _below([_enrolments(self._exports.tables[holder]) for holder in holders])
        first = days.group_by(_ID).agg(pl.col("day").min().alias("enrolled"))
        left = pl.LazyFrame(schema={_ID: pl.String, "terminated": pl.Int32})
        if "terminated_on" in self._readable.get("distributors", ()):
            rows = self._exports.tables["distributors"].scan(["distributor_id", "terminated_on"])
            left = rows.select(pl.col("distributor_id").alias(_ID), pl.col("terminated_on").alias("terminated"))
            left = left.drop_nulls().group_by(_ID).agg(pl.col("terminated").max())
        first, left, days = _alike([first, left, days])
        people = first.join(left, on=_ID, how="left")
        valid = pl.col("terminated") >= pl.col("enrolled")
        people = people.with_columns(pl.when(valid).then("terminated").alias("terminated"))
        gone = people.filter(pl.col("terminated").is_not_null())
        again = (pl.col("day") > pl.col("enrolled")) & (pl.col("day") >= pl.col("terminated"))
        back = days.join(gone, on=_ID).filter(again).group_by(_ID).agg(pl.col("day").min().alias("back"))
        known = people.join(back, on=_ID, how="left").with_columns(known=pl.lit(True))
        return known.select(_ID, "known", *_DAYS).collect(engine="streaming")


def _enrolments(source: Source) -> pl.LazyFrame:
    rows = source.scan(["distributor_id", "enrolled_on"])
    rows = rows.select(pl.col("distributor_id").alias(_ID), pl.col("enrolled_on").alias("day"))
    return rows.filter(pl.col(_ID).is_not_null())


def _alike(frames: list[pl.LazyFrame]) -> list[pl.LazyFrame]:
    """The frames, their ids as text where those of one are."""
    if len({frame.collect_schema()[_ID] for frame in frames}) == 1:
        return frames
    return [frame.with_columns(pl.col(_ID).cast(pl.String)) for frame in frames]


def _below(frames: list[pl.LazyFrame]) -> pl.LazyFrame:
    return pl.concat(_alike(frames))


def _encoded(frame: pl.DataFrame) -> _Known:
    """Ids of one or two shapes as integers, which join faster; others stay what they are."""
    ids = frame[_ID]
    if ids.dtype != pl.String or not len(ids):
        return _Known(frame, None)
    codec = parsed([str(ids[0]), str(ids[-1]), str(ids.min()), str(ids.max())])
    if codec is None:
        return _Known(frame, None)
    encoded = frame.with_columns(codec.encode(pl.col(_ID)).alias(_ID))
    return _Known(frame, None) if (encoded[_ID] == MISS).any() else _Known(encoded, codec)
