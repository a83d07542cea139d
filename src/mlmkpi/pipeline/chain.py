"""Figures that are products of ratios: every sum is a whole number, and there is one division at the end."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from mlmkpi.facts.base import Measure
from mlmkpi.kpi import TOTAL, Block, Chain, Ratio
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.ratios import NOBODY

MONTHS_ALONE = "told by calendar month alone: --every month"
Sums = dict[Measure, Fraction]


def chained(frame: pl.DataFrame, one: Planned, jobs: Jobs, block: Block, keys: Sequence[str]) -> pl.DataFrame:
    """The main figures of a chain in place of those of its first ratio."""
    figure = one.figure
    if not isinstance(figure, Ratio) or figure.chain is None or figure.denominator is None:
        return frame
    measures = (figure.numerator, figure.denominator, *figure.chain.measures())
    rows = frame.select(keys)
    for at, measure in enumerate(measures):
        totals = jobs.of(one.kpi, measure.fact, block).totals.select(*keys, pl.col(measure.name).alias(f"_{at}"))
        rows = rows.join(totals, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
    columns = [rows[f"_{at}"].fill_null(0).to_list() for at in range(len(measures))]
    found = [
        product(figure, figure.chain, {m: Fraction(n, m.scale) for m, n in zip(measures, sums, strict=True)})
        for sums in zip(*columns, strict=True)
    ]
    above, below = [each[0] for each in found], [each[1] for each in found]
    values = [a / b if a is not None and b else None for a, b in found]
    return frame.with_columns(
        *(pl.Series(name, [None if each is None else float(each) for each in series], dtype=pl.Float64)
          for name, series in (("numerator", above), ("denominator", below), ("value", values))),
    ).with_columns(pl.when(pl.col("value").is_null()).then(pl.lit(NOBODY)).alias("note"))


def product(figure: Ratio, chain: Chain, sums: Sums) -> tuple[Fraction | None, Fraction | None]:
    """The product and what it is divided by; None where one of their own denominators is 0."""
    above: Fraction | None = chain.factor
    for n, d in ((figure.numerator, figure.of), *chain.by):
        above = above * sums[n] / sums[d] if above is not None and sums[d] else None
    n, d = chain.over
    return above, sums[n] / sums[d] if sums[d] else None


def total_sums(figure: Ratio, chain: Chain, one: Planned, jobs: Jobs, span: int) -> Sums:
    """The sums of a span's whole."""
    found = {}
    for measure in (figure.numerator, figure.of, *chain.measures()):
        totals = jobs.of(one.kpi, measure.fact, TOTAL).totals.filter(pl.col("span") == span)
        found[measure] = Fraction(int(totals[measure.name].sum()), measure.scale)
    return found
