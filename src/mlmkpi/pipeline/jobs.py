"""Which sums a run needs: every KPI's measures, gathered by fact and split, so that each fact is summed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl

from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions, is_private
from mlmkpi.books.spans import Reach, Schedule
from mlmkpi.facts.base import Fact, Measure
from mlmkpi.kpi import (
    TOTAL,
    Block,
    Concentrated,
    Concentration,
    Figure,
    Interval,
    Kpi,
    MedianRatio,
    Quantiles,
    Ratio,
    Statistic,
    Survival,
    facts_of,
)
from mlmkpi.pipeline.figure_parts import behind, block_of, counted_by
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.sums import Job, Sums

Key = tuple[Fact, Boundary, Dimensions]


@dataclass
class Turn:
    """Teams' sums of one figure's measures for some spans, made when asked for, so that no more than these are held."""

    spans: tuple[int, ...] = ()
    measures: frozenset[str] = frozenset()
    laid: dict[tuple[Key, Measure | None], dict[int, pl.DataFrame]] = field(default_factory=dict)
    made: dict[tuple[Key, int], pl.DataFrame] = field(default_factory=dict)

    def of(self, key: Key, sums: Sums) -> Sums:
        """The sums with teams' for stretches'."""
        for span in self.spans:
            if (key, span) not in self.made:
                self.made[key, span] = self._teams(key, None, sums, sums.totals, span)
        totals = pl.concat([self.made[key, span] for span in self.spans])
        people = {
            one: pl.concat([self._teams(key, one, sums, own, span) for span in self.spans])
            for one, own in sums.people.items()
        }
        return replace(sums, totals=totals, people=people)

    def then(self, measures: frozenset[str], spans: Iterable[int]) -> None:
        """Turn to other spans, or to another figure; what both need is kept."""
        self.spans = tuple(spans)
        kept = self.measures == measures
        self.made = {at: made for at, made in self.made.items() if kept and at[1] in self.spans}
        self.measures = measures

    def _teams(self, key: Key, one: Measure | None, sums: Sums, own: pl.DataFrame, span: int) -> pl.DataFrame:
        if sums.leaders is None:
            return own
        if (key, one) not in self.laid:
            self.laid[key, one] = sums.leaders.laid(own)
            if one is None:
                sums.totals = own.clear()
        keys = ["span", *(dimension.name for dimension in key[2])]
        rows = self.laid[key, one].get(span)
        rows = own.clear() if rows is None else rows
        kept = [name for name in rows.columns if name in (*keys, "people") or self._needs(name)]
        return sums.leaders.teams(rows.select(kept), keys)

    def _needs(self, column: str) -> bool:
        """Whether the figure reads a sum, which is called by a measure, or by a pair of them and what it is."""
        return column.partition("/")[0] in self.measures


@dataclass
class Jobs:
    """The jobs of a run by fact, boundary and split; and the sums once they are taken."""

    dimensions: Dimensions
    facts: dict[Fact, Fact]
    jobs: dict[Key, Job]
    sums: dict[Key, Sums]
    parted: dict[str, frozenset[str]]
    reach: dict[Fact, Reach]
    turn: Turn = field(default_factory=Turn)
    """Which teams' sums are asked for."""

    def asked(self, kpi: Kpi) -> Dimensions:
        """The split asked for, as it cuts a KPI."""
        return tuple(d for d in self.dimensions if d.name not in self.parted.get(kpi.name, ()))

    def key(self, kpi: Kpi, fact: Fact, block: Block) -> Key:
        """Where a measure of the fact is summed for a KPI's block."""
        asked = self.asked(kpi)
        names = [dimension.name for dimension in asked]
        own = tuple(Dimension(name, own=True) for name in block if name not in names)
        return self.facts[fact], kpi.dims_at, (*asked, *own)

    def job(self, kpi: Kpi, fact: Fact, block: Block) -> Job:
        """The job that sums it."""
        key = self.key(kpi, fact, block)
        return self.jobs.setdefault(key, Job(*key))

    def of(self, kpi: Kpi, fact: Fact, block: Block) -> Sums:
        """Its sums; of teams, for the figure and the spans whose turn it is."""
        key = self.key(kpi, fact, block)
        sums = self.sums[key]
        return self.turn.of(key, sums) if sums.leaders else sums

    @property
    def leaders(self) -> pl.Series | None:
        """Who the leaders are by whose numbers sums taken so far tell teams, by id; None where none are so told."""
        return next((sums.leaders.names for sums in self.sums.values() if sums.leaders), None)

    @property
    def splits(self) -> list[tuple[Fact, Dimensions]]:
        """Every fact with the dimensions that it is split by."""
        return [(fact, split) for fact, _, split in self.jobs]


