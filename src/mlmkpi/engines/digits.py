"""Short ids of one shape as numbers, read eight digits at a time from the words in which Arrow keeps short texts."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.ids import Shape

Words = NDArray[np.uint64]

_LENGTH, _WORD = 4, 8
_SHORT = range(_LENGTH, 13)
"""How many bytes an id has whose text stands whole behind its length, in two words together."""
_EIGHT = np.uint64(0x3030303030303030)
_TO_TEN, _HIGH = np.uint64(0x0606060606060606), np.uint64(0xF0F0F0F0F0F0F0F0)
_PAIR, _FOURTH = np.uint64(0x000000FF000000FF), np.uint64(32)
_HUNDREDS, _ONES = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))


class Digits:
    """Ids of a shape that is short enough.

    >>> Digits(Shape("D", 7), 100).numbers(pl.Series(["D0000012", None])).to_list()
    [112, None]
    """

    def __init__(self, shape: Shape, offset: int) -> None:
        prefix = shape.prefix.encode()
        self._before, self._digits, self._offset = len(prefix), shape.digits, offset
        self._size = len(prefix) + shape.digits
        self._start = _words(self._size.to_bytes(_LENGTH, "little") + prefix)
        self._looked_at = _words(b"\xff" * (_LENGTH + len(prefix)))
        self._kept = _words(bytes(_WORD - self._last) + b"\xff" * self._last)[0]

    @staticmethod
    def reads(shape: Shape) -> bool:
        """Whether ids of the shape are short enough."""
        return len(shape.prefix.encode()) + shape.digits in _SHORT

    def numbers(self, texts: pl.Series) -> pl.Series | None:
        """The number of each id on top of the offset, null for null; None where a text is of another shape."""
        there = texts.drop_nulls() if texts.has_nulls() else texts
        if not len(there):
            return pl.Series(texts.name, [None] * len(texts), dtype=pl.Int64)
        low, high = _views(there)
        odd = (low & self._looked_at[0]) ^ self._start[0]
        if self._looked_at[1]:
            odd |= (high & self._looked_at[1]) ^ self._start[1]
        number = self._last_eight(low, high, odd)
        for place in range(self._digits - _WORD):
            digit = ((low >> np.uint64(8 * (_LENGTH + self._before + place))) & np.uint64(0xFF)) - np.uint64(ord("0"))
            odd |= digit > 9
            number += digit * np.uint64(10 ** (self._digits - 1 - place))
        if odd.any():
            return None
        return _beside(texts, number.view(np.int64) + self._offset)

    @property
    def _last(self) -> int:
        """How many digits stand in the last eight bytes."""
        return min(self._digits, _WORD)

    def _last_eight(self, low: Words, high: Words, odd: Words) -> Words:
        """The number that the last eight digits make; what is no digit leaves a mark in `odd`."""
        found = high << np.uint64(8 * (_SHORT[-1] - self._size))
        found |= low >> np.uint64(8 * (self._size - _LENGTH))
        found ^= _EIGHT
        found &= self._kept
        odd |= ((found + _TO_TEN) | found) & _HIGH
        found = found * np.uint64(10) + (found >> np.uint64(8))
        fourth = (found >> np.uint64(16)) & _PAIR
        return ((found & _PAIR) * _HUNDREDS + fourth * _ONES) >> _FOURTH


def _views(texts: pl.Series) -> tuple[Words, Words]:
    """The two words of each text."""
    array = texts.to_arrow(compat_level=pl.CompatLevel.newest())
    words = np.frombuffer(array.buffers()[1], dtype="<u8").reshape(-1, 2)[array.offset : array.offset + len(array)]
    return words[:, 0], words[:, 1]


def _beside(texts: pl.Series, numbers: NDArray[np.int64]) -> pl.Series:
    """The numbers of the texts that are there, null for the others."""
    if len(numbers) == len(texts):
        return pl.Series(texts.name, numbers)
    missing = texts.is_null()
    found = np.zeros(len(texts), dtype=np.int64)
    found[~missing.to_numpy()] = numbers
    return pl.Series(texts.name, found).set(missing, None)


def _words(start: bytes) -> Words:
    """Bytes as two words, zeros behind them."""
    return np.frombuffer(start.ljust(2 * _WORD, b"\0"), dtype="<u8")
