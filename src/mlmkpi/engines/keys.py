"""Ids made fit for looking up when exports are looked through: what they say where they have a shape, else a hash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

import polars as pl

from mlmkpi.engines.digits import of_one_shape
from mlmkpi.engines.ids import MISS, ParsedIds, hash_of
from mlmkpi.engines.shapes import ORDERS, PEOPLE, Shapes, is_id_of
from mlmkpi.sources import Source
from mlmkpi.sources.cells import stripped

SIGN = 2**63


class Keys:
    """Ids as integers, the same for the same text wherever it stands.

    Ids of people and of orders that are parsed become Int64, those among them of another shape negative ones made of
    their hashes; ids of other things, or without a shape, become UInt64 hashes. That one unknown id among ten million
    has the hash of a known one is less likely than one in a hundred thousand.
    """

    def __init__(self, tables: Mapping[str, Source], readable: Callable[[str], Collection[str]]) -> None:
        self._tables = tables
        self._readable = readable

    def reads(self, table: str, column: str) -> bool:
        """Whether the keys of a column are what its ids say, white space round which then does not matter."""
        return self._codec(table, column) is not None

    def of(self, table: str, column: str, texts: pl.Expr) -> pl.Expr:
        """The keys of texts that stand in a table's column; null stays null."""
        codec = self._codec(table, column)
        if codec is None:
            return hash_of(texts.cast(pl.String))
        parsed = _Parsed(codec, self._shapes.narrowed(codec, table, column))
        return texts.map_batches(parsed, return_dtype=pl.Int64, is_elementwise=True)

    def _codec(self, table: str, column: str) -> ParsedIds | None:
        whose = next((whose for whose in (PEOPLE, ORDERS) if is_id_of(table, column, whose)), None)
        return None if whose is None else self._codecs[whose]

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes(self._tables, {table: self._readable(table) for table in self._tables})

    @cached_property
    def _codecs(self) -> dict[tuple[str, ...], ParsedIds | None]:
        return {whose: self._shapes.codec(whose) for whose in (PEOPLE, ORDERS)}


class _Parsed:
    """Cells as keys: nearly always they have the narrow codec's shapes, which often is one."""

    def __init__(self, whole: ParsedIds, narrow: ParsedIds) -> None:
        self._whole, self._narrow = whole, narrow
        self._digits = of_one_shape(narrow, pl.Int64)

    def __call__(self, cells: pl.Series) -> pl.Series:
        texts = cells.cast(pl.String)
        found = self._digits.numbers(texts) if self._digits else None
        return self._encoded(texts.to_frame("id"), pl.col("id")) if found is None else found

    def _encoded(self, rows: pl.DataFrame, text: pl.Expr) -> pl.Series:
        found = rows.select(self._narrow.encode(text).cast(pl.Int64)).to_series()
        if found.min() != MISS:
            return found
        clean = rows.select(stripped(text))
        number, other = self._whole.encode(text).cast(pl.Int64), (hash_of(text) | SIGN).reinterpret(signed=True)
        return clean.select(pl.when(number != MISS).then(number).otherwise(other)).to_series()
