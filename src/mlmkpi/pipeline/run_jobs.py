"""Does a run's jobs, each once: those on order rows first, the others ahead of the figures made of their sums."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from itertools import chain

import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.engines import Frame
from mlmkpi.kpi import facts_of
from mlmkpi.pipeline.jobs import Jobs, Key
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.prefetch import Prefetch
from mlmkpi.pipeline.sums import Job, Sums, take


def run_jobs(jobs: Jobs, books: Books, planned: Iterable[Planned]) -> Generator[Planned, None, None]:
    """Gives each of the KPIs planned, which the jobs are those of, once the jobs have its sums.

    The order rows are let go as soon as they are summed.
    """
    for key in [key for key in jobs.jobs if key[0].on_order_rows]:
        jobs.sums[key] = _run_job(jobs, books, key)
    books.release_orders()
    _share(jobs)
    wanted = [(one, _needed(jobs, one)) for one in planned]
    with Prefetch(books.engine.at_once) as prefetch:
        for work in _awaited(books):
            prefetch.submit(work)
        promised = _promised(jobs, books, chain.from_iterable(keys for _, keys in wanted), prefetch)
        for one, keys in wanted:
            for key in keys:
                if key in promised:
                    jobs.sums[key] = promised.pop(key)()
            yield one


def _awaited(books: Books) -> list[Callable[[], Frame]]:
    """Buyers' histories, but those by columns of the orders: one thread's work, for which several facts wait."""
    sales = [ask.track for ask in books.asks if (ask.track.unit, ask.track.kind) == ("buyer", "sale")]
    rules = dict.fromkeys(books.serving(track.rules) for track in sales)
    return [partial(books.sale_history, one, "buyer") for one in rules if not books.want(one).dimensions["buyer"]]


def _share(jobs: Jobs) -> None:
    """Have a fact that is split anyhow sum for its coarser splits too."""
    for key, job in jobs.jobs.items():
        for other, finer in jobs.jobs.items():
            if job.fact.same_split and job.only_sums and _is_finer(other, key):
                finer.measures |= job.measures


def _needed(jobs: Jobs, one: Planned) -> list[Key]:
    """The jobs not yet done that a KPI needs, those with more dimensions first."""
    facts = {jobs.facts[fact] for fact in facts_of(one.figure)} if one.computed else set()
    by_detail = sorted(jobs.jobs, key=lambda key: -len(key[2]))
    return [key for key in by_detail if key[0] in facts and key not in jobs.sums]


def _promised(jobs: Jobs, books: Books, keys: Iterable[Key], prefetch: Prefetch) -> dict[Key, Callable[[], Sums]]:
    """What gives the sums of each of the jobs, those before it given."""
    promised: dict[Key, Callable[[], Sums]] = {}
    for key in dict.fromkeys(keys):
        finer = _finer(jobs, jobs.jobs[key], key, [*jobs.sums, *promised])
        if finer is None:
            promised[key] = prefetch.submit(partial(_run_job, jobs, books, key))
        else:
            promised[key] = partial(_added_up, jobs, jobs.jobs[key], finer)
    return promised


def _run_job(jobs: Jobs, books: Books, key: Key) -> Sums:
    """A job's sums, for the spans that a figure on its fact looks at."""
    with books.narrowed(books.schedule.within(jobs.reach[key[0]])):
        return take(books, jobs.jobs[key])


def _finer(jobs: Jobs, job: Job, key: Key, others: Iterable[Key]) -> Key | None:
    """One of the other jobs that splits by more of the fact's own dimensions, and whose sums add up to the job's."""
    if not job.only_sums:
        return None
    return next((o for o in others if _is_finer(o, key) and jobs.jobs[o].totalled >= job.totalled), None)


def _added_up(jobs: Jobs, job: Job, finer: Key) -> Sums:
    """What the sums of a job that splits by more add up to."""
    sums, names = jobs.sums[finer], list(dict.fromkeys(measure.name for measure in job.measures))
    totals = sums.totals.select("span", *job.names, *names)
    leaders = sums.leaders
    totals = leaders.by_span(totals, names) if leaders else totals.group_by("span", *job.names).agg(pl.col(names).sum())
    return Sums(totals, {}, {}, {}, {}, {}, sums.remarks, sums.unknown, leaders)


def _is_finer(one: Key, other: Key) -> bool:
    """Whether a job is that of the other's rows, split by more of the fact's own dimensions."""
    same, more = one[:2] == other[:2], set(one[2]) - set(other[2])
    return same and set(one[2]) > set(other[2]) and all(dimension.own for dimension in more)
