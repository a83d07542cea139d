"""The median of units' own ratios, exact: the one or two in the middle are put together as fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl


def median_ratios(frame: pl.DataFrame, keys: Sequence[str], scale: Fraction) -> pl.DataFrame:
    """By the keys, `n` (how many units) and `value`, the median of `above` ÷ `below` · scale; no `below` is 0."""
    ordered = frame.with_columns((pl.col("above") / pl.col("below")).alias("_ratio")).sort("_ratio")
    low, high = (pl.len() - 1) // 2, pl.len() // 2
    found = ordered.group_by(keys).agg(
        pl.len().alias("n"),
        *(pl.col(name).get(at).alias(f"{name}_{side}")
          for name in ("above", "below") for side, at in (("low", low), ("high", high))),
    )
    values = [
        float((Fraction(a, b) + Fraction(c, d)) * scale / 2)
        for a, b, c, d in found.select("above_low", "below_low", "above_high", "below_high").iter_rows()
    ]
    return found.select(*keys, pl.col("n").cast(pl.Float64), pl.Series("value", values, dtype=pl.Float64))
