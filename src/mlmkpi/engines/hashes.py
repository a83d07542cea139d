"""Ids looked up by the 64-bit hashes of their texts: laid out in order, with where those of each beginning start."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_BITS, _CUT = 64, 22


class Hashes:
    """Hashes in order.

    >>> Hashes(pl.Series([7, 5], dtype=pl.UInt64)).places(pl.Series([5, 6, 7, None], dtype=pl.UInt64)).tolist()
    [0, 2, 1, 2]
    """

    def __init__(self, hashes: pl.Series) -> None:
        self._ended: Words = np.append(hashes.to_numpy(), np.uint64(2**_BITS - 1))
        self._ended.sort()
        self.ordered = self._ended[:-1]

    @cached_property
    def repeated(self) -> Words:
        """Those that stand twice."""
        return np.unique(self.ordered[1:][self.ordered[1:] == self.ordered[:-1]])

    def places(self, wanted: pl.Series) -> NDArray[np.uint32]:
        """Where each stands (first), the number of all for others and for null."""
        words = wanted.fill_null(0).to_numpy()
        shift, starts = self._starts
        at: NDArray[np.uint32] = starts.take((words >> shift).view(np.int64))
        behind = np.flatnonzero(self._ended.take(at) < words)
        while len(behind):
            at[behind] += 1
            behind = behind[self._ended.take(at[behind]) < words[behind]]
        at[self._ended.take(at) != words] = len(self.ordered)
        return at

    @cached_property
    def _starts(self) -> tuple[np.uint64, NDArray[np.uint32]]:
        """By how many bits hashes are cut to their beginnings, and where those of each beginning start."""
        bits = min(len(self.ordered).bit_length(), _CUT) or 1
        shift = np.uint64(_BITS - bits)
        counts = np.bincount((self.ordered >> shift).view(np.int64), minlength=2**bits)
        starts = np.zeros(2**bits, dtype=np.uint32)
        np.cumsum(counts[:-1], out=starts[1:])
        return shift, starts
