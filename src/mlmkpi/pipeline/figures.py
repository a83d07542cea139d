"""Sums to figures: the one place where units come back and the one division is made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from mlmkpi.pipeline.jobs import Block, Jobs, people_behind, ratios
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.sums import pair_name
from mlmkpi.facts.base import Measure
from mlmkpi.facts.spans import Schedule
from mlmkpi.kpi import Interval, Part, Quantiles, Ratio, Survival
from mlmkpi.statistics.intervals import linear, six_digits, wilson
from mlmkpi.statistics.survival import kaplan_meier, median, median_interval, within, within_interval

FIGURES = ("numerator", "denominator", "value", "low", "high")


def figures(one: Planned, jobs: Jobs, schedule: Schedule) -> pl.DataFrame:
    """A KPI's figures by `span`, the split's columns and `statistic`; `people` where a small cell could give them away.

    Null figures carry their reason in `note`.
    """
    frames = [_block(one, jobs, block, schedule) for block in one.figure.blocks]
    return pl.concat(frames, how="diagonal")


def _block(one: Planned, jobs: Jobs, block: Block, schedule: Schedule) -> pl.DataFrame:
    keys = ["span", *(d.name for d in jobs.dimensions), *block]
    if isinstance(one.figure, Survival):
        frame = _survival(one, one.figure, jobs, block, keys)
    else:
        frame = _ratio(one, one.figure, jobs, block, keys, schedule)
    if len(keys) == 1:
        frame = _filled(one, frame, schedule)
    for name, reason in one.partly.items():
        frame = _without(frame, name, reason, schedule)
    behind = people_behind(one.figure)
    counted = jobs.of(one.kpi, behind.fact, block).people.get(behind)
    return frame if counted is None else frame.join(counted, on=keys, how="left", nulls_equal=True)


def _without(frame: pl.DataFrame, statistic: str, reason: str, schedule: Schedule) -> pl.DataFrame:
    """The frame with one null row a span for a statistic."""
    spans = pl.DataFrame({"span": [s.index for s in schedule.spans]}, schema={"span": pl.Int32})
    null = spans.with_columns(pl.lit(statistic).alias("statistic"), pl.lit(reason).alias("note"))
    return pl.concat([frame.filter(pl.col("statistic") != statistic), null], how="diagonal")


def _ratio(
    one: Planned, figure: Ratio, jobs: Jobs, block: Block, keys: list[str], schedule: Schedule
) -> pl.DataFrame:
    frames = []
    for part in ratios(figure):
        sums = _sums(one, part, jobs, block, keys)
        frame = _divided(_occurring(sums, part) if part.name == "value" and len(keys) > 1 else sums, part)
        frames.append(_interval(frame, one, part, jobs, block, keys, schedule).drop("_n", "_d"))
    cells = frames[0].select(keys)
    frames = [frames[0], *(f.join(cells, on=keys, how="semi", nulls_equal=True) for f in frames[1:])]
    for statistic in figure.also:
        if isinstance(statistic, Quantiles):
            found = jobs.of(one.kpi, statistic.of.fact, block).quantiles[statistic]
            frames += _quantiles(found, statistic, keys, cells)
    return pl.concat(frames, how="diagonal")


def _sums(one: Planned, part: Part, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
    """`_n` and `_d` (whole numbers) by the keys; what one fact has and the other lacks is 0 there."""
    def of(measure: Measure, name: str) -> pl.DataFrame:
        totals = jobs.of(one.kpi, measure.fact, block).totals
        return totals.select(*keys, pl.col(measure.name).alias(name))

    above = of(part.numerator, "_n")
    if part.denominator is None:
        return above.with_columns(pl.lit(None, dtype=pl.Int64).alias("_d"))
    below = of(part.denominator, "_d")
    both = above.join(below, on=keys, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("_n").fill_null(0), pl.col("_d").fill_null(0))


def _occurring(sums: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Without the cells that nobody and nothing is counted in; money may be 0 where orders make up for each other."""
    if (part.denominator or part.numerator).scale != 1:
        return sums
    return sums.filter((pl.col("_n") != 0) | (pl.col("_d").fill_null(0) != 0))


def _filled(one: Planned, frame: pl.DataFrame, schedule: Schedule) -> pl.DataFrame:
    """Every span and statistic of an unsplit KPI: where there was no row at all, sums are 0."""
    names = statistics(one.figure)
    spans = pl.DataFrame({"span": [s.index for s in schedule.spans]}, schema={"span": pl.Int32})
    wanted = spans.join(pl.DataFrame({"statistic": names}), how="cross")
    missing = wanted.join(frame, on=["span", "statistic"], how="anti")
    if missing.is_empty():
        return frame
    total = isinstance(one.figure, Ratio) and one.figure.denominator is None
    nothing = missing.with_columns(
        pl.when(pl.col("statistic").is_in(_summed(one.figure))).then(pl.lit(0.0)).alias("numerator"),
        pl.lit(None if total else 0.0, dtype=pl.Float64).alias("denominator"),
        pl.lit(0.0 if total else None, dtype=pl.Float64).alias("value"),
        pl.lit(None if total else NOBODY, dtype=pl.String).alias("note"),
    )
    return pl.concat([frame, nothing], how="diagonal")


NOBODY = "nothing to divide by: the denominator is 0"
NOT_ABOVE = "the denominator is not above 0"


def _summed(figure: Ratio | Survival) -> list[str]:
    """The statistics that have a numerator."""
    return [part.name for part in ratios(figure)] if isinstance(figure, Ratio) else []


