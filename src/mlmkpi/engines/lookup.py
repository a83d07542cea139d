"""Numbers looked up by id: where ids are integers that lie close together, in an array instead of by a join."""

from __future__ import annotations

import numpy as np
import polars as pl

SPARSE = 16
"""How many times as many places as ids an array may have."""


def is_narrow(ids: pl.Series) -> bool:
    """Whether an array with a place for every integer between the least and the largest is no waste."""
    if not ids.dtype.is_integer() or ids.is_empty():
        return False
    low, high = _ends(ids)
    return high - low <= SPARSE * len(ids) + 1_000_000


def looked_up(frame: pl.LazyFrame, column: str, ids: pl.Series, numbers: pl.Series) -> pl.LazyFrame:
    """The rows whose id in the column is among these, with the id's number under the numbers' name."""
    if not is_narrow(ids):
        known = pl.DataFrame([ids.alias(column), numbers]).lazy()
        return frame.join(known, on=column, how="inner")
    low, high = _ends(ids)
    least = int(numbers.to_numpy().min()) - 1
    places = np.full(high - low + 3, least, dtype=numbers.to_numpy().dtype)
    places[ids.to_numpy() - (low - 1)] = numbers.to_numpy()

    def look(values: pl.Series) -> pl.Series:
        at = np.clip(values.fill_null(low - 1).to_numpy(), low - 1, high + 1) - (low - 1)
        return pl.Series(places.take(at))

    found = pl.col(column).map_batches(look, return_dtype=numbers.dtype, is_elementwise=True)
    return frame.with_columns(found.alias(numbers.name)).filter(pl.col(numbers.name) > least)


def _ends(ids: pl.Series) -> tuple[int, int]:
    return int(ids.min()), int(ids.max())  # type: ignore[arg-type]
