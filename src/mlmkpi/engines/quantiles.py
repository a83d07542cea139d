"""Order statistics of a column of numbers on Polars."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

ZEROS = "_zeros"
FEW = 256
"""Groups of so many rows or less, on average, are put in order all at once."""


def order_statistics(
    rows: pl.DataFrame, keys: Sequence[str], value: str, points: Sequence[Fraction]
) -> pl.DataFrame:
    """See `Engine.quantiles`: of the values of each group of rows, or of all.

    Zeros, which can be most of them, are counted and not put in order, unless the groups are small: then all are put in
    order at once.
    """
    is_zero = pl.col(value) == 0
    zeros, others = is_zero.sum().alias(ZEROS), pl.col(value).filter(~is_zero)
    groups = rows.group_by(keys).agg(zeros, others) if keys else rows.select(zeros, others.implode())
    if groups.height * FEW > rows.height and keys:
        return _all_at_once(rows.drop_nulls(value).sort([*keys, value]), keys, value, points)
    found = [
        (*key, n + len(values), *_neighbours(values.to_numpy(), n, points))
        for *key, n, values in zip(*groups, strict=True) if n + len(values)
    ]
    names = [*keys, "n", *(f"{side}_{i}" for i in range(len(points)) for side in ("low", "high"))]
    return pl.DataFrame(found, schema={name: rows.schema.get(name, pl.Int64()) for name in names}, orient="row")


def _all_at_once(
    ordered: pl.DataFrame, keys: Sequence[str], value: str, points: Sequence[Fraction]
) -> pl.DataFrame:
    """The same from rows in the order of their keys and values."""
    is_first = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift()) for key in keys) | (pl.row_index() == 0)
    first = ordered.select(is_first.arg_true().cast(pl.Int64)).to_series().to_numpy()
    counts, values = np.diff(first, append=ordered.height), ordered[value].to_numpy()
    found = {**{key: ordered[key].gather(first) for key in keys}, "n": counts}
    for at, point in enumerate(points):
        low = (counts - 1) * point.numerator // point.denominator
        found[f"low_{at}"] = values[first + low].astype(np.int64)
        found[f"high_{at}"] = values[first + np.minimum(low + 1, counts - 1)].astype(np.int64)
    return pl.DataFrame(found)


def _neighbours(values: np.ndarray[Any, Any], zeros: int, points: Sequence[Fraction]) -> list[int]:
    """For each point the order statistics below and above its place (n − 1) · point, among the values and the zeros."""
    last, below = len(values) + zeros - 1, int(np.count_nonzero(values < 0))
    places = []
    for point in points:
        low = (last * point.numerator) // point.denominator
        places += [low, min(low + 1, last)]
    at = {place: place if place < below else place - zeros for place in places if not 0 <= place - below < zeros}
    ordered = np.partition(values, sorted(set(at.values()))) if at else values
    return [int(ordered[at[place]]) if place in at else 0 for place in places]
