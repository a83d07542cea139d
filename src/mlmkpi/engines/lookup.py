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
    places = ids.to_numpy()
    if bool((places[1:] > places[:-1]).all()):
        return False
    if not is_narrow(ids):
        return ids.n_unique() < len(ids)
    low, high = ends(ids)
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[places - low] = True
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

    They stay in their order, by which whoever looks exports through finds them again.
    Ids that are unsigned are hashes.
    """
    places: Callable[[pl.Series], Numbers]
    at = None
    if known[key].dtype == pl.UInt64:
        known = known.sort(key)
        places = Hashes(known[key]).places
    elif _is_within(known[key], DENSE * len(known)):
        places, at = _steps_from(*ends(known[key])), _steps_to(known[key])
    elif is_narrow(known[key]):
        places = Table.of(known[key], np.arange(len(known), dtype=np.uint32), len(known)).__getitem__
    else:
        return frame.join(known.lazy(), left_on=column, right_on=key, how="left", maintain_order="left")
    place = pl.col(column).map_batches(
        lambda ids: pl.Series(places(ids)), return_dtype=pl.UInt32, is_elementwise=True
    )
    values = known.drop(key)
    found = [
        pl.col(PLACED).map_batches(_gatherer(laid, dtype), return_dtype=dtype, is_elementwise=True).alias(laid.name)
        for laid, dtype in zip(_laid(values, at), values.dtypes, strict=True)
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


def _steps_to(ids: pl.Series) -> Numbers | None:
    """For all integers from the least to the largest of some ids and one more, their places among these, else behind.

    None where each stands at its own.
    """
    low, high = ends(ids)
    if len(ids) == high - low + 1 and ids.is_sorted():
        return None
    return Table.of(ids, np.arange(len(ids), dtype=np.uint32), len(ids)).numbers[1:]


def _laid(known: pl.DataFrame, at: Numbers | None) -> pl.DataFrame:
    """What is known and a row behind it of which nothing is, or what stands `at` such places of these.

    Where a whole number is null there is one that none of them is.
    """
    def laid(values: pl.Series) -> pl.Expr:
        column = pl.col(values.name).extend_constant(None, 1)
        column = column if at is None else column.gather(pl.Series(at))
        return column.fill_null(_nothing(values)) if values.dtype.is_integer() else column

    return known.select(map(laid, known))


def _nothing(values: pl.Series) -> int:
    """A number for null among whole numbers."""
    limits = np.iinfo(values.head(0).to_numpy().dtype)
    return int(limits.min or limits.max)


def _gatherer(laid: pl.Series, dtype: pl.DataType) -> Callable[[pl.Series], pl.Series]:
    """What gives the values at some places, the last of which is nothing.

    Whole numbers and labels are taken from an array, where null is a number that none of them is.
    """
    are_labels = isinstance(dtype, pl.Categorical | pl.Enum)
    if not (dtype.is_integer() or are_labels):
        return laid.gather
    if are_labels:
        codes = laid.to_physical()
        few = codes.drop_nulls().is_empty() or ends(codes)[1] < np.iinfo(np.uint8).max
        laid = codes.cast(pl.UInt8 if few else pl.UInt32)
        laid = laid.fill_null(_nothing(laid))
    none, numbers = _nothing(laid), laid.to_numpy()

    def gathered(places: pl.Series) -> pl.Series:
        found = pl.Series(numbers.take(places.to_numpy(), mode="clip"))
        found = found.set(found == none, None)
        return found.cat.to(dtype) if are_labels else found.cast(dtype)

    return gathered


def ends(ids: pl.Series) -> tuple[int, int]:
    """The least and the largest of some ids that are integers."""
    return int(ids.min()), int(ids.max())  # type: ignore[arg-type]
