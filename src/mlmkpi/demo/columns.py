"""Arrays as export columns: ids of a fixed width, dates, words, and money with two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from mlmkpi.demo.chance import Array

Frames = Iterator[pl.DataFrame]

_PIECE = 250_000


@dataclass(frozen=True)
class Ids:
    """A prefix and as many digits as the count needs; number 0 is the first id, -1 is none.

    >>> Ids("D", 25).column(np.array([0, 24, -1])).to_list()
    ['D0000001', 'D0000025', None]
    """

    prefix: str
    count: int
    digits: int = 7

    def column(self, numbers: Array) -> pl.Series:
        """The ids of those numbers."""
        digits = max(self.digits, len(str(self.count)))
        number = pl.col("number").cast(pl.Int64)
        text = pl.concat_str(pl.lit(self.prefix), (number + (10**digits + 1)).cast(pl.String).str.slice(1))
        frame = pl.DataFrame({"number": numbers})
        return frame.select(pl.when(number >= 0).then(text).alias("id")).to_series()


def dates(days: Array) -> pl.Series:
    """Days as dates; 0 is none."""
    column = pl.Series("day", days, dtype=pl.Int32)
    return column.set(column == 0, None).cast(pl.Date)


def words(codes: Array, spellings: Sequence[str | None]) -> pl.Series:
    """Codes as their words."""
    return pl.Series("word", spellings, dtype=pl.String).gather(pl.Series(codes.astype(np.uint32)))


def money(cents: Array) -> pl.Series:
    """Cents as units with two places."""
    return pl.Series("amount", cents / 100.0)


def pieces(count: int) -> Iterator[tuple[Array, slice]]:
    """The numbers from 0 to the count in pieces, and where each piece lies."""
    for first in range(0, count, _PIECE):
        end = min(first + _PIECE, count)
        yield np.arange(first, end, dtype=np.int32), slice(first, end)
