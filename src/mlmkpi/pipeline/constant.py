"""Columns with one value in every row: made at once, where a query over few rows takes longer than its work."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl


def constant(name: str, value: object, dtype: pl.DataType, rows: int) -> pl.Series:
    """A column of so many rows.

    >>> constant("kpi", "churn_rate", pl.String(), 2).to_list()
    ['churn_rate', 'churn_rate']
    """
    return _one(value, dtype).new_from_index(0, rows).alias(name)


@lru_cache(maxsize=64)
def _one(value: object, dtype: pl.DataType) -> pl.Series:
    return pl.Series([value], dtype=dtype)


def filled_up(frame: pl.DataFrame, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The frame with nulls in those of these columns that it lacks, behind its own."""
    lacking = [constant(name, None, dtype, frame.height) for name, dtype in types.items() if name not in frame.columns]
    return frame.hstack(lacking) if lacking else frame
