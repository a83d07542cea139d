"""A run: the export planned, its calendar laid out, its orders read once, and every figure made of the sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.ages import AGE_BANDS
from mlmkpi.books.attributes import want_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import Lineage
from mlmkpi.books.ranks import held_ladder
from mlmkpi.books.roster import Roster
from mlmkpi.books.spans import Schedule, fitted, schedule
from mlmkpi.engines import Engine
from mlmkpi.kpi import Back, Ratio, fits
from mlmkpi.period import Calendar, Every, Period, choose_periods, day_number
from mlmkpi.pipeline.clock import Clock, company_calendar, read_clock, unfinished_periods
from mlmkpi.pipeline.columns import prepare, tables_of
from mlmkpi.pipeline.data_warnings import data_warnings
from mlmkpi.pipeline.dimensions import split_by
from mlmkpi.pipeline.jobs import Jobs, gather
from mlmkpi.pipeline.kpi_rows import KpiRows
from mlmkpi.pipeline.opening import Exports, Unused, on_engine
from mlmkpi.pipeline.period_labels import span_named
from mlmkpi.pipeline.plan import Planned, check_definitions, chosen, plan, settings_in_force
from mlmkpi.pipeline.plugins import failed, failure, may_be_plugins, told
from mlmkpi.pipeline.request import Request
from mlmkpi.pipeline.result import TEXT, Result
from mlmkpi.pipeline.run_jobs import run_jobs
from mlmkpi.pipeline.segments import uncounted, unseen
from mlmkpi.pipeline.trees import laid_out, lone_leaders
from mlmkpi.settings import Settings, chosen_settings
from mlmkpi.tables import TABLES

Write = Callable[[pl.DataFrame], None]
Look = Callable[[Books, Jobs, Sequence[Planned]], None]


def run(
    exports: Exports, request: Request, *, config: str | Path | None = None, settings: Settings | None = None,
    engine: Any = None, progress: Callable[[str], None] | None = None, look: Look | None = None,
    write: Write | None = None, anew: Callable[[], None] | None = None,
) -> Result:
    """A request's Result, as `compute` gives it; `look` sees the books before the orders are read.

    `write` is handed the rows in turn, text as TEXT, which the Result is then without: by team more than memory holds.
    Where a plugin's KPI fails, `anew` is called to drop them, and the others' rows follow; without it that is the end.
    """
    settings = chosen_settings(settings, config, exports)
    tell, bad = progress or _silent, check_definitions(settings)

    writers: list[Exception] = []

    def attempt(asked: Request, look: Look | None = None, write: Write | None = None) -> Result:
        def work(opened: Engine, unused: Unused) -> Result:
            return _run(opened, asked, settings, unused, tell, look, write)

        return on_engine(exports, settings, engine, asked.bad_rows, work)

    def alone(name: str) -> None:
        attempt(replace(request, kpis=[name]))

    while True:
        try:
            result = attempt(request, look, _kept_apart(write, writers) if write else None)
            return replace(result, warnings=(*dict.fromkeys(bad), *result.warnings))
        except Exception as error:
            if error in writers or not may_be_plugins(error):
                raise
            kpis = chosen(request.kpis)[0]
            own = failed(error, [kpi.name for kpi in kpis], alone)
            if not own:
                raise
            if len(own) == len(kpis) or look is not None or (write is not None and anew is None):
                name, its = next(iter(own.items()))
                raise failure(name, its) from its
            if anew is not None:
                anew()
            bad.extend(told(name, its) for name, its in own.items())
            request = replace(request, kpis=[kpi for kpi in kpis if kpi.name not in own])


def _kept_apart(write: Write, errors: list[Exception]) -> Write:
    """The same, whose errors, which are no plugin's, are listed."""
    def listing(frame: pl.DataFrame) -> None:
        try:
            write(frame)
        except Exception as error:
            errors.append(error)
            raise

    return listing


def _silent(_: str) -> None:
    """Tell nobody."""


