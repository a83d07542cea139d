"""How unevenly a total is spread over units, exact on whole numbers: Gini and the top share of all segments at once."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mlmkpi.kpi import Concentration, Shape
from mlmkpi.pipeline.ratios import NOBODY, divided

VALUE, UNITS = pl.col("value"), pl.col("units")
TOP = 100
"""The top is one unit of so many, rounded up."""


def concentration_rows(
    one: Concentration, spread: pl.DataFrame, keys: Sequence[str], statistic: str | None = None
) -> pl.DataFrame:
    """Gini (over units) or the top share (of what all have) by the keys, from how many `units` have which `value`.

    Negative values count as 0, which the note says. Null where all have nothing.
    """
    found, scale = concentrations(spread, keys), one.value.scale
    if one.shape is Shape.TOP_1PCT:
        part, whole = found["top"], found["total"]
        numerator, denominator = divided("numerator", part, scale), divided("denominator", whole, scale)
    else:
        part, whole = found["uneven"], found["all"].cast(pl.Int128) * found["total"]
        numerator = pl.repeat(None, found.height, dtype=pl.Float64, eager=True).alias("numerator")
        denominator = found["all"].cast(pl.Float64)
    value = divided("value", part, whole).set(found["total"] <= 0, None)
    notes = [f"{negative:,} negative, counted as 0" if negative else None for negative in found["negative"]]
    return found.select(
        *keys, pl.lit(statistic or one.name).alias("statistic"), numerator, denominator.alias("denominator"), value,
        pl.when(value.is_null()).then(pl.lit(NOBODY)).otherwise(pl.Series(notes, dtype=pl.String)).alias("note"),
    )


def concentrations(spread: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """By the keys, over units with negative `value` at 0: `all`, `total`, the `top`'s, how many are `negative`.

    `uneven` is Σ(2i − n − 1)·xᵢ over the values in ascending order; that ÷ (n · Σx) is the Gini coefficient in the
    population form.

    >>> concentrations(pl.DataFrame({"of": [1, 1], "value": [8, 0], "units": [1, 3]}), ["of"]).to_dicts()
    [{'of': 1, 'all': 4, 'total': 8, 'top': 8, 'negative': 0, 'uneven': 24}]
    """
    negative = pl.when(VALUE < 0).then(UNITS).otherwise(0)
    rows = spread.with_columns(VALUE.clip(0), negative.alias("negative")).sort([*keys, "value"])
    rows = rows.with_columns(UNITS.cum_sum().over(keys).alias("end"), UNITS.sum().over(keys).alias("all"))
    below_the_top = pl.col("all") - (pl.col("all") + TOP - 1) // TOP
    at_the_top = (pl.col("end") - below_the_top).clip(0, UNITS)
    ranks, held = 2 * pl.col("end") - UNITS - pl.col("all"), VALUE * UNITS
    return rows.group_by(keys, maintain_order=True).agg(
        pl.col("all").first(), held.sum().alias("total"), (VALUE * at_the_top).sum().alias("top"),
        pl.col("negative").sum(), (ranks.cast(pl.Int128) * held).sum().alias("uneven"),
    )
