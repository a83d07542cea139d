"""Order statistics on Spark, from a histogram that the server makes and keeps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mlmkpi.engines.spark_functions import windows_of


def order_statistics(f: Any, native: Any, keys: Sequence[str], value: str, points: Sequence[Fraction]) -> Any:
    """By partition `n`, and the values below and above each point's place: `low_0`, `high_0`, …

    `f` are the functions of the frame's session.
    """
    window = windows_of(native)
    counted = native.groupBy(*keys, value).agg(f.count(f.lit(1)).alias("_n"))
    whole = window.partitionBy(*keys) if keys else window.partitionBy(f.lit(0))
    running = whole.orderBy(value).rowsBetween(window.unboundedPreceding, window.currentRow)
    summed = counted.select(*keys, value, f.sum("_n").over(running).alias("_upto"), f.sum("_n").over(whole).alias("n"))
    ends = []
    for at, point in enumerate(points):
        low = f.expr(f"(n - 1) * {point.numerator} div {point.denominator}")
        high = f.least(low + 1, f.col("n") - 1)
        for side, place in (("low", low), ("high", high)):
            ends.append(f.min(f.when(f.col("_upto") > place, f.col(value))).alias(f"{side}_{at}"))
    grouped = summed.groupBy(*keys, "n") if keys else summed.groupBy("n")
    return grouped.agg(*ends)