def _run(
    engine: Engine, request: Request, settings: Settings, unused: Unused, tell: Callable[[str], None],
    look: Look | None = None, write: Write | None = None,
) -> Result:
    """The run on an opened engine: planned, laid out, read, summed, made into rows."""
    export = Export(engine, bad_rows=request.bad_rows, currency=settings.currency)
    kpis, default = chosen(request.kpis)
    dimensions = split_by(request, export, settings, kpis)
    shown_as = {dimension.name: dimension.asked for dimension in dimensions}
    request = request.renamed({asked: name for name, asked in shown_as.items()})
    planned = plan(kpis, export, settings, dimensions, request.teams)
    lacking = {one.kpi.name: one.lacks for one in planned if one.lacks}
    prepare(engine, _able(planned), dimensions)
    tell("reading dates")
    unfit = engine.unfit(tables_of(planned, engine))
    dated = tables_of(_able(planned), engine) or [table for table in TABLES if engine.columns(table) and not unfit]
    clock = read_clock(engine, dated, request.as_of, unfit)
    roster = Roster(export, day_number(clock.as_of))
    planned, lineage, loops = laid_out(planned, roster, request.teams, dimensions, asked=not default)
    calendar = company_calendar(engine) if request.every is Every.PERIOD else Calendar(request.every)
    periods = choose_periods(calendar, clock.as_of, first=request.first, last=request.last, count=request.count)
    laid = _schedule(calendar, periods, clock, _able(planned), request)
    jobs = gather(_able(planned), dimensions, laid, year=request.compare_year)
    books = _books(roster, laid, jobs, settings, request, lineage)
    if look:
        look(books, jobs, planned)
    tell("reading orders")
    books.build()
    tell("summing")
    shown = [one for one in planned if not (default and one.lacks)]
    rows = KpiRows(jobs, laid, settings, request, export, shown)
    with closing(run_jobs(jobs, books, shown)) as summed:
        unwritten = list(summed) if write is None else []
        if write is not None:
            write(rows.nothing.rename(shown_as))
            for frame in chain.from_iterable(map(rows.of, summed)):
                write(frame.rename(shown_as))
    unread_tables = (f"{error.what}: left unread" for error in unfit)
    warnings = (*clock.warnings, *loops, *unread_tables, *data_warnings(export, books, jobs.splits))
    warnings += tuple(unfinished_periods(engine)) if request.every is Every.PERIOD else ()
    if not look:
        books.close()
    frames = (frame.with_columns(pl.col(TEXT).cast(pl.String)) for one in unwritten for frame in rows.of(one))
    frame = pl.concat([rows.nothing.with_columns(pl.col(TEXT).cast(pl.String)), *frames]).rename(shown_as)
    absent = list(unseen(request.where or {}, rows.seen))
    without = [] if default or absent else [one.kpi.name for one in shown if one.kpi.name not in rows.counted]
    hints = (
        *clock.hints, *_snapped(request, calendar, periods), *absent, *uncounted(without), *unused(),
        *lone_leaders(export, request.teams, dimensions, lineage),
    )
    return Result(
        frame, tuple(shown_as.values()), request.every.value, clock.as_of, settings_in_force(settings, planned),
        hints, warnings, left_out=lacking if default else {}, lacking={} if default else lacking,
    )


def _able(planned: Sequence[Planned]) -> list[Planned]:
    return [one for one in planned if one.computed]


def _schedule(
    calendar: Calendar, periods: Sequence[Period], clock: Clock, able: Sequence[Planned], request: Request
) -> Schedule:
    """The spans of the periods, and those further back that a figure is set beside."""
    ratios = [one.figure for one in able if isinstance(one.figure, Ratio)]
    backs = {back for figure in ratios for back in figure.backs}
    laid = schedule(
        calendar, periods, clock.as_of, year=request.compare_year or any(figure.year_ago for figure in ratios),
        growth=Back.PREVIOUS in backs, yearly_growth=Back.YEAR in backs, data_start=clock.data_start,
    )
    if request.models_for is not None:
        return replace(laid, fitted=frozenset({span_named(laid, request.models_for or None).index}))
    return fitted(laid, everywhere=any(one.kpi.name in (request.kpis or ()) for one in able if fits(one.figure)))


def _books(
    roster: Roster, laid: Schedule, jobs: Jobs, settings: Settings, request: Request, lineage: Lineage | None
) -> Books:
    """The books, told what every fact wants of the orders."""
    export, bands = roster.export, settings.definitions.get("age_bands")
    books = Books(
        export, laid, laid.data_start, [fact for fact, _, _ in jobs.jobs],
        ladder=held_ladder(export, settings.rank_ladder, laid.as_of),
        age_bands=tuple(map(str, bands)) if isinstance(bands, list) else AGE_BANDS,
        teams=request.teams, lineage=lineage, roster=roster, with_people=any(fact.reads_people for fact in jobs.facts),
    )
    for fact, _, split in jobs.jobs:
        books.split_by.setdefault(fact, set()).update(dimension for dimension in split if dimension.own)
        want_attributes(books, split)
        with books.narrowed(laid.within(jobs.reach[fact])):
            fact.prepare(books, split)
    return books


def _snapped(request: Request, calendar: Calendar, periods: Sequence[Period]) -> list[str]:
    """What people should hear where --from or --to fell inside a period, or --last left out what --from asked for."""
    hints = []
    if request.first and periods and periods[0].start < request.first:
        hints.append(f"--from {request.first} begins inside {periods[0].label}: from {periods[0].start}")
    earlier = calendar.before(periods[0]) if request.first and request.count and periods else None
    if request.first and earlier and earlier.end >= request.first:
        kept = f"only the last {request.count}" if request.count != 1 else "only the last"
        hints.append(f"of the periods --from {request.first} {kept}, from {periods[0].start}: --last {request.count}")
    if request.last and periods and periods[-1].end > request.last:
        hints.append(f"--to {request.last} ends inside {periods[-1].label}: to {periods[-1].end}")
    return hints
