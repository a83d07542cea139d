"""Which sums a run needs: every KPI's measures, gathered by fact and split, so that each fact is summed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlmkpi.facts.base import Boundary, Dimension, Dimensions, Fact
from mlmkpi.facts.books import Books
from mlmkpi.kpi import (
    Block,
    Concentrated,
    Concentration,
    Figure,
    Interval,
    Kpi,
    MedianRatio,
    Part,
    Quantiles,
    Ratio,
    Statistic,
    Survival,
    facts_of,
)
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.sums import Job, Sums, take

PRIVATE = ("age_band", "gender")
Key = tuple[Fact, Boundary, Dimensions]


def is_private(name: str) -> bool:
    """Whether a dimension could give a person away in a small cell."""
    return name.rpartition(".")[2] in PRIVATE


@dataclass
class Jobs:
    """The jobs of a run by fact, boundary and split; and the sums once they are taken."""

    dimensions: Dimensions
    facts: dict[Fact, Fact]
    jobs: dict[Key, Job]
    sums: dict[Key, Sums]

    def key(self, kpi: Kpi, fact: Fact, block: Block) -> Key:
        """Where a measure of the fact is summed for a KPI's block."""
        own = tuple(Dimension(name, own=True) for name in block)
        return self.facts[fact], kpi.dims_at, (*self.dimensions, *own)

    def job(self, kpi: Kpi, fact: Fact, block: Block) -> Job:
        """The job that sums it."""
        key = self.key(kpi, fact, block)
        return self.jobs.setdefault(key, Job(*key))

    def of(self, kpi: Kpi, fact: Fact, block: Block) -> Sums:
        """Its sums."""
        return self.sums[self.key(kpi, fact, block)]

    def run(self, books: Books) -> None:
        """Take every sum; what stands on order rows first, so that these can be let go."""
        first = [key for key in self.jobs if key[0].on_order_rows]
        for key in first:
            self.sums[key] = take(books, self.jobs[key])
        books.release_orders()
        for key, job in self.jobs.items():
            if key not in self.sums:
                self.sums[key] = take(books, job)


def gather(planned: Iterable[Planned], dimensions: Dimensions) -> Jobs:
    """The jobs that the KPIs' figures need."""
    planned = list(planned)
    facts = list(dict.fromkeys(fact for one in planned for fact in facts_of(one.figure)))
    jobs = Jobs(dimensions, {fact: fact.among(facts) for fact in facts}, {}, {})
    for one in planned:
        for block in one.figure.blocks:
            _add(jobs, one, block)
    return jobs


def _add(jobs: Jobs, one: Planned, block: Block) -> None:
    kpi, figure = one.kpi, one.figure
    for measure in figure.measures():
        jobs.job(kpi, measure.fact, block).measures[measure] = None
    if isinstance(figure, Survival):
        jobs.job(kpi, figure.of.fact, block).survivals[figure] = None
    else:
        main = (figure.main,) if isinstance(figure, Concentrated) else ()
        for statistic in (*main, *figure.also):
            _add_statistic(jobs, kpi, statistic, block)
    if isinstance(figure, Ratio):
        _add_pair(jobs, kpi, figure, block)
    if any(is_private(name) for name in (*(d.name for d in jobs.dimensions), *block)):
        jobs.job(kpi, figure.of.fact, block).counted[figure.of] = None


def _add_statistic(jobs: Jobs, kpi: Kpi, statistic: Statistic, block: Block) -> None:
    if isinstance(statistic, Quantiles):
        jobs.job(kpi, statistic.of.fact, block).quantiles[statistic] = None
    if isinstance(statistic, MedianRatio):
        jobs.job(kpi, statistic.of.fact, block).medians[statistic] = None
    if isinstance(statistic, Concentration):
        jobs.job(kpi, statistic.of.fact, block).spreads[statistic.of, statistic.value] = None


def _add_pair(jobs: Jobs, kpi: Kpi, figure: Ratio, block: Block) -> None:
    if figure.denominator is not None and kpi.interval not in (Interval.NONE, Interval.WILSON):
        pair = (figure.numerator, figure.denominator)
        job = jobs.job(kpi, figure.numerator.fact, block)
        by_row = kpi.interval in (Interval.LINEAR, Interval.POINTS)
        (job.pairs if by_row else job.clustered)[pair] = None


def ratios(figure: Figure) -> list[Part]:
    """The statistics of a figure that are ratios of sums, the main one first where it is one."""
    if isinstance(figure, Survival):
        return []
    main = []
    if isinstance(figure, Ratio):
        main = [Part("value", figure.numerator, figure.denominator, times=figure.times)]
    return [*main, *(part for part in figure.also if isinstance(part, Part))]
