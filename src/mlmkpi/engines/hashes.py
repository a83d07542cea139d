"""Ids looked up by the 64-bit hashes of their texts: laid out in order, with where those of each beginning start."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_BITS, _CUT = 64, 23
_PART = 2**18


class Hashes:
    """Hashes in order.

    >>> Hashes(pl.Series([7, 5], dtype=pl.UInt64)).places(pl.Series([5, 6, 7, None], dtype=pl.UInt64)).tolist()
    [0, 2, 1, 2]
    """

    def __init__(self, hashes: pl.Series) -> None:
        end = pl.Series([2**_BITS - 1], dtype=pl.UInt64)
        self._ended: Words = pl.concat([hashes, end]).sort().to_numpy()
        self.ordered = self._ended[:-1]

    @cached_property
    def repeated(self) -> Words:
        """Those that equal the one before them."""
        repeated: Words = self.ordered[1:][self.ordered[1:] == self.ordered[:-1]]
        return repeated

    def places(self, wanted: pl.Series) -> NDArray[np.uint32]:
        """Where each stands (first), the number of all for others and for null, which goes as 0, the hash of no id."""
        words = (wanted.fill_null(0) if wanted.has_nulls() else wanted).to_numpy()
        shift, starts = self._starts
        found: NDArray[np.uint32] = starts.take((words >> shift).view(np.int64))
        there = self._ended.take(found)
        left = np.flatnonzero(there != words)
        words, there, at = words[left], there[left], found[left]
        while len(left):
            found[left[there > words]] = len(self.ordered)
            behind = there < words
            left, words, at = left[behind], words[behind], at[behind] + np.uint32(1)
            there = self._ended.take(at)
            found[left] = at
            apart = there != words
            left, words, there, at = left[apart], words[apart], there[apart], at[apart]
        return found

    @cached_property
    def _starts(self) -> tuple[np.uint64, NDArray[np.uint32]]:
        """By how many bits hashes are cut to their beginnings, and where those of each beginning start."""
        bits = min(len(self.ordered).bit_length() + 1, _CUT)
        shift = np.uint64(_BITS - bits)
        starts = np.zeros(2**bits + 1, dtype=np.uint32)
        for at in range(0, len(self.ordered), _PART):
            beginnings = (self.ordered[at : at + _PART] >> shift).view(np.int64)
            low, high = int(beginnings[0]), int(beginnings[-1])
            starts[low + 1 : high + 2] += np.bincount(beginnings - low).astype(np.uint32)
        return shift, np.cumsum(starts, out=starts)
