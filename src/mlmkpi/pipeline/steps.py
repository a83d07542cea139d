"""The steps from a figure's sums down to its division, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from mlmkpi.books.spans import Schedule
from mlmkpi.kpi import TOTAL, Concentrated, Figure, Ratio, Shape, Survival
from mlmkpi.period import from_day_number
from mlmkpi.pipeline.chain import total_sums
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.trace import RatioSide, measured, words
from mlmkpi.statistics.survival import kaplan_meier

FEW = 12


@dataclass(frozen=True)
class Step:
    """A sum of the figure: what it counts, in words, and what it comes to."""

    counts: str
    value: float | None


@dataclass(frozen=True)
class Working:
    """The sums, the denominator first, and what is done with them where it is more than one division."""

    steps: tuple[Step, ...]
    division: str


def working(one: Planned, jobs: Jobs, schedule: Schedule, row: Mapping[str, Any]) -> Working:
    """The steps of a figure; `row` is its row of the Result."""
    figure = one.figure
    if isinstance(figure, Ratio) and figure.chain and one.computed:
        span = next(span for span in schedule.spans if span.period.label == row["period"])
        return _chain(figure, one, jobs, span.index)
    if isinstance(figure, Survival) and one.computed:
        span = next(span for span in schedule.spans if span.period.label == row["period"])
        return _survival(figure, one, jobs, span.index)
    if isinstance(figure, Concentrated) and figure.main.shape is Shape.TOP_1PCT:
        return _of_the_top(figure, one, jobs, schedule, row)
    steps = _steps(figure, row)
    return Working(steps, _division(figure, steps))


def young(one: Planned, schedule: Schedule, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Who of the period is left out, not having been followed for as long as the figure waits."""
    window = one.window
    last = schedule.as_of - window
    span = next((span for span in schedule.spans if span.period.label == row["period"]), None)
    if span is None or not one.computed or not window or span.end <= last:
        return ()
    first, as_of = from_day_number(max(last + 1, span.start)), from_day_number(schedule.as_of)
    return (f"left out, not yet followed for {window} days by {as_of}: those from {first} on",)


def _survival(figure: Survival, one: Planned, jobs: Jobs, span: int) -> Working:
    """Who has had it and who not yet, and how the share without it falls."""
    found = jobs.of(one.kpi, figure.of.fact, TOTAL).histograms[figure].filter(pl.col("span") == span)
    curve = kaplan_meier(*(found[name].to_numpy() for name in ("duration", "event", "_of")))
    had = int(found.filter(pl.col("event") > 0)["_of"].sum())
    steps = (
        Step(words(figure.of), float(curve.units)), Step(words(figure.event), float(had)),
        Step("Those for whom it has not come by the as-of date", float(curve.units - had)),
    )
    times = zip(curve.times, curve.survival, curve.ended, strict=True)
    falls = [(int(day), share) for day, share, ended in times if ended]
    told = falls if len(falls) <= FEW else [*falls[: FEW // 2], *falls[-FEW // 2:]]
    texts = [f"{share:.3f} after {day} day{'s' * (day != 1)}" for day, share in told]
    if len(falls) > FEW:
        texts.insert(FEW // 2, "…")
    line = "nobody has had it yet" if not texts else f"the share without it: {', '.join(texts)}"
    return Working(steps, f"{line}; the median is the first day on which half or fewer are without it")


def _of_the_top(
    figure: Concentrated, one: Planned, jobs: Jobs, schedule: Schedule, row: Mapping[str, Any]
) -> Working:
    """How many people the top is, and what they have of it all."""
    if not one.computed or row["denominator"] is None:
        return Working((), "")
    span = next(span for span in schedule.spans if span.period.label == row["period"])
    totals = jobs.of(one.kpi, figure.of.fact, TOTAL).totals.filter(pl.col("span") == span.index)
    people = int(totals[figure.of.name].sum())
    top = -(-people // 100)
    what = _within(words(figure.main.value))
    steps = (
        Step(words(figure.of), float(people)), Step(f"All together: {what}", row["denominator"]),
        Step(f"The {top:,} with the most: {what}", row["numerator"]),
    )
    return Working(steps, f"{_number(row['numerator'])} ÷ {_number(row['denominator'])}")


def _chain(figure: Ratio, one: Planned, jobs: Jobs, span: int) -> Working:
    chain = figure.chain
    if chain is None:
        raise AssertionError("a figure without a chain")
    sums = total_sums(figure, chain, one, jobs, span)
    pairs = [(figure.numerator, figure.of), *chain.by]
    texts = [f"{_number(float(sums[n]))} ÷ {_number(float(sums[d]))}" for n, d in (*pairs, chain.over)]
    factor = "" if chain.factor == 1 else f" × {float(chain.factor):g}"
    steps = tuple(Step(words(m), float(sums[m])) for n, d in (*pairs, chain.over) for m in (d, n))
    return Working(steps, f"{' × '.join(f'({text})' for text in texts[:-1])}{factor} ÷ ({texts[-1]})")


def _steps(figure: Figure, row: Mapping[str, Any]) -> tuple[Step, ...]:
    """The sums, the denominator first; of what is no ratio, how many units the figure is taken from."""
    if not isinstance(figure, Ratio):
        of, value, _ = measured(figure, RatioSide.NUMERATOR)
        return Step(words(of), row["denominator"]), Step(f"of each: {_within(words(value))}", None)
    if figure.seasonal:
        return ()
    if figure.growth:
        what = words(figure.numerator) + (f" ÷ {_within(words(figure.denominator))}" if figure.denominator else "")
        return Step(f"{what}, in the earlier period", row["denominator"]), Step("Added since then", row["numerator"])
    above = Step(words(figure.numerator), row["numerator"])
    if figure.cap is not None and row["numerator"] is not None:
        above = replace(above, value=round(float(figure.cap) * row["denominator"] - row["numerator"], 4))
    if figure.times != 1 and row["numerator"] is not None:
        above = replace(above, value=round(row["numerator"] / figure.times, 6))
    if figure.denominator is None:
        return (above,)
    return Step(words(figure.denominator), row["denominator"]), above


def _division(figure: Figure, steps: Sequence[Step]) -> str:
    """What is done with the sums where it is more than to divide them."""
    if not isinstance(figure, Ratio):
        return "the figure is taken from their values"
    if figure.seasonal:
        return "the figure is an index over all whole months"
    sums = [step.value for step in steps if step.value is not None]
    if len(sums) != 2 or (figure.cap is None and figure.times == 1):
        return ""
    first = f"{figure.times:,} ×" if figure.cap is None else f"{float(figure.cap):g} −"
    return f"{first} {_number(sums[1])} ÷ {_number(sums[0])}"


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _within(text: str) -> str:
    """Words as they stand inside a sentence."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
