"""A unit's history as integers, one bit a stretch of days, and the days table that maps days to cells and bits.

A row of a cell sets the bit of its latest day. Bits are cut at both edges of every window and at every cut of the
cells, and cells are cut where windows end, so "anything in this window" is "this run of bits is above 0".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.spans import Schedule
from mlmkpi.engines import Engine

BITS = 52
EARLIEST = -40_000


@dataclass(frozen=True)
class Track:
    """A kind of dated event in a unit's history, with all that decides which events those are."""

    unit: str
    kind: str
    rules: Any = None


@dataclass(frozen=True)
class Ask:
    """A window that a fact looks at: did it happen from `first` to `last` (day numbers, both included)?

    `whole` cuts the cells at its first day too: it asks for two different days, or for sums.
    """

    track: Track
    first: int
    last: int
    whole: bool = False


@dataclass(frozen=True)
class Timeline:
    """The days from `low` to `high`, cut into cells and, finer, into bits (each list holds first days)."""

    engine: Engine
    low: int
    high: int
    cells: tuple[int, ...]
    bits: tuple[int, ...]

    @property
    def words(self) -> int:
        """How many integers a history takes."""
        return -(-len(self.bits) // BITS)

    def days(self) -> pl.DataFrame:
        """A row a day: `day`, `cell`, and what its bit adds to each word, `bit_0` …"""
        day = np.arange(self.low, self.high + 1)
        cell = np.searchsorted(np.array(self.cells), day, side="right") - 1
        bit = np.searchsorted(np.array(self.bits), day, side="right") - 1
        words = {
            f"bit_{w}": np.where(bit // BITS == w, np.int64(1) << (bit % BITS).astype(np.int64), 0)
            for w in range(self.words)
        }
        return pl.DataFrame(
            {"day": day, "cell": cell, **words},
            schema={"day": pl.Int32, "cell": pl.Int32, **dict.fromkeys(words, pl.Int64)},
        )

    def happened(self, history: str, first: int, last: int) -> nw.Expr:
        """Whether the history (columns `{history}_0` …) has anything from `first` to `last`, both cuts of the bits."""
        return _any([self._has(history, run) for run in self._runs(first, last)])

    def happened_twice(self, history: str, twice: str, first: int, last: int) -> nw.Expr:
        """Whether it happened on two days: two cells of the window have it, or one cell has it on two days."""
        runs = list(self._runs(first, last))
        parts = [self._has(twice, run) for run in runs]
        parts += [self.engine.has_two_bits(nw.col(f"{history}_{word}"), low, length) for word, low, length in runs]
        parts += [self._has(history, one) & self._has(history, other) for one, other in combinations(runs, 2)]
        return _any(parts)

    def cells_of(self, first: int, last: int) -> range:
        """The cells from `first` to `last`, both cuts of the cells."""
        first, last = max(first, self.low), min(last, self.high)
        return range(bisect_right(self.cells, first) - 1, bisect_right(self.cells, last)) if first <= last else range(0)

    def _runs(self, first: int, last: int) -> Iterable[tuple[int, int, int]]:
        """The run of bits from `first` to `last` as (word, lowest bit, length)."""
        first, last = max(first, self.low), min(last, self.high)
        if first > last:
            return
        low, high = bisect_left(self.bits, first), bisect_right(self.bits, last)
        for word in range(low // BITS, (high - 1) // BITS + 1):
            start, stop = max(low, word * BITS), min(high, (word + 1) * BITS)
            yield word, start - word * BITS, stop - start

    def _has(self, history: str, run: tuple[int, int, int]) -> nw.Expr:
        word, low, length = run
        return self.engine.has_bits(nw.col(f"{history}_{word}"), low, length)


def _any(parts: list[nw.Expr]) -> nw.Expr:
    if not parts:
        return nw.lit(False)
    found = parts[0]
    for part in parts[1:]:
        found = found | part
    return found


def timeline(engine: Engine, schedule: Schedule, asks: Iterable[Ask], data_start: int) -> Timeline:
    """The cuts that the schedule's spans and the facts' windows need."""
    asks = list(asks)
    spans = schedule.spans
    low = min([data_start, *(span.start for span in spans), *(ask.first for ask in asks if ask.first >= EARLIEST)])
    high = schedule.as_of
    cells = {low} | {span.start for span in spans} | {span.end + 1 for span in spans}
    cells |= {ask.last + 1 for ask in asks} | {ask.first for ask in asks if ask.whole}
    bits = cells | {ask.first for ask in asks}
    return Timeline(
        engine, low, high, tuple(sorted(day for day in cells if low <= day <= high)),
        tuple(sorted(day for day in bits if low <= day <= high)),
    )


def history_sums(timeline: Timeline, names: Iterable[str]) -> list[nw.Expr]:
    """The sums that turn bits (columns `{name}_{word}`) into histories."""
    return [nw.col(f"{name}_{word}").sum() for name in names for word in range(timeline.words)]
