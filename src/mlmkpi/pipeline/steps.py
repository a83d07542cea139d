"""The steps from a figure's sums down to its division, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlmkpi.facts.spans import Schedule
from mlmkpi.kpi import Figure, Ratio
from mlmkpi.pipeline.chained import total_sums
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.trace import Side, measured, words


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
    return Working(_steps(figure, row), _division(figure))


def _chain(figure: Ratio, one: Planned, jobs: Jobs, span: int) -> Working:
    chain = figure.chain
    if chain is None:
        raise AssertionError("a figure without a chain")
    sums = total_sums(figure, chain, one, jobs, span)
    pairs = [(figure.numerator, figure.of), *chain.by]
    texts = [f"{float(sums[n]):,.10g} ÷ {float(sums[d]):,.10g}" for n, d in (*pairs, chain.over)]
    factor = "" if chain.factor == 1 else f" × {float(chain.factor):g}"
    steps = tuple(Step(words(m), float(sums[m])) for n, d in (*pairs, chain.over) for m in (d, n))
    return Working(steps, f"{' × '.join(f'({text})' for text in texts[:-1])}{factor} ÷ ({texts[-1]})")


def _steps(figure: Figure, row: Mapping[str, Any]) -> tuple[Step, ...]:
    """The sums, the denominator first; of what is no ratio, how many units the figure is taken from."""
    if not isinstance(figure, Ratio):
        of, value, _ = measured(figure, Side.NUMERATOR)
        return Step(words(of), row["denominator"]), Step(f"of each: {words(value)[:1].lower()}{words(value)[1:]}", None)
    if figure.seasonal:
        return ()
    if figure.growth:
        what = words(figure.numerator) + (f" ÷ {words(figure.denominator)}" if figure.denominator else "")
        return Step(f"{what}, in the earlier period", row["denominator"]), Step("Added since then", row["numerator"])
    above = Step(words(figure.numerator), row["numerator"])
    if figure.cap is not None and row["numerator"] is not None:
        above = replace(above, value=round(float(figure.cap) * row["denominator"] - row["numerator"], 4))
    if figure.denominator is None:
        return (above,)
    return Step(words(figure.denominator), row["denominator"]), above


def _division(figure: Figure) -> str:
    """What is done with the sums, in words, where it is more than to divide them."""
    if not isinstance(figure, Ratio):
        return "the figure is taken from their values"
    if figure.seasonal:
        return "the figure is an index over all whole months"
    if figure.cap is not None:
        return f"{float(figure.cap):g} minus the second ÷ the first"
    return ""
