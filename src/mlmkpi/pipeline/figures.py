"""Sums to figures, one KPI at a time: every statistic of every block, and where nothing stands the reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import polars as pl

from mlmkpi.books.spans import Schedule, Span
from mlmkpi.facts.base import Measure
from mlmkpi.kpi import (
    TOTAL,
    Block,
    Concentrated,
    Concentration,
    Figure,
    MedianRatio,
    Part,
    Quantiles,
    Ratio,
    Shape,
    Statistic,
    Survival,
)
from mlmkpi.pipeline.chain import chained
from mlmkpi.pipeline.concentrations import concentration_rows
from mlmkpi.pipeline.figure_parts import behind, counted_by, main_statistics, ratios, stands_apart
from mlmkpi.pipeline.growth import grown, index_rows
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.joins import semi_join
from mlmkpi.pipeline.order_statistics import median_rows, quantile_rows, survival_rows
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.ratios import NOBODY, ratio_rows
from mlmkpi.pipeline.result import FIGURES
from mlmkpi.pipeline.seasons import seasonal_rows
from mlmkpi.pipeline.shares import shares_of_block

UNTOLD = "the export does not tell what was done"


def figures(one: Planned, jobs: Jobs, schedule: Schedule, spans: Sequence[Span]) -> pl.DataFrame:
    """A KPI's figures by `span`, the split's columns and `statistic`; `people` where a small cell could give them away.

    Each of the spans has a row a statistic of the whole. Null figures carry their reason in `note`.
    """
    every = pl.Series("span", [span.index for span in spans], dtype=pl.Int32)
    frame = pl.concat([_block(one, jobs, block, schedule, every) for block in one.figure.blocks], how="diagonal")
    for name, reason in one.partly.items():
        frame = _without(frame, name, reason, every)
    frame = _unknown(frame, one, jobs, every)
    if isinstance(one.figure, Ratio) and one.figure.growth:
        return grown(frame, one.figure.growth, schedule, total=one.figure.denominator is None)
    return frame


def _block(one: Planned, jobs: Jobs, block: Block, schedule: Schedule, every: pl.Series) -> pl.DataFrame:
    figure, asked = one.figure, [d.name for d in jobs.asked(one.kpi)]
    keys = list(dict.fromkeys(["span", *asked, *block]))
    frame = _statistics(one, jobs, block, keys, schedule)
    if len(keys) == 1:
        frame = _filled(one, frame, jobs, block, every)
    if isinstance(figure, Ratio) and figure.seasonal:
        frame = seasonal_rows(frame, [name for name in keys if name not in block], schedule)
    frame = _counted(frame, one, jobs, block, keys)
    if isinstance(figure, Ratio):
        if figure.index:
            frame = index_rows(frame, [name for name in keys if name not in block], schedule)
        people = _people(one, jobs, figure.of, TOTAL)
        frame = shares_of_block(frame, figure, block, ["span", *asked], every.to_frame(), people)
    return frame


def _people(one: Planned, jobs: Jobs, of: Measure, block: Block) -> pl.DataFrame | None:
    """The people who stand behind a measure by a block, where they were counted."""
    known = jobs.key(one.kpi, of.fact, block) in jobs.sums
    return jobs.of(one.kpi, of.fact, block).people.get(of) if known else None


def _counted(frame: pl.DataFrame, one: Planned, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
    """The figures with the `people` who stand behind each, where they were counted."""
    measures = behind(one.figure, block)
    by = counted_by(one.figure, block)
    keys = [name for name in keys if name not in block or name in by]
    people = {name: _people(one, jobs, of, by) for name, of in measures.items()}
    told = [found.with_columns(pl.lit(name).alias("_behind")) for name, found in people.items() if found is not None]
    if not told:
        return frame
    behind_it = pl.when(pl.col("statistic").is_in(list(measures))).then(pl.col("statistic")).otherwise(pl.lit("value"))
    frame = frame.with_columns(behind_it.alias("_behind"))
    return frame.join(pl.concat(told), on=[*keys, "_behind"], how="left", nulls_equal=True).drop("_behind")


def _statistics(one: Planned, jobs: Jobs, block: Block, keys: list[str], schedule: Schedule) -> pl.DataFrame:
    """Every statistic below one another."""
    figure = one.figure
    sums = jobs.of(one.kpi, figure.of.fact, block)
    if isinstance(figure, Survival):
        rows = survival_rows(figure, sums.histograms[figure], keys)
        is_main = rows["statistic"] == "value"
        return pl.concat([_noted(rows.filter(is_main), one, jobs, block, keys), rows.filter(~is_main)])
    parts = ratios(figure, block)
    rows_of_parts = [ratio_rows(one, part, jobs, block, keys, schedule) for part in parts]
    if isinstance(figure, Concentrated):
        main = concentration_rows(figure.main, sums.spreads[figure.main.of, figure.main.value], keys, "value")
    else:
        (_, *parts), (main, *rows_of_parts) = parts, rows_of_parts
    cells = main[keys]
    main = _untold(_noted(chained(main, one, jobs, block, keys), one, jobs, block, keys), one, jobs, block, keys)
    beside = [rows if stands_apart(part, figure) else semi_join(rows, cells, keys)
              for part, rows in zip(parts, rows_of_parts, strict=True)]
    further = [rows for statistic in figure.also for rows in _further(statistic, one, jobs, block, keys, cells)]
    return pl.concat([main, *beside, *further], how="diagonal")


def _further(
    statistic: Statistic, one: Planned, jobs: Jobs, block: Block, keys: list[str], cells: pl.DataFrame
) -> list[pl.DataFrame]:
    """The frames of a statistic that is no ratio of sums; none of one that is."""
    if isinstance(statistic, Part):
        return []
    sums = jobs.of(one.kpi, statistic.of.fact, block)
    if isinstance(statistic, Quantiles):
        return quantile_rows(statistic, sums.quantiles[statistic], keys, cells)
    if isinstance(statistic, MedianRatio):
        return [median_rows(statistic, sums.medians[statistic], keys, cells)]
    return [concentration_rows(statistic, sums.spreads[statistic.of, statistic.value], keys)]


def _untold(frame: pl.DataFrame, one: Planned, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
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


def _noted(frame: pl.DataFrame, one: Planned, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
    """The main figures with notes of what they count beside them."""
    for words, measure in one.figure.noted:
        totals = jobs.of(one.kpi, measure.fact, block).totals.select(*keys, pl.col(measure.name).alias("_noted"))
        counts = {count: f"{words}: {count:,}" for count in totals["_noted"].unique() if count}
        told = pl.col("_noted").replace_strict(counts, default=None, return_dtype=pl.String)
        note = pl.concat_str("note", told, separator="; ", ignore_nulls=True)
        frame = frame.join(totals, on=keys, how="left", nulls_equal=True)
        frame = frame.with_columns(pl.when(note != "").then(note).alias("note")).drop("_noted")
    remarks = jobs.of(one.kpi, one.figure.of.fact, block).remarks
    if not remarks:
        return frame
    said = pl.col("span").replace_strict(remarks, default=None, return_dtype=pl.String)
    return frame.with_columns(pl.coalesce("note", said).alias("note"))


def _without(frame: pl.DataFrame, statistic: str, reason: str, every: pl.Series) -> pl.DataFrame:
    """The frame with one null row a span for a statistic."""
    null = every.to_frame().with_columns(pl.lit(statistic).alias("statistic"), pl.lit(reason).alias("note"))
    return pl.concat([frame.filter(pl.col("statistic") != statistic), null], how="diagonal")


def _unknown(frame: pl.DataFrame, one: Planned, jobs: Jobs, every: pl.Series) -> pl.DataFrame:
    """The frame with one null row, whatever the split, of a span that the fact knows nothing of."""
    said = jobs.of(one.kpi, one.figure.of.fact, one.figure.blocks[0]).unknown
    if not said:
        return frame
    spans = [span for span in every if span in said]
    null = pl.DataFrame({
        "span": pl.Series(spans, dtype=pl.Int32), "statistic": "value", "note": [said[span] for span in spans],
    })
    return pl.concat([frame.filter(~pl.col("span").is_in(spans)), null], how="diagonal")


def _filled(one: Planned, frame: pl.DataFrame, jobs: Jobs, block: Block, every: pl.Series) -> pl.DataFrame:
    """Every span and statistic of an unsplit KPI: where there was no row at all, sums are 0."""
    figure = one.figure
    parts = {part.name: part for part in ratios(figure)}
    totals = [name for name, part in parts.items() if part.denominator is None]
    there = set(zip(frame["span"].to_list(), frame["statistic"].to_list(), strict=True))
    absent = [cell for cell in product(every.to_list(), main_statistics(figure)) if cell not in there]
    if not absent:
        return frame
    missing = pl.DataFrame(absent, schema={"span": pl.Int32, "statistic": pl.String}, orient="row")
    total = pl.col("statistic").is_in(totals)
    nothing = missing.with_columns(
        pl.when(pl.col("statistic").is_in([*parts, *_top_shares(figure)])).then(pl.lit(0.0)).alias("numerator"),
        pl.when(~total).then(pl.lit(0.0)).alias("denominator"), pl.when(total).then(pl.lit(0.0)).alias("value"),
        pl.when(~total).then(pl.lit(NOBODY)).alias("note"),
    )
    if figure.noted:
        main = nothing["statistic"] == "value"
        nothing = pl.concat([_noted(nothing.filter(main), one, jobs, block, ["span"]), nothing.filter(~main)])
    return pl.concat([frame, nothing], how="diagonal")


def _top_shares(figure: Figure) -> list[str]:
    """The statistics that are shares of the top, which have a numerator."""
    main = [("value", figure.main)] if isinstance(figure, Concentrated) else []
    also = [] if isinstance(figure, Survival) else figure.also
    named = [*main, *((one.name, one) for one in also if isinstance(one, Concentration))]
    return [name for name, one in named if one.shape is Shape.TOP_1PCT]
