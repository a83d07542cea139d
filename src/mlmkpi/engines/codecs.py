"""How ids of people and of orders become integers on Polars, column by column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mlmkpi.engines.digits import of_one_shape
from mlmkpi.engines.ids import MISS, Codec, HashedIds, ParsedIds, UnparsedIdError, dictionary, hashed
from mlmkpi.engines.shapes import ORDERS, PEOPLE, Shapes, is_id_of
from mlmkpi.sources import Exports
from mlmkpi.tables import TABLES, Kind


class Codecs:
    """The codecs of people's and of orders' ids; `exact` has a dictionary of people's instead of parsing them."""

    def __init__(self, exports: Exports, *, exact: bool) -> None:
        self._tables = exports.tables
        self._checked: set[tuple[str, str]] = set()
        self._shapes = Shapes(self._tables, {table: source.columns for table, source in self._tables.items()})
        parsed = None if exact else self._shapes.codec(PEOPLE)
        self.people: Codec = parsed or dictionary([self._ids(*column) for column in self._shapes.columns(PEOPLE)])
        self.orders: Codec | None = None if exact else self._shapes.codec(ORDERS) or self._hashed_orders()

    def of(self, table: str, column: str) -> Codec | None:
        """How a column's ids become integers; None where they stay text."""
        codec: Codec | None = self.people if is_id_of(table, column, PEOPLE) else None
        codec = self.orders if is_id_of(table, column, ORDERS) else codec
        return self._shapes.narrowed(codec, table, column) if isinstance(codec, ParsedIds) else codec

    def parsing(self, table: str, columns: Sequence[str]) -> list[str]:
        """The columns whose ids are parsed, white space and all."""
        return [name for name in columns if isinstance(self.of(table, name), ParsedIds)]

    def encoded(self, table: str, frame: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
        """The table's rows with the ids of people and orders among the columns as integers, all others as text.

        UnparsedIdError where one has another shape is raised by whatever computes the frame.
        """
        codecs = {name: codec for name in columns if (codec := self.of(table, name)) is not None}
        parsing = {name: codec for name, codec in codecs.items() if isinstance(codec, ParsedIds)}
        ids = {each.name for each in TABLES[table].columns if each.kind is Kind.ID}.intersection(columns)
        frame = frame.with_columns(pl.col(name).cast(pl.String) for name in sorted(ids))
        self._check_hashed(table, frame, [name for name, codec in codecs.items() if isinstance(codec, HashedIds)])
        frame = frame.with_columns(_looked_through(codec, name) for name, codec in parsing.items())
        for codec in {self.people, self.orders}:
            names = [name for name, known in codecs.items() if known is codec and known.exact]
            frame = codec.encoded(frame, names) if codec and names else frame
        return frame

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

    def _ids(self, table: str, column: str) -> pl.LazyFrame:
        return self._tables[table].scan([column]).select(pl.col(column).cast(pl.String).alias("id"))

    def _hashed_orders(self) -> Codec | None:
        """Hashes of the orders' ids, where these are texts of no shape."""
        is_text = "orders" in self._tables and "order_id" in self._tables["orders"].columns
        return HashedIds(self._ids("orders", "order_id")) if is_text else None


def _looked_through(codec: ParsedIds, name: str) -> pl.Expr:
    """A column's ids as integers, none of which is MISS."""
    digits = of_one_shape(codec, codec.dtype)

    def numbers(texts: pl.Series) -> pl.Series:
        found = digits.numbers(texts) if digits else None
        return _encoded(codec, texts) if found is None else found

    return pl.col(name).map_batches(numbers, return_dtype=codec.dtype, is_elementwise=True)


def _encoded(codec: ParsedIds, texts: pl.Series) -> pl.Series:
    """Ids as integers; UnparsedIdError where one is MISS."""
    ids = texts.to_frame().select(codec.encode(pl.col(texts.name))).to_series()
    if ids.min() == MISS:
        raise UnparsedIdError
    return ids
