"""Ids looked up: in an array where they are integers that lie close together or hashes, else by a join."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.hashes import Hashes

SPARSE = 16
"""How many times as many places as ids an array may have."""
DENSE = 2
"""How many times as many places as ids there may be where each has one of its own."""
PLACED = "_placed"
Numbers = NDArray[np.integer[Any]]


def is_narrow(ids: pl.Series) -> bool:
    """Whether an array with a place for every integer between the least and the largest is no waste."""
    return _is_within(ids, SPARSE * len(ids) + 1_000_000)


def _is_within(ids: pl.Series, most: int) -> bool:
    if not ids.dtype.is_integer() or ids.is_empty():
        return False
    low, high = ends(ids)
    return high - low <= most


def has_twice(ids: pl.Series) -> bool:
    """Whether one of the ids, none of which is null, occurs twice."""
    if not is_narrow(ids):
        return ids.n_unique() < len(ids)
    low, high = ends(ids)
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[(ids - low).to_numpy()] = True
    return int(np.count_nonzero(seen)) < len(ids)


@dataclass(frozen=True, eq=False)
class Table:
    """A number for each of some narrow ids; other ids, and no id, have the number `missing`."""

    low: int
    numbers: Numbers
    missing: int

    @classmethod
    def of(cls, ids: pl.Series, numbers: Numbers, missing: int) -> Self:
        """Lay the numbers out, with a place for what lies outside before the first and behind the last."""
        low, high = ends(ids)
        laid = np.full(high - low + 3, missing, dtype=numbers.dtype)
        laid[ids.to_numpy() - (low - 1)] = numbers
        return cls(low - 1, laid, missing)

    def __getitem__(self, ids: pl.Series) -> Numbers:
        known = ids.fill_null(self.low) if ids.has_nulls() else ids
        found: Numbers = self.numbers.take(known.to_numpy() - self.low, mode="clip")
        return found


def looked_up(frame: pl.LazyFrame, column: str, ids: pl.Series, numbers: pl.Series) -> pl.LazyFrame:
    """The rows whose id in the column is among these, with the id's number under the numbers' name."""
    if not is_narrow(ids):
        known = pl.DataFrame([ids.alias(column), numbers]).lazy()
        return frame.join(known, on=column, how="inner")
    table = Table.of(ids, numbers.to_numpy(), int(numbers.to_numpy().min()) - 1)
    found = pl.col(column).map_batches(
        lambda values: pl.Series(table[values]), return_dtype=numbers.dtype, is_elementwise=True
    )
    return frame.with_columns(found.alias(numbers.name)).filter(pl.col(numbers.name) != table.missing)


def placed(frame: pl.LazyFrame, column: str, ids: pl.Series) -> pl.LazyFrame:
    """The rows whose id in the column is among these, each once or null, with its place there as PLACED."""
    known = pl.DataFrame([ids.alias(column), pl.Series(PLACED, np.arange(len(ids), dtype=np.int32))]).drop_nulls()
    return looked_up(frame, column, known[column], known[PLACED])


def at_places(frame: pl.LazyFrame, known: pl.DataFrame) -> pl.LazyFrame:
    """The rows with the columns of what is known at their place, instead of PLACED."""
    found = [
        pl.col(PLACED).map_batches(values.gather, return_dtype=values.dtype, is_elementwise=True).alias(values.name)
        for values in known
    ]
    return frame.with_columns(*found).drop(PLACED)


def with_columns_of(frame: pl.LazyFrame, column: str, known: pl.DataFrame, key: str) -> pl.LazyFrame:
    """The rows with the columns of what is known of the ids in `key`, each once; null for another id, and for none.

    Ids that are unsigned are hashes.
    """
    places: Callable[[pl.Series], Numbers]
    if known[key].dtype == pl.UInt64:
        known = known.sort(key)
        places = Hashes(known[key]).places
    elif _is_within(known[key], DENSE * len(known)):
        places, known = _steps_from(*ends(known[key])), _with_gaps(known, key)
    elif is_narrow(known[key]):
        places = Table.of(known[key], np.arange(len(known), dtype=np.uint32), len(known)).__getitem__
    else:
        return frame.join(known.lazy(), left_on=column, right_on=key, how="left")
    place = pl.col(column).map_batches(
        lambda ids: pl.Series(places(ids)), return_dtype=pl.UInt32, is_elementwise=True
    )
    found = [
        pl.col(PLACED).map_batches(_gatherer(values), return_dtype=values.dtype, is_elementwise=True).alias(values.name)
        for values in known.drop(key, strict=False)
    ]
    return frame.with_columns(place.alias(PLACED)).with_columns(*found).drop(PLACED)


def _steps_from(low: int, high: int) -> Callable[[pl.Series], Numbers]:
    """What gives the places of ids among all from the least to the largest, one behind the last for others and none."""

    def steps(ids: pl.Series) -> Numbers:
        known = (ids.fill_null(low - 1) if ids.has_nulls() else ids).to_numpy()
        unsigned = np.dtype(f"u{known.itemsize}")
        found: Numbers = np.minimum(known.view(unsigned) - np.array(low).astype(unsigned), high - low + 1)
        return found.astype(np.uint32)

    return steps


def _with_gaps(known: pl.DataFrame, key: str) -> pl.DataFrame:
    """What is known of every integer from the least to the largest of some ids, nothing of others."""
    ids, values = known[key], known.drop(key)
    low, high = ends(ids)
    if len(ids) == high - low + 1 and ids.is_sorted():
        return values
    at = Table.of(ids, np.arange(len(ids), dtype=np.uint32), len(ids)).numbers[1:-1]
    return values.select(pl.all().extend_constant(None, 1).gather(at))


def _gatherer(values: pl.Series) -> Callable[[pl.Series], pl.Series]:
    """What gives the values at some places, behind the last of which is nothing.

    Whole numbers and labels are taken from an array, where null is a number that none of them is.
    """
    are_labels = isinstance(values.dtype, pl.Categorical | pl.Enum)
    laid = values.extend_constant(None, 1)
    physical = laid.to_physical()
    if not physical.dtype.is_integer():
        return laid.gather
    if are_labels:
        few = physical.drop_nulls().is_empty() or ends(physical)[1] < np.iinfo(np.uint8).max
        physical = physical.cast(pl.UInt8 if few else pl.UInt32)
    limits = np.iinfo(physical.head(0).to_numpy().dtype)
    none = int(limits.min or limits.max)
    numbers = physical.fill_null(none).to_numpy()

    def gathered(places: pl.Series) -> pl.Series:
        found = pl.Series(numbers.take(places.to_numpy(), mode="clip"))
        found = found.set(found == none, None)
        return found.cat.to(values.dtype) if are_labels else found.cast(values.dtype)

    return gathered


def ends(ids: pl.Series) -> tuple[int, int]:
    """The least and the largest of some ids that are integers."""
    return int(ids.min()), int(ids.max())  # type: ignore[arg-type]
