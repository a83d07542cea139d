"""Which day exports are as of: the one rule, for whoever computes from them and for validation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.period import FAR_APART
from mlmkpi.tables import HAPPENED, PLANNED, TABLES

Columns = Mapping[str, AbstractSet[str]]
"""The columns of each table whose days may tell it."""


class Reader(Protocol):
    """What reads the exports: an engine, or validation's."""

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, typed."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows here."""


class By(Enum):
    """What the days are of: orders, anything that has happened, or what may be planned."""

    ORDERS = "orders"
    HAPPENED = "happened"
    PLANNED = "planned"


@dataclass(frozen=True)
class Told:
    """The days that tell it, distinct and in order, of which the last is the as-of date.

    A day more than 31 days after that one is taken for a `slip`, and passed over.
    """

    by: By
    days: Sequence[int]
    slip: int | None = None

    @property
    def as_of(self) -> int:
        """The as-of date, as a day number."""
        return self.days[-1]

    @property
    def of_orders(self) -> Sequence[int]:
        """The days of orders; none where these do not tell it."""
        return self.days if self.by is By.ORDERS else ()


def told(reader: Reader, columns: Columns) -> Told | None:
    """What tells the day: orders; without them what happened, else what is planned. None where nothing is dated.

    An event has happened where somebody came to it.
    """
    for by, days_of in ((By.ORDERS, order_days), (By.HAPPENED, _happened), (By.PLANNED, _planned)):
        days = days_of(reader, columns)
        if len(days) > 1 and days[-1] - days[-2] > FAR_APART:
            return Told(by, days[:-1], days[-1])
        if days:
            return Told(by, days)
    return None


def order_days(reader: Reader, columns: Columns) -> list[int]:
    """The distinct days of the orders, in order."""
    return _distinct(reader, _dated(reader, columns, ["orders"], frozenset({"ordered_on"})))


def _happened(reader: Reader, columns: Columns) -> list[int]:
    return _distinct(reader, [*_dated(reader, columns, TABLES, HAPPENED), *_attended(reader, columns)])


def _planned(reader: Reader, columns: Columns) -> list[int]:
    return _distinct(reader, _dated(reader, columns, TABLES, PLANNED))


def _dated(reader: Reader, columns: Columns, tables: Iterable[str], names: AbstractSet[str]) -> list[Frame]:
    """The `day` of each of the tables' own columns of these names."""
    return [
        reader.scan(table, [name]).select(nw.col(name).alias("day")).unique()
        for table in tables
        for name in sorted(names & columns.get(table, frozenset()) & set(TABLES[table].names))
    ]


def _attended(reader: Reader, columns: Columns) -> list[Frame]:
    """The `day` of events that somebody came to: is marked as having come, where lists have such a mark."""
    lists, events = columns.get("attendance", frozenset()), columns.get("events", frozenset())
    if "event_id" not in lists or not {"event_id", "held_on"} <= events:
        return []
    listed = reader.scan("attendance", sorted({"event_id", "attended"} & lists))
    came = (listed.filter(nw.col("attended")) if "attended" in lists else listed).select("event_id").unique()
    held = reader.scan("events", ["event_id", "held_on"]).join(came, on="event_id")
    return [held.select(nw.col("held_on").alias("day"))]


def _distinct(reader: Reader, frames: Sequence[Frame]) -> list[int]:
    """The distinct days of the frames, in order."""
    if not frames:
        return []
    days: list[int] = reader.collect(nw.concat(frames).drop_nulls().unique())["day"].sort().to_list()
    return days
