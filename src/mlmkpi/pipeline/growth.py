"""Growth rates: a figure beside the same one in an earlier period."""

from __future__ import annotations

import polars as pl

from mlmkpi.facts.spans import Schedule
from mlmkpi.kpi import Back
from mlmkpi.pipeline.ratios import divided

NO_BASE = "nothing to compare with: the earlier period has no figure above 0"
SCALED = ("numerator", "denominator", "value", "low", "high")


def grown(frame: pl.DataFrame, back: Back, schedule: Schedule, *, total: bool) -> pl.DataFrame:
    """The figures' growth: numerator = now − before, denominator = before; null where before is not above 0.

    `total` says that the figure is a sum, whose ten-thousandths are compared as whole numbers.
    """
    links = schedule.before if back is Back.PREVIOUS else schedule.year_before
    told = pl.DataFrame(
        {"span": list(range(len(links))), "_earlier": list(links)}, schema={"span": pl.Int32, "_earlier": pl.Int32}
    )
    keys = [name for name in frame.columns if name not in (*SCALED, "span", "note", "people")]
    before = frame.select(pl.col("span").alias("_earlier"), *keys, pl.col("value").alias("_before"))
    rows = frame.join(told, on="span").join(before, on=["_earlier", *keys], how="left", nulls_equal=True)
    now, then = rows["value"], rows["_before"]
    if total:
        now, then = ((series * 10_000).round() for series in (now, then))
    known = (then > 0).fill_null(False) & now.is_not_null()
    figures = {
        "numerator": divided("numerator", now - then, 10_000 if total else 1),
        "denominator": rows["_before"], "value": divided("value", now - then, then),
    }
    note = pl.when(~known).then(pl.coalesce("note", pl.lit(NO_BASE))).otherwise(pl.col("note")).alias("note")
    return rows.with_columns(
        *(series.alias(name).set(~known, None) for name, series in figures.items()),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("low", "high")), note,
    ).drop("_earlier", "_before")
