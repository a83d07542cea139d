"""Ids made fit for looking up when exports are looked through: what they say where they have a shape, else a hash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property, partial

import polars as pl

from mlmkpi.engines.ids import MISS, ParsedIds, hash_of
from mlmkpi.engines.shapes import ORDERS, PEOPLE, Shapes, is_id_of
from mlmkpi.sources import Source

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

    def of(self, table: str, column: str, texts: pl.Expr) -> pl.Expr:
        """The keys of texts that stand in a table's column; null stays null."""
        codec = self._codec(table, column)
        if codec is None:
            return hash_of(texts.cast(pl.String))
        parsed = partial(self._parsed, codec, self._shapes.narrowed(codec, table, column))
        return texts.map_batches(parsed, return_dtype=pl.Int64, is_elementwise=True)

    def made(self, table: str, column: str, texts: pl.Series) -> pl.Series:
        """The same of some texts."""
        return texts.to_frame().select(self.of(table, column, pl.col(texts.name))).to_series()

    def _codec(self, table: str, column: str) -> ParsedIds | None:
        whose = next((whose for whose in (PEOPLE, ORDERS) if is_id_of(table, column, whose)), None)
        return None if whose is None else self._codecs[whose]

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes(self._tables, {table: self._readable(table) for table in self._tables})

    @cached_property
    def _codecs(self) -> dict[tuple[str, ...], ParsedIds | None]:
        return {whose: self._shapes.codec(whose) for whose in (PEOPLE, ORDERS)}

    @staticmethod
    def _parsed(whole: ParsedIds, narrow: ParsedIds, cells: pl.Series) -> pl.Series:
        """Cells that nearly always have the narrow codec's shapes."""
        rows, text = cells.cast(pl.String).to_frame("id"), pl.col("id")
        found = rows.select(narrow.encode(text).cast(pl.Int64)).to_series()
        if found.min() != MISS:
            return found
        number, other = whole.encode(text).cast(pl.Int64), (hash_of(text) | SIGN).reinterpret(signed=True)
        return rows.select(pl.when(number != MISS).then(number).otherwise(other)).to_series()
