"""Frames of one row an id put side by side: in arrays where the ids lie close together, else by full joins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.engines.lookup import ends, is_narrow, with_columns_of


def joined(frames: Sequence[Frame], key: str) -> Frame:
    """See `Engine.full_join`: by full joins."""

    def both(left: Frame, right: Frame) -> Frame:
        found = left.join(right, on=key, how="full")
        return found.with_columns(nw.coalesce(key, f"{key}_right").alias(key)).drop(f"{key}_right")

    return reduce(both, frames)


def laid(frames: Sequence[pl.DataFrame], key: str) -> pl.LazyFrame | None:
    """The same in arrays, in the order of the ids; None where these do not lie close together."""
    ids = pl.concat([frame[key] for frame in frames])
    if not is_narrow(ids):
        return None
    low, high = ends(ids)
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[ids.to_numpy() - low] = True
    rows = pl.DataFrame({key: pl.Series(np.flatnonzero(seen) + low, dtype=ids.dtype)}).lazy()
    for frame in frames:
        rows = with_columns_of(rows, key, frame, key)
    return rows
