"""Rows matched by their keys: through an array with a place for every key where these are few, else by a join."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

ROOM = 2**25
"""How many places such an array may have."""
NOWHERE = -1
Int64s = NDArray[np.int64]


def full_join(one: pl.DataFrame, other: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows of both by the keys, each once in either; what the columns of one have and those of the other lack is 0.

    >>> one, other = pl.DataFrame({"span": [0, 1], "n": [5, 6]}), pl.DataFrame({"span": [1, 2], "d": [7, 8]})
    >>> sorted(full_join(one, other, ["span"]).rows())
    [(0, 5, 0), (1, 6, 7), (2, 0, 8)]
    """
    places, size = _places((one, other), keys)
    if not places:
        joined = one.join(other, on=list(keys), how="full", coalesce=True, nulls_equal=True)
        return joined.with_columns(pl.exclude(keys).fill_null(0))
    rows = [np.full(size, NOWHERE, dtype=np.int64) for _ in places]
    for laid, at in zip(rows, places, strict=True):
        laid[at] = np.arange(len(at))
    some = np.flatnonzero((rows[0] != NOWHERE) | (rows[1] != NOWHERE))
    left, right = (laid.take(some) for laid in rows)
    known = pl.concat([one[list(keys)], other[list(keys)]])
    found = known[np.where(left == NOWHERE, right + len(one), left)]
    return found.hstack([
        _or_0(column, at) for frame, at in ((one, left), (other, right)) for column in frame if column.name not in keys
    ])


def semi_join(frame: pl.DataFrame, cells: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows whose keys are among those of the cells.

    >>> semi_join(pl.DataFrame({"span": [0, 1, 1]}), pl.DataFrame({"span": [1, 2]}), ["span"])["span"].to_list()
    [1, 1]
    """
    places, size = _places((frame, cells), keys)
    if not places:
        return frame.join(cells, on=list(keys), how="semi", nulls_equal=True)
    known = np.zeros(size, dtype=np.bool_)
    known[places[1]] = True
    return frame.filter(known.take(places[0]))


def _or_0(column: pl.Series, at: Int64s) -> pl.Series:
    """The column's values at such rows, 0 for none."""
    if not (at == NOWHERE).any():
        return column[at]
    found = pl.Series(at)
    return column.gather(found.set(found == NOWHERE, None)).fill_null(0)


def _places(frames: Sequence[pl.DataFrame], keys: Sequence[str]) -> tuple[list[Int64s], int]:
    """Each row's place by its keys in an array for all frames, and the array's size.

    No places where a key is no number from 0, or where the array has no room.
    """
    places, size = [np.zeros(len(frame), dtype=np.int64) for frame in frames], 1
    for name in keys:
        columns = [frame[name] for frame in frames]
        if not all(column.dtype.is_integer() and not column.has_nulls() for column in columns):
            return [], 0
        numbers = [column.to_numpy() for column in columns]
        count = max(int(each.max(initial=0)) for each in numbers) + 1
        size *= count
        if size > ROOM or min(int(each.min(initial=0)) for each in numbers) < 0:
            return [], 0
        places = [place * count + each for place, each in zip(places, numbers, strict=True)]
    return places, size
