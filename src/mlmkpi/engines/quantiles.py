"""Order statistics of a column of numbers on Polars."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl


def order_statistics(
    rows: pl.DataFrame, keys: Sequence[str], value: str, points: Sequence[Fraction]
) -> pl.DataFrame:
    """See `Engine.quantiles`: of the values of each group of rows, or of all."""
    groups = rows.group_by(keys).agg(value) if keys else rows.select(pl.col(value).implode())
    found = [
        (*key, len(values), *_neighbours(values.to_numpy(), points))
        for *key, values in zip(*groups, strict=True) if len(values)
    ]
    names = [*keys, "n", *(f"{side}_{i}" for i in range(len(points)) for side in ("low", "high"))]
    return pl.DataFrame(found, schema={name: rows.schema.get(name, pl.Int64()) for name in names}, orient="row")


def _neighbours(values: np.ndarray[Any, Any], points: Sequence[Fraction]) -> list[int]:
    """For each point the order statistics below and above its place (n − 1) · point."""
    last = len(values) - 1
    places = []
    for point in points:
        low = (last * point.numerator) // point.denominator
        places += [low, min(low + 1, last)]
    ordered = np.partition(values, sorted(set(places)))
    return [int(ordered[place]) for place in places]
