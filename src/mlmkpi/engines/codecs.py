"""Which columns of the exports hold ids of people or orders, and how each becomes integers on Polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mlmkpi.engines.ids import (
    MISS,
    Codec,
    HashedIds,
    ParsedIds,
    Shape,
    UnparsedIdError,
    dictionary,
    hashed,
    parsed,
    shapes_of,
)
from mlmkpi.sources import Exports
from mlmkpi.tables import TABLES

PEOPLE = ("distributors.distributor_id", "customers.customer_id")
ORDERS = ("orders.order_id",)
SAMPLE = 1000
LARGE = ("orders", "order_lines", "activities")
"""Tables whose parsed ids are looked through where they are collected, which saves reading them twice."""


def is_id_of(table: str, column: str, whose: Sequence[str]) -> bool:
    """Whether a column holds ids of one of these, each a key as `table.column`."""
    if table not in TABLES or column not in TABLES[table].names:
        return False
    return f"{table}.{column}" in whose or TABLES[table].column(column).references in whose


class Codecs:
    """The codecs of people's and of orders' ids; `exact` has a dictionary of people's instead of parsing them."""

    def __init__(self, exports: Exports, *, exact: bool) -> None:
        self._tables = exports.tables
        self._exact = exact
        self._shapes = {} if exact else self._sampled()
        self._checked: set[tuple[str, str]] = set()
        self.people: Codec = self._people_codec()
        self.orders: Codec | None = parsed(self._shapes_of(ORDERS)) or self._hashed_orders()

    def of(self, table: str, column: str) -> Codec | None:
        """How a column's ids become integers; None where they stay text."""
        codec: Codec | None = self.people if is_id_of(table, column, PEOPLE) else None
        codec = self.orders if is_id_of(table, column, ORDERS) else codec
        shapes = self._shapes.get((table, column))
        return codec.only(shapes) if shapes and isinstance(codec, ParsedIds) else codec

    def parsing(self, table: str, columns: Sequence[str]) -> list[str]:
        """The columns whose ids are parsed, white space and all."""
        return [name for name in columns if isinstance(self.of(table, name), ParsedIds)]

    def encoded(self, table: str, frame: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
        """The table's rows with the ids among the columns as integers.

        Raises UnparsedIdError where one has another shape; of the LARGE tables that shows where they are collected.
        """
        codecs = {name: codec for name in columns if (codec := self.of(table, name)) is not None}
        parsing = {name: codec for name, codec in codecs.items() if isinstance(codec, ParsedIds)}
        frame = frame.with_columns(pl.col(name).cast(pl.String) for name in codecs)
        if table not in LARGE:
            self._check_parsed(table, frame, parsing)
        self._check_hashed(table, frame, [name for name, codec in codecs.items() if isinstance(codec, HashedIds)])
        frame = frame.with_columns(codec.encode(pl.col(name)).alias(name) for name, codec in parsing.items())
        for codec in {self.people, self.orders}:
            names = [name for name, known in codecs.items() if known is codec and known.exact]
            frame = codec.encoded(frame, names) if codec and names else frame
        return frame

    def _check_parsed(self, table: str, frame: pl.LazyFrame, codecs: Mapping[str, ParsedIds]) -> None:
        new = {name: codec for name, codec in codecs.items() if (table, name) not in self._checked}
        if new:
            lowest = frame.select(codec.encode(pl.col(name)).min() for name, codec in new.items())
            if MISS in lowest.collect(engine="streaming").row(0):
                raise UnparsedIdError
            self._checked.update((table, name) for name in new)

    def _check_hashed(self, table: str, frame: pl.LazyFrame, names: Sequence[str]) -> None:
        """Raise UnparsedIdError where a reference has the hash of an order with another id."""
        names = [name for name in names if (table, name) not in {("orders", "order_id"), *self._checked}]
        if not names or "orders" not in self._tables:
            return
        orders = self._ids("orders", "order_id").select("id", hashed("id").alias("_hash"))
        for name in names:
            named = frame.select(pl.col(name).alias("id"), hashed(name).alias("_hash")).drop_nulls().unique()
            both = orders.join(named, on="_hash", how="inner").filter(pl.col("id") != pl.col("id_right"))
            if both.select(pl.len()).collect(engine="streaming").item():
                raise UnparsedIdError
            self._checked.add((table, name))

    def _id_columns(self, whose: Sequence[str]) -> list[tuple[str, str]]:
        return [
            (table, column) for table, source in self._tables.items() for column in sorted(source.columns)
            if is_id_of(table, column, whose)
        ]

    def _ids(self, table: str, column: str) -> pl.LazyFrame:
        return self._tables[table].scan([column]).select(pl.col(column).cast(pl.String).alias("id"))

    def _sampled(self) -> dict[tuple[str, str], frozenset[Shape] | None]:
        """The shapes of each id column's first ids, None where one has none."""
        columns = self._id_columns((*PEOPLE, *ORDERS))
        found: dict[tuple[str, str], frozenset[Shape] | None] = dict.fromkeys(columns, frozenset())
        for table in dict.fromkeys(table for table, _ in columns):
            head = self._tables[table].head((name for of, name in columns if of == table), SAMPLE)
            found |= {(table, ids.name): shapes_of(ids.drop_nulls().to_list()) for ids in head}
        return found

    def _shapes_of(self, whose: Sequence[str]) -> frozenset[Shape] | None:
        """The shapes of all columns of these ids; None where they cannot be parsed."""
        found = [self._shapes.get(column) for column in self._id_columns(whose)]
        if None in found:
            return None
        return frozenset(shape for shapes in found if shapes for shape in shapes)

    def _people_codec(self) -> Codec:
        codec = parsed(self._shapes_of(PEOPLE))
        if codec is not None:
            return codec
        return dictionary([self._ids(*column) for column in self._id_columns(PEOPLE)])

    def _hashed_orders(self) -> Codec | None:
        """Hashes of the orders' ids, where these are texts of no shape."""
        is_text = "orders" in self._tables and "order_id" in self._tables["orders"].columns
        return None if self._exact or not is_text else HashedIds(self._ids("orders", "order_id"))
