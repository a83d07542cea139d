"""Ids as integers on Polars: reversible, and those of people in the order of their text, which settles ties."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import numpy as np
import polars as pl

from mlmkpi.engines.hashes import Hashes

_SHAPE = re.compile(r"([^0-9]*)([0-9]{1,15})")
MISS = -1


class UnparsedIdError(Exception):
    """An id does not have the shape that the others have: the run starts again with a dictionary."""


class Codec(Protocol):
    """Text ids to integers and back."""

    exact: bool
    dtype: type[pl.DataType]

    def encoded(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """The frame with these text columns as integers; null stays null, what does not fit becomes -1."""

    def decode(self, values: pl.Series) -> pl.Series:
        """Integers back to text."""


@dataclass(frozen=True)
class Shape:
    """A constant prefix and a fixed number of digits."""

    prefix: str
    digits: int

    def fits(self, column: pl.Expr) -> pl.Expr:
        """Whether a text has the shape's length and prefix, and then a digit; the other digits are not looked at."""
        fits = column.str.len_bytes() == len(self.prefix.encode()) + self.digits
        return fits & (column >= self.prefix + "0") & (column < self.prefix + chr(ord("9") + 1))


class ParsedIds:
    """Ids of a few shapes: each shape's numbers follow the ones before it in text order.

    >>> codec = ParsedIds([Shape("D", 2), Shape("C", 2)])
    >>> pl.select(codec.encode(pl.lit("D07"))).item(), codec.decode(pl.Series([107])).item()
    (107, 'D07')
    """

    exact = False

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self.shapes = sorted(set(shapes), key=lambda shape: shape.prefix + "0")
        self.active = frozenset(self.shapes)
        if len({shape.prefix for shape in self.shapes}) < len(self.shapes):
            raise UnparsedIdError
        self.offsets = [0]
        for shape in self.shapes:
            self.offsets.append(self.offsets[-1] + 10**shape.digits)
        if self.offsets[-1] > 2**60:
            raise UnparsedIdError
        self.dtype: type[pl.DataType] = pl.Int32 if self.offsets[-1] < 2**31 else pl.Int64

    def only(self, shapes: Iterable[Shape]) -> ParsedIds:
        """The same integers, for a column whose ids have these shapes alone."""
        narrowed = ParsedIds(self.shapes)
        narrowed.active = frozenset(shapes)
        return narrowed

    def encode(self, column: pl.Expr) -> pl.Expr:
        """Integers in text order, -1 for an id of none of the active shapes; empty is null."""
        coded: Any = pl
        for shape, offset in zip(self.shapes, self.offsets, strict=False):
            if shape in self.active:
                number = column.str.slice(len(shape.prefix)).cast(self.dtype, strict=False)
                coded = coded.when(shape.fits(column)).then(number + pl.lit(offset, dtype=self.dtype))
        known = coded.otherwise(pl.lit(MISS, dtype=self.dtype)).fill_null(MISS)
        return pl.when(column.str.len_bytes() > 0).then(known)

    def encoded(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """The frame with these columns as integers."""
        return frame.with_columns(self.encode(pl.col(name)).alias(name) for name in names)

    def decode(self, values: pl.Series) -> pl.Series:
        """The text of each integer."""
        column = pl.col(values.name)
        text: Any = pl.when(column.is_null()).then(pl.lit(None, dtype=pl.String))
        for shape, low, high in zip(self.shapes, self.offsets, self.offsets[1:], strict=False):
            digits = (column - low).cast(pl.String).str.zfill(shape.digits)
            text = text.when(column < high).then(pl.concat_str(pl.lit(shape.prefix), digits))
        return values.to_frame().select(text.alias(values.name)).to_series()


class DictionaryIds:
    """Ids of any shape: their rank in the sorted list of all of them, looked up by their hashes."""

    exact = True

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self.dtype: type[pl.DataType] = pl.Int32
        hashes = ((seed, Hashes(texts.hash(seed))) for seed in count())
        self._seed, self._hashes = next((seed, found) for seed, found in hashes if not len(found.repeated))
        self._ranks = np.full(len(texts) + 1, MISS, dtype=np.int32)
        self._ranks[self._hashes.places(texts.hash(self._seed))] = np.arange(len(texts), dtype=np.int32)

    def encoded(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Ranks in text order; every id of the columns must be one of the list, others come out as -1 or as any."""
        return frame.with_columns(
            hashed(name, self._seed).map_batches(self._ranked, return_dtype=self.dtype, is_elementwise=True)
            for name in names
        )

    def _ranked(self, hashes: pl.Series) -> pl.Series:
        ranks = pl.Series(self._ranks.take(self._hashes.places(hashes)))
        return ranks.set(hashes.is_null(), None) if hashes.has_nulls() else ranks

    def decode(self, values: pl.Series) -> pl.Series:
        """The text of each rank."""
        return self.texts.gather(values).alias(values.name)


class HashedIds:
    """Ids of any shape as hashes of 64 bits, in no order; whoever uses them makes sure that no two have the same.

    `texts` are the ids as a column `id`.
    """

    exact = True
    dtype: type[pl.DataType] = pl.Int64

    def __init__(self, texts: pl.LazyFrame) -> None:
        self.texts = texts

    def encoded(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """The hashes."""
        return frame.with_columns(hashed(name).reinterpret(signed=True) for name in names)

    def decode(self, values: pl.Series) -> pl.Series:
        """The ids with these hashes, looked for among the texts."""
        wanted = values.alias("_hash").to_frame().lazy()
        known = self.texts.select("id", hashed("id").reinterpret(signed=True).alias("_hash"))
        found = known.join(wanted, on="_hash", how="semi").unique().collect(engine="streaming").lazy()
        return wanted.join(found, on="_hash", how="left", maintain_order="left").collect()["id"].alias(values.name)


def hash_of(texts: pl.Expr, seed: int = 0) -> pl.Expr:
    """Texts as hashes of 64 bits, null for null."""
    return pl.when(texts.is_not_null()).then(texts.hash(seed))


def hashed(name: str, seed: int = 0) -> pl.Expr:
    """A text column as such hashes."""
    return hash_of(pl.col(name), seed).alias(name)


def shapes_of(samples: Iterable[str]) -> frozenset[Shape] | None:
    """The shapes that the samples have, None where one of them has none."""
    found = [_SHAPE.fullmatch(text) for text in set(samples)]
    parts = {(each[1], len(each[2])) for each in found if each}
    return frozenset(Shape(*of) for of in parts) if all(found) else None


def parsed(shapes: Collection[Shape] | None) -> ParsedIds | None:
    """The codec for ids of these shapes, None where there are none or they cannot stand together."""
    try:
        return ParsedIds(shapes) if shapes else None
    except UnparsedIdError:
        return None


def dictionary(scans: Iterable[pl.LazyFrame]) -> DictionaryIds:
    """The codec for all ids that the scans have as `id`; the small ones are looked through first."""
    known = pl.Series("id", [], dtype=pl.String)
    for scan in sorted(scans, key=_height):
        known = pl.concat([known, _unknown(scan, known)])
    return DictionaryIds((known if known.hash().n_unique() == len(known) else known.unique()).sort())


def _unknown(scan: pl.LazyFrame, known: pl.Series) -> pl.Series:
    """The distinct ids of a scan that are not among the known ones: told apart by their hashes, then by themselves."""
    there = known.alias("_known").to_frame().lazy().with_columns(hashed("_known").alias("_hash"))
    rows = scan.drop_nulls().with_columns(hashed("id").alias("_hash")).join(there, on="_hash", how="left")
    new = rows.filter((pl.col("_known") != pl.col("id")).fill_null(True)).select("id").unique()
    return new.collect(engine="streaming").to_series()


def _height(scan: pl.LazyFrame) -> int:
    return int(scan.select(pl.len()).collect(engine="streaming").item())
