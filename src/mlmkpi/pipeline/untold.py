"""Cells of which the export tells nothing, or not all."""

from __future__ import annotations

import polars as pl

from mlmkpi.facts.base import Measure
from mlmkpi.kpi import Block, Ratio
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.plan import Planned

UNTOLD = "the export does not tell what was done"
FIGURES = ("numerator", "denominator", "value", "low", "high")


def told(frame: pl.DataFrame, one: Planned, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
    """The main figures, null where the export does not tell them; `_partial` marks those of which it tells a part."""
    figure = one.figure
    if not isinstance(figure, Ratio) or figure.untold is None or figure.cut is None:
        return frame

    def some(measure: Measure, name: str) -> pl.DataFrame:
        totals = jobs.of(one.kpi, measure.fact, block).totals
        return totals.select(*keys, (pl.col(measure.name) > 0).alias(name))

    for measure, name in ((figure.untold, "_untold"), (figure.cut, "_partial")):
        frame = frame.join(some(measure, name), on=keys, how="left", nulls_equal=True)
    figures = [name for name in FIGURES if name in frame.columns]
    return frame.with_columns(
        *(pl.when(~pl.col("_untold")).then(pl.col(name)).alias(name) for name in figures),
        pl.when("_untold").then(pl.lit(UNTOLD)).otherwise(pl.col("note")).alias("note"),
    ).drop("_untold")
