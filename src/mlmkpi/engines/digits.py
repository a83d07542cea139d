"""Ids of one shape as numbers, eight bytes of each at once: half of what cutting texts and reading the rest takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.ids import ParsedIds, Shape

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Numbers = NDArray[Any]

WORD = 8
TOGETHER = 2**17
"""How many ids are read at once: more than rows travel together, as threads wait for one another between the steps."""
_NOUGHT = ord("0")
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)


class Digits:
    """Ids of a shape, whose numbers on top of the offset the integers of `dtype` hold.

    >>> Digits(Shape("D", 7), 100, pl.Int32).numbers(pl.Series(["D0000012", None])).to_list()
    [112, None]
    """

    def __init__(self, shape: Shape, offset: int, dtype: type[pl.DataType]) -> None:
        self._prefix, self._offset = shape.prefix.encode(), offset
        self._size = len(self._prefix) + shape.digits
        self._type = np.dtype(np.int32 if dtype == pl.Int32 else np.int64)
        self._plain = _word(self._prefix + b"0" * shape.digits, b"0")
        self._beyond = _word(b"\x0f" * len(self._prefix) + b"\x06" * shape.digits, b"\x06")
        """What takes a byte that is not the prefix's, or no digit, to 16 or more once `_plain` is taken off."""

    def numbers(self, texts: pl.Series) -> pl.Series | None:
        """The number of each id on top of the offset, null for null; None where a text is of another shape."""
        there = texts.drop_nulls() if texts.has_nulls() else texts
        found = np.empty(len(there), dtype=self._type)
        if len(there):
            cells = there.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, self._size))
            if cells.has_nulls():
                return None
            ids, parts = cells.to_numpy(), (slice(at, at + TOGETHER) for at in range(0, len(found), TOGETHER))
            if not all(self._read(ids[part], found[part]) for part in parts):
                return None
        return _beside(texts, found)

    def _read(self, ids: Bytes, found: Numbers) -> bool:
        """Put down the numbers of ids, given byte by byte; whether all are of the shape."""
        word = _last_word(ids) ^ self._plain
        mark = (word + self._beyond) | word
        if np.bitwise_or.reduce(mark) & _HIGH:
            return False
        _add_up(word, mark, found)
        for place in range(self._size - WORD):
            if place < len(self._prefix):
                if (ids[:, place] != self._prefix[place]).any():
                    return False
            else:
                digit = ids[:, place] - np.uint8(_NOUGHT)
                if (digit > 9).any():
                    return False
                found += digit.astype(found.dtype) * found.dtype.type(10 ** (self._size - 1 - place))
        found += found.dtype.type(self._offset)
        return True


def of_one_shape(codec: ParsedIds, dtype: type[pl.DataType]) -> Digits | None:
    """What reads the ids of a codec's column as such integers, where they are of one shape."""
    active = [each for each in zip(codec.shapes, codec.offsets, strict=False) if each[0] in codec.active]
    return Digits(*active[0], dtype) if len(active) == 1 else None


def _word(text: bytes, before: bytes) -> np.uint64:
    """The last eight bytes, behind others where there are fewer."""
    return np.uint64(np.frombuffer(text.rjust(WORD, before)[-WORD:], dtype="<u8")[0])


def _last_word(ids: Bytes) -> Words:
    """The last eight bytes of each, behind noughts where there are fewer."""
    short = WORD - ids.shape[1]
    if short > 0:
        ids = np.concatenate([np.full((len(ids), short), _NOUGHT, dtype=np.uint8), ids], axis=1)
    return np.ascontiguousarray(ids[:, -WORD:]).view("<u8")[:, 0]


def _add_up(digits: Words, room: Words, found: Numbers) -> None:
    """The number that eight digits make, a byte each: by twos, by fours, and together."""
    fours, next_ones = digits.view("<u4"), room.view("<u4")
    np.right_shift(fours, 8, out=next_ones)
    fours *= np.uint32(10)
    fours += next_ones
    np.right_shift(fours, 16, out=next_ones)
    next_ones &= np.uint32(0xFF)
    fours &= np.uint32(0xFF)
    fours *= np.uint32(100)
    fours += next_ones
    np.multiply(fours[0::2], np.uint32(10_000), out=found, casting="unsafe")
    np.add(found, fours[1::2], out=found, casting="unsafe")


def _beside(texts: pl.Series, numbers: Numbers) -> pl.Series:
    """The numbers of the texts that are there, null for the others."""
    if len(numbers) == len(texts):
        return pl.Series(texts.name, numbers)
    missing = texts.is_null()
    found = np.zeros(len(texts), dtype=numbers.dtype)
    found[~missing.to_numpy()] = numbers
    return pl.Series(texts.name, found).set(missing, None)