def statistics(figure: Ratio | Survival) -> list[str]:
    """The statistics of a figure, the main one first."""
    names = ["value"]
    if isinstance(figure, Survival):
        return [*names, *(f"within_{days}" for days in figure.within)]
    for one in figure.also:
        names += [name for name, _ in one.points] if isinstance(one, Quantiles) else [one.name]
    return names


def _divided(sums: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Numerator, denominator and value in a person's units."""
    above, below = part.numerator.scale, part.denominator.scale if part.denominator else 1
    n, d = sums["_n"], sums["_d"]
    sums = sums.with_columns(divided("numerator", n, above), pl.lit(part.name).alias("statistic"))
    if part.denominator is None:
        nothing = pl.lit(None, dtype=pl.Float64).alias("denominator")
        return sums.with_columns(nothing, divided("value", n, above), pl.lit(None, dtype=pl.String).alias("note"))
    note = pl.when(d == 0).then(pl.lit(NOBODY)).when(d < 0).then(pl.lit(NOT_ABOVE))
    return sums.with_columns(
        divided("denominator", d, below), divided("value", n * below, d * above).set(d <= 0, None),
        note.otherwise(None).alias("note"),
    )


def divided(name: str, above: pl.Series, below: pl.Series | int) -> pl.Series:
    """Whole numbers divided once, to the nearest float: Polars multiplies by the reciprocal of a scalar instead."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = above.to_numpy() / (below if isinstance(below, int) else below.to_numpy())
    return pl.Series(name, quotient, dtype=pl.Float64)


def _interval(
    frame: pl.DataFrame, one: Planned, part: Part, jobs: Jobs, block: Block, keys: list[str], schedule: Schedule
) -> pl.DataFrame:
    """The main figure's 95 % interval; further statistics have none."""
    kind = one.kpi.interval
    if kind is Interval.NONE or part.denominator is None or part.name != "value" or frame.is_empty():
        return frame
    low, high = wilson(frame["_n"].to_numpy(), frame["_d"].to_numpy())
    if kind is not Interval.WILSON:
        pair = (part.numerator, part.denominator)
        name = pair_name(pair)
        parts = [f"{name}:{p}" for p in ("n", "yy", "xy", "xx")]
        totals = jobs.of(one.kpi, part.numerator.fact, block).totals.select(*keys, *parts)
        squares = frame.select(keys).join(totals, on=keys, how="left", nulls_equal=True, maintain_order="left")
        n, yy, xy, xx = (squares[p].fill_null(0).to_numpy() for p in parts)
        y, x = frame["_n"].to_numpy(), frame["_d"].to_numpy()
        unit = part.denominator.scale / part.numerator.scale
        lows, highs = linear(n, y, x, yy, xy, xx)
        one_month = np.array([len(schedule.spans[span].months) == 1 for span in frame["span"]])
        single = one_month if kind is Interval.MONTHLY else np.zeros(len(frame), dtype=np.bool_)
        low, high = np.where(single, low, lows * unit), np.where(single, high, highs * unit)
    ends = [pl.Series(name, six_digits(end), nan_to_null=True) for name, end in (("low", low), ("high", high))]
    known = pl.col("value").is_not_null()
    return frame.with_columns(*ends).with_columns(
        pl.when(known).then(pl.col(name)).alias(name) for name in ("low", "high")
    )


def _quantiles(
    found: pl.DataFrame, one: Quantiles, keys: Sequence[str], cells: pl.DataFrame
) -> list[pl.DataFrame]:
    """A frame a point: type 7 between its two neighbours, one division; null where nobody is counted."""
    frames = []
    rows = cells.join(found, on=list(keys), how="left", nulls_equal=True)
    for at, (name, point) in enumerate(one.points):
        below, step = rows[f"low_{at}"], rows[f"high_{at}"] - rows[f"low_{at}"]
        rest = (rows["n"].cast(pl.Int64) - 1) * point.numerator % point.denominator
        exact = divided("value", below * point.denominator + step * rest, point.denominator * one.value.scale)
        frames.append(rows.select(
            *keys, pl.col("n").fill_null(0).cast(pl.Float64).alias("denominator"), exact.set(rows["n"].is_null(), None),
            pl.lit(name).alias("statistic"),
            pl.when(pl.col("n").is_null()).then(pl.lit(NOBODY)).otherwise(None).alias("note"),
        ))
    return frames


def _survival(one: Planned, figure: Survival, jobs: Jobs, block: Block, keys: list[str]) -> pl.DataFrame:
    histogram = jobs.of(one.kpi, figure.of.fact, block).histograms[figure]
    rows = []
    for key, group in histogram.partition_by(keys, as_dict=True, maintain_order=False).items():
        curve = kaplan_meier(*(group[name].to_numpy() for name in ("duration", "event", "_of")))
        units, middle, ends = float(curve.units), median(curve), median_interval(curve)
        note = None if middle is not None else "more than half have not had it yet"
        known = ends if middle is not None else (None, None)
        rows.append((*key, "value", units, _float(middle), *map(_float, known), note))
        for days in figure.within:
            share = within(curve, days)
            note = None if share is not None else f"nobody was observed for {days} days"
            ends = six_digits([np.nan if end is None else end for end in within_interval(curve, days)])
            rows.append((*key, f"within_{days}", units, share, *(None if np.isnan(end) else end for end in ends), note))
    schema: dict[str, pl.DataType] = {name: histogram.schema[name] for name in keys}
    schema |= {"statistic": pl.String()} | dict.fromkeys(("denominator", "value", "low", "high"), pl.Float64())
    frame = pl.DataFrame(rows, schema=schema | {"note": pl.String()}, orient="row")
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("numerator"))


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)