def gather(planned: Iterable[Planned], dimensions: Dimensions, laid: Schedule, *, year: bool = False) -> Jobs:
    """The jobs that the KPIs' figures of a schedule need; with `year`, each beside the one of a year before."""
    planned = list(planned)
    facts = list(dict.fromkeys(fact for one in planned for fact in facts_of(one.figure)))
    parted = {one.kpi.name: one.figure.parted_by for one in planned if isinstance(one.figure, Ratio)}
    ours = [fact for fact in facts if not fact.is_plugins]
    served = {fact: fact if fact.is_plugins else fact.among(ours) for fact in facts}
    reach: dict[Fact, Reach] = {}
    for one in planned:
        for fact in facts_of(one.figure):
            reach[served[fact]] = max(looks_back(one.figure, year), reach.get(served[fact], Reach.PREVIOUS))
    jobs = Jobs(dimensions, served, {}, {}, parted, reach)
    for one in planned:
        for block in one.figure.blocks:
            _add(jobs, one, block, laid)
    return jobs


def looks_back(figure: Figure, year: bool) -> Reach:
    """How far a figure looks back; with `year`, it is set beside the one of a year before."""
    if isinstance(figure, Ratio) and (figure.backs or figure.seasonal):
        return Reach.GROWTH
    return Reach.YEAR if year or (isinstance(figure, Ratio) and figure.year_ago) else Reach.PREVIOUS


def _add(jobs: Jobs, one: Planned, block: Block, laid: Schedule) -> None:
    kpi, figure = one.kpi, one.figure
    for measure in figure.measures():
        jobs.job(kpi, measure.fact, block_of(measure, block)).measures[measure] = None
    if isinstance(figure, Survival):
        jobs.job(kpi, figure.of.fact, block).survivals[figure] = None
    else:
        main = (figure.main,) if isinstance(figure, Concentrated) else ()
        for statistic in (*main, *figure.also):
            _add_statistic(jobs, kpi, statistic, block)
    if isinstance(figure, Ratio):
        _add_pair(jobs, kpi, figure, block, laid)
    if any(is_private(name) for name in (*(d.name for d in jobs.asked(kpi)), *block)):
        for of in behind(figure, block).values():
            jobs.job(kpi, of.fact, counted_by(figure, block)).counted[of] = None
    if isinstance(figure, Ratio) and figure.summaries and any(is_private(d.name) for d in jobs.asked(kpi)):
        jobs.job(kpi, figure.of.fact, TOTAL).counted[figure.of] = None


def _add_statistic(jobs: Jobs, kpi: Kpi, statistic: Statistic, block: Block) -> None:
    if isinstance(statistic, Quantiles):
        jobs.job(kpi, statistic.of.fact, block).quantiles[statistic] = None
    if isinstance(statistic, MedianRatio):
        jobs.job(kpi, statistic.of.fact, block).medians[statistic] = None
    if isinstance(statistic, Concentration):
        jobs.job(kpi, statistic.of.fact, block).spreads[statistic.of, statistic.value] = None


def is_squared(interval: Interval, laid: Schedule) -> bool:
    """Whether such intervals are made of sums of squares; a month's share of people is not."""
    if interval is Interval.MONTHLY:
        return any(len(span.months) > 1 for span in laid.spans)
    return interval not in (Interval.NONE, Interval.WILSON)


def _add_pair(jobs: Jobs, kpi: Kpi, figure: Ratio, block: Block, laid: Schedule) -> None:
    if figure.denominator is not None and is_squared(kpi.interval, laid):
        pair = (figure.numerator, figure.denominator)
        job = jobs.job(kpi, figure.numerator.fact, block)
        by_row = kpi.interval in (Interval.LINEAR, Interval.POINTS)
        (job.pairs if by_row else job.clustered)[pair] = None
