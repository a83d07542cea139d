"""What the cells of a KPI's own split say together: Herfindahl's index, the largest of them, Pareto's share."""

from __future__ import annotations

import polars as pl

from mlmkpi.facts.base import UNKNOWN
from mlmkpi.kpi import Block, Ratio
from mlmkpi.statistics.concentration import herfindahl

TOP = 5
"""Pareto looks at the largest fifth."""


def herfindahl_rows(frame: pl.DataFrame, figure: Ratio, block: Block, keys: list[str]) -> pl.DataFrame:
    """The frame with Σ share² over a block's known cells, a row for the values of the dimensions asked for."""
    names = [name for name, dimension in figure.herfindahl if block == (dimension,)]
    if not names:
        return frame
    known = frame.filter((pl.col("statistic") == "value") & (pl.col(block[0]) != UNKNOWN))
    rows = []
    for key, group in known.partition_by(keys, as_dict=True, maintain_order=False).items():
        values = (group["numerator"] * 10_000).round().cast(pl.Int64)
        rows.append((*key, names[0], float(group.height), herfindahl(values.to_list())))
    schema: dict[str, pl.DataType] = {name: frame.schema[name] for name in keys}
    schema |= {"statistic": pl.String(), "denominator": pl.Float64(), "value": pl.Float64()}
    return pl.concat([frame, pl.DataFrame(rows, schema=schema, orient="row")], how="diagonal")


def largest_rows(frame: pl.DataFrame, figure: Ratio, block: Block, keys: list[str]) -> pl.DataFrame:
    """The `largest` cells by value (ties by label), and `pareto`: the ⌈20 %⌉ largest cells' share in all known."""
    if figure.largest is None or not block:
        return frame
    main = frame.filter(pl.col("statistic") == "value").sort(
        [*keys, "value", *block], descending=[*[False] * len(keys), True, *[False] * len(block)], nulls_last=True
    )
    known = main.filter(pl.col(block[0]) != UNKNOWN)
    place, units = pl.int_range(pl.len()).over(keys), pl.len().over(keys)
    ranked = known.with_columns(place.alias("_place"), units.alias("_units"))
    top = ranked.filter(pl.col("_place") < (pl.col("_units") + TOP - 1) // TOP)
    shares = ranked.group_by(keys).agg(pl.col("value").sum().alias("denominator"), pl.len().alias("_n")).join(
        top.group_by(keys).agg(pl.col("value").sum().alias("numerator")), on=keys, nulls_equal=True
    )
    shares = shares.with_columns(
        pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")).alias("value"),
        pl.lit("pareto").alias("statistic"),
    ).drop("_n")
    kept = ranked.filter(pl.col("_place") < figure.largest).select(*keys, *block)
    return pl.concat([frame.join(kept, on=[*keys, *block], how="semi", nulls_equal=True), shares], how="diagonal")
