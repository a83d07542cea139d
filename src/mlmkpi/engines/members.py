"""The ids that stand in a column, looked for by their keys: in an array where these lie close together."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.hashes import Hashes
from mlmkpi.engines.lookup import ends

NEAR = 2
"""How many times as many places as ids the array may have."""


class Members:
    """Keys, none of them null.

    >>> found = Members(pl.Series([70, 50, 70], dtype=pl.Int64))
    >>> found.has(pl.Series([50, 60, None], dtype=pl.Int64)).tolist(), found.repeated.to_list()
    ([True, False, False], [70])
    """

    def __init__(self, keys: pl.Series) -> None:
        self._keys = keys
        self._low, high = ends(keys) if len(keys) else (0, -1)
        self._laid: NDArray[np.bool_] | None = None
        if keys.dtype == pl.Int64 and self._low >= 0 and high - self._low <= NEAR * len(keys) + 1_000_000:
            self._laid = np.zeros(high - self._low + 3, dtype=np.bool_)
            for part in keys.get_chunks():
                self._laid[part.to_numpy() - (self._low - 1)] = True
            return
        self._hashes = Hashes(self._words(keys))

    @property
    def repeated(self) -> pl.Series:
        """The keys that stand in several rows."""
        different = len(self._keys) if self._laid is None else int(np.count_nonzero(self._laid))
        if different == len(self._keys) and (self._laid is not None or not len(self._hashes.repeated)):
            return self._keys.clear()
        return self._keys.filter(self._keys.is_duplicated()).unique()

    def has(self, wanted: pl.Series) -> NDArray[np.bool_]:
        """Whether each stands here; null does not."""
        if self._laid is None:
            return np.not_equal(self._hashes.places(self._words(wanted)), len(self._keys))
        found: NDArray[np.bool_] = self._laid.take(self._at(wanted), mode="clip")
        return found

    def places(self, wanted: pl.Series) -> NDArray[np.int64]:
        """Each key's own number, of keys that do not repeat; the number of all for others and for null."""
        if self._laid is None:
            return self._hashes.places(self._words(wanted)).astype(np.int64)
        at = self._at(wanted)
        ranks = np.cumsum(self._laid) - 1
        return np.where(self._laid.take(at, mode="clip"), ranks.take(at, mode="clip"), len(self._keys))

    def _at(self, wanted: pl.Series) -> NDArray[np.int64]:
        before = self._low - 1
        found: NDArray[np.int64] = (wanted.fill_null(before) if wanted.has_nulls() else wanted).to_numpy() - before
        return found

    @staticmethod
    def _words(keys: pl.Series) -> pl.Series:
        if keys.dtype == pl.UInt64:
            return keys
        return keys.to_frame("key").select(pl.when(pl.col("key").is_not_null()).then(pl.col("key").hash())).to_series()
