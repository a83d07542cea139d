"""Figures that are no ratio of sums: quantiles, medians of ratios, and Kaplan–Meier, each from counts of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlmkpi.kpi import MedianRatio, Quantiles, Survival
from mlmkpi.pipeline.ratios import NOBODY, divided
from mlmkpi.statistics.intervals import six_digits
from mlmkpi.statistics.survival import Curve, kaplan_meier, median, median_interval, within, within_interval

HISTOGRAM = ["duration", "event", "_of"]


def quantile_rows(
    one: Quantiles, found: pl.DataFrame, keys: Sequence[str], cells: pl.DataFrame
) -> list[pl.DataFrame]:
    """A frame a point: type 7 between its two neighbours, one division.

    Where nobody is counted, a split has no row and the company's is null.
    """
    frames = []
    rows = cells.join(found, on=list(keys), how="left" if len(keys) == 1 else "inner", nulls_equal=True)
    nobody = rows["n"].is_null()
    for at, (name, point) in enumerate(one.points):
        below, step = rows[f"low_{at}"], rows[f"high_{at}"] - rows[f"low_{at}"]
        rest = (rows["n"].cast(pl.Int64) - 1) * point.numerator % point.denominator
        exact = divided("value", below * point.denominator + step * rest, point.denominator * one.value.scale)
        frames.append(rows.select(
            *keys, pl.col("n").fill_null(0).cast(pl.Float64).alias("denominator"), exact.set(nobody, None),
            pl.lit(name).alias("statistic"),
            pl.when(nobody).then(pl.lit(NOBODY)).otherwise(None).alias("note"),
        ))
    return frames


def median_rows(
    one: MedianRatio, found: pl.DataFrame, keys: Sequence[str], cells: pl.DataFrame
) -> pl.DataFrame:
    """The median of the units' own ratios; where nobody is counted, a split has no row and the company's is null."""
    cells = pl.concat([cells, found.select(keys)]).unique() if len(keys) == 1 else found.select(keys)
    rows = cells.join(found, on=list(keys), how="left", nulls_equal=True)
    return rows.select(
        *keys, pl.col("n").fill_null(0.0).alias("denominator"), "value", pl.lit(one.name).alias("statistic"),
        pl.when(pl.col("n").is_null()).then(pl.lit(NOBODY)).alias("note"),
    )


def survival_rows(figure: Survival, histogram: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The Kaplan–Meier median and the shares within some days by the keys, from a (duration, event) histogram.

    Many small segments have the same histogram, which is worked out once.
    """
    cells = histogram.sort(HISTOGRAM).group_by(keys, maintain_order=True).agg(HISTOGRAM)
    rows, known = [], dict[tuple[tuple[int, ...], ...], list[tuple[Any, ...]]]()
    for *key, durations, events, counts in cells.iter_rows():
        of_these = (tuple(durations), tuple(events), tuple(counts))
        if of_these not in known:
            known[of_these] = _survival(figure, kaplan_meier(*of_these))
        rows += [(*key, *found) for found in known[of_these]]
    figures = ("denominator", "value", "low", "high")
    schema: dict[str, pl.DataType] = {name: histogram.schema[name] for name in keys}
    schema |= {"statistic": pl.String()} | dict.fromkeys(figures, pl.Float64()) | {"note": pl.String()}
    frame = pl.DataFrame(rows, schema=schema, orient="row", strict=False)
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("numerator"))


def _survival(figure: Survival, curve: Curve) -> list[tuple[Any, ...]]:
    """A curve's statistics: name, units, value, both ends, note."""
    units, middle = float(curve.units), median(curve)
    note = None if middle is not None else "more than half have not had it yet"
    found: list[tuple[Any, ...]] = [
        ("value", units, middle, *(median_interval(curve) if note is None else (None, None)), note)
    ]
    for days in figure.within:
        share = within(curve, days)
        note = None if share is not None else f"nobody was observed for {days} days"
        found.append((f"within_{days}", units, share, *map(_rounded, within_interval(curve, days)), note))
    return found


def _rounded(end: float | None) -> float | None:
    return None if end is None else float(six_digits([end])[0])
