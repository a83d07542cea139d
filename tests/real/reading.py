"""A Result as the same dictionary that the SQL gives, for whole comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from real.figures import Figure, Key

Floats = tuple[float | None, float | None, float | None]


def computed(frame: pl.DataFrame, kpi: str) -> dict[Key, Floats]:
    """(label, statistic, tenure) -> numerator, denominator, value, of the rows that have a figure."""
    tenure = pl.col("tenure") if "tenure" in frame.columns else pl.lit(None, pl.String).alias("tenure")
    rows = frame.filter(pl.col("kpi") == kpi).select(
        "period", "statistic", tenure, "numerator", "denominator", "value"
    )
    return {
        (label, statistic, band): (numerator, denominator, value)
        for label, statistic, band, numerator, denominator, value in rows.iter_rows()
        if value is not None
    }


def expected(figures: Mapping[Key, Figure]) -> dict[Key, Floats]:
    """The SQL's figures that are not null, each the nearest float."""
    return {
        key: (_nearest(figure.numerator), _nearest(figure.denominator), _nearest(figure.value))
        for key, figure in figures.items()
        if figure.value is not None
    }


def _nearest(figure: Fraction | None) -> float | None:
    return None if figure is None else float(figure)
