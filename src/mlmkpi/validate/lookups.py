"""What a referred-to table says of an id: that it is there, and of a person when they enrolled, left and came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.sources import Exports
from mlmkpi.tables import TABLES
from mlmkpi.validate.rule import DAYS

_ID = "_id"
_KEY = "_key"
_PEOPLE = ("distributors", "enrollments")


def hashed(ids: pl.Expr) -> pl.Expr:
    """Ids as 64-bit hashes of their text, which join and sort in half the time; null stays null.

    That one unknown id among ten million has the hash of a known one is less likely than one in a hundred thousand.
    """
    return pl.when(ids.is_not_null()).then(ids.cast(pl.String).hash())


class Lookups:
    """Looks ids up; what is not asked for is not read."""

    def __init__(self, exports: Exports, readable: Mapping[str, frozenset[str]]) -> None:
        self._exports = exports
        self.readable = readable
        self._made: dict[tuple[str, ...], pl.DataFrame] = {}
        self._sorted: dict[str, NDArray[np.uint64]] = {}

    def has(self, table: str, column: str) -> bool:
        """Whether the table that a column refers to is there."""
        return bool(self._holders(table, _target(table, column)))

    def unknown(self, table: str, column: str) -> pl.DataFrame:
        """The hashed ids in a column (`id`) that the table it refers to does not have, and how often each (`len`)."""
        target = _target(table, column)
        holders = self._holders(table, target)
        make = self._strange_orders if target == "orders" else partial(self._strange, target, holders)
        return self._made_once(("unknown", table, column), lambda: make(table, column)).collect().rename({_ID: "id"})

    def attach(self, frame: pl.LazyFrame, table: str, column: str) -> pl.LazyFrame:
        """A frame of the table with `enrolled`, `terminated` and `back` of the person in a column."""
        holders = self._holders(table, "distributors")
        people = self._made_once(("people", *holders), lambda: self._people(holders))
        keyed = frame.with_columns(hashed(pl.col(column)).alias(_KEY))
        return keyed.join(people, left_on=_KEY, right_on=_ID, how="left").drop(_KEY)

    def _made_once(self, what: tuple[str, ...], make: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
        if what not in self._made:
            self._made[what] = make().collect(engine="streaming")
        return self._made[what].lazy()

    def _strange(self, target: str, holders: tuple[str, ...], table: str, column: str) -> pl.LazyFrame:
        known = self._made_once(("known", target, *holders), lambda: self._listed(target, holders))
        return self._ids(table, column).join(known, on=_ID, how="anti").group_by(_ID).len()

    def _listed(self, target: str, holders: tuple[str, ...]) -> pl.LazyFrame:
        name = TABLES[target].key[0]
        return pl.concat([self._ids(holder, "distributor_id" if holder in _PEOPLE else name) for holder in holders])

    def _holders(self, table: str, target: str) -> tuple[str, ...]:
        """The tables that the ids may stand in: a distributor may be a customer; enrolments do not know themselves."""
        names = {"distributors": _PEOPLE, "customers": ("customers", *_PEOPLE)}.get(target, (target,))
        if target == "customers" and target not in self.readable:
            return ()
        own = table if table == "enrollments" else None
        return tuple(name for name in names if name in self.readable and name != own)

    def _ids(self, table: str, column: str) -> pl.LazyFrame:
        ids = self._exports.tables[table].scan([column]).select(hashed(pl.col(column)).alias(_ID))
        return ids.filter(pl.col(_ID).is_not_null())

    def sorted_ids(self, table: str) -> NDArray[np.uint64]:
        """The hashed ids of a table that has one column for a key, in order, repeated ones too."""
        if table not in self._sorted:
            found = self._ids(table, TABLES[table].key[0]).collect(engine="streaming")
            ids = found[_ID].to_numpy(writable=True)
            ids.sort()
            self._sorted[table] = ids
        return self._sorted[table]

    def _strange_orders(self, table: str, column: str) -> pl.LazyFrame:
        named = self._ids(table, column).group_by(_ID).len().collect(engine="streaming")
        orders = self.sorted_ids("orders")
        wanted = named[_ID].to_numpy()
        at = np.searchsorted(orders, wanted).clip(max=len(orders) - 1) if len(orders) else wanted
        known = orders[at] == wanted if len(orders) else np.zeros(len(wanted), dtype=np.bool_)
        return named.filter(~pl.Series(known)).lazy()

    def _people(self, holders: tuple[str, ...]) -> pl.LazyFrame:
        """Everybody's first enrolment, termination (none before it) and first return to the books after it."""
        days = pl.concat([self._days(holder, "enrolled_on") for holder in holders])
        people = days.group_by(_ID).agg(pl.col("day").min().alias("enrolled"))
        if "terminated_on" not in self.readable.get("distributors", ()) or "distributors" not in holders:
            return people.with_columns(terminated=pl.lit(None, dtype=pl.Int32), back=pl.lit(None, dtype=pl.Int32))
        left = self._days("distributors", "terminated_on").group_by(_ID).agg(pl.col("day").max().alias("terminated"))
        people = people.join(left, on=_ID, how="left")
        valid = pl.col("terminated") >= pl.col("enrolled")
        people = people.with_columns(pl.when(valid).then("terminated").alias("terminated"))
        gone = people.filter(pl.col("terminated").is_not_null())
        again = (pl.col("day") > pl.col("enrolled")) & (pl.col("day") >= pl.col("terminated"))
        back = days.join(gone, on=_ID).filter(again).group_by(_ID).agg(pl.col("day").min().alias("back"))
        return people.join(back, on=_ID, how="left").select(_ID, *DAYS)

    def _days(self, table: str, column: str) -> pl.LazyFrame:
        rows = self._exports.tables[table].scan(["distributor_id", column])
        days = rows.select(hashed(pl.col("distributor_id")).alias(_ID), pl.col(column).alias("day"))
        return days.filter(pl.col(_ID).is_not_null() & (pl.col("day").is_not_null() | (column == "enrolled_on")))


def _target(table: str, column: str) -> str:
    return str(TABLES[table].column(column).references).partition(".")[0]
