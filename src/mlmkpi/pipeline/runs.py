"""A run: the export planned, its calendar laid out, its orders read once, and every figure made of the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.ages import AGE_BANDS
from mlmkpi.books.attributes import TABLE, want_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import Lineage
from mlmkpi.books.ranks import held_ladder
from mlmkpi.books.roster import Roster
from mlmkpi.books.spans import Reach, Schedule, fitted, schedule
from mlmkpi.engines import Engine
from mlmkpi.errors import MlmkpiError
from mlmkpi.kpi import Back, Ratio, facts_of, fits
from mlmkpi.period import Calendar, Every, Period, choose_periods, day_number
from mlmkpi.pipeline.alike import filled_up
from mlmkpi.pipeline.clock import Clock, company_calendar, read_clock, unfinished_periods
from mlmkpi.pipeline.columns import prepare
from mlmkpi.pipeline.dimensions import split_by
from mlmkpi.pipeline.figures import figures
from mlmkpi.pipeline.found import findings, skipped
from mlmkpi.pipeline.jobs import Jobs, gather, looks_back
from mlmkpi.pipeline.opening import Exports, on_engine
from mlmkpi.pipeline.plan import Planned, chosen, plan, settings_in_force
from mlmkpi.pipeline.plugins import failed, failure, load_plugins, plugin_of, why
from mlmkpi.pipeline.request import Request
from mlmkpi.pipeline.result import TEXT, Result, schema
from mlmkpi.pipeline.rows import only, rows_of
from mlmkpi.pipeline.segments import uncounted, unseen
from mlmkpi.pipeline.taking import taken
from mlmkpi.pipeline.trees import alone, laid_out
from mlmkpi.pipeline.when import picked
from mlmkpi.settings import Settings, load_settings
from mlmkpi.tables import TABLES

Write = Callable[[pl.DataFrame], None]
ROOM = 1_300_000
"""For how many leaders and periods figures are made at once."""
Look = Callable[[Books, Jobs, Sequence[Planned]], None]


def run(
    exports: Exports, request: Request, *, config: str | Path | None = None, settings: Settings | None = None,
    engine: Any = None, progress: Callable[[str], None] | None = None, look: Look | None = None,
    write: Write | None = None,
) -> Result:
    """A request's Result, as `compute` gives it; `look` sees the books before the orders are read.

    `write` is handed the rows in turn, text as TEXT, which the Result is then without: by team more than memory holds.
    """
    folder = Path(exports) if isinstance(exports, str | Path) else None
    settings = settings or load_settings(config, folder, Path.cwd())
    tell, bad = progress or _silent, load_plugins(settings)

    def attempt(asked: Request) -> Result:
        def work(opened: Engine, unused: Sequence[str]) -> Result:
            return _run(opened, asked, settings, unused, tell, look, write)

        def alone(name: str) -> None:
            one = replace(asked, kpis=[name])
            on_engine(exports, settings, engine, one.bad_rows, lambda opened, _: _run(opened, one, settings, (), tell))

        try:
            return on_engine(exports, settings, engine, asked.bad_rows, work)
        except MlmkpiError:
            raise
        except Exception as error:
            kpis = chosen(asked.kpis)[0]
            own = failed(error, [kpi.name for kpi in kpis], alone)
            if not own:
                raise
            if len(own) == len(kpis) or write is not None or look is not None:
                name, its = next(iter(own.items()))
                raise failure(name, its) from its
            bad.extend(f"plugin {plugin_of(name)} left out: {name}: {why(its)}" for name, its in own.items())
            return attempt(replace(asked, kpis=[kpi for kpi in kpis if kpi.name not in own]))

    result = attempt(request)
    return replace(result, warnings=(*bad, *result.warnings))


def _silent(_: str) -> None:
    """Tell nobody."""


def _run(
    engine: Engine, request: Request, settings: Settings, unused: Sequence[str], tell: Callable[[str], None],
    look: Look | None = None, write: Write | None = None,
) -> Result:
    export = Export(engine, bad_rows=request.bad_rows, currency=settings.currency)
    kpis, default = chosen(request.kpis)
    dimensions = split_by(request, export, settings.rank_ladder, kpis)
    shown_as = {dimension.name: dimension.asked for dimension in dimensions}
    request = request.renamed({asked: name for name, asked in shown_as.items()})
    planned = plan(kpis, export, settings, dimensions, request.teams)
    lacking = {one.kpi.name: one.lacks for one in planned if one.lacks}
    prepare(engine, _able(planned), dimensions)
    tell("reading dates")
    unfit = engine.unfit(_tables(planned, engine))
    dated = _tables(_able(planned), engine) or [table for table in TABLES if engine.columns(table) and not unfit]
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
    nothing = pl.DataFrame(schema=_columns(shown, request, TEXT))
    seen: dict[str, set[str]] = {name: set() for name in request.where or {}}
    counted: set[str] = set()
    rows = partial(_frames, nothing, jobs, laid, settings, request, export, seen, counted)
    with closing(taken(jobs, books, shown)) as ready:
        unwritten = list(ready) if write is None else []
        if write is not None:
            write(nothing.rename(shown_as))
            for frame in chain.from_iterable(map(rows, ready)):
                write(frame.rename(shown_as))
    unread_tables = (f"{error.what}: left unread" for error in unfit)
    warnings = (*clock.warnings, *loops, *unread_tables, *findings(export, books, jobs.splits))
    warnings += tuple(unfinished_periods(engine)) if request.every is Every.PERIOD else ()
    if not look:
        books.close()
    frames = (frame.with_columns(pl.col(TEXT).cast(pl.String)) for one in unwritten for frame in rows(one))
    found = pl.concat([pl.DataFrame(schema=_columns(shown, request)), *frames]).rename(shown_as)
    told = [*unseen(request.where or {}, seen)]
    told += uncounted([one.kpi.name for one in shown if not (default or told or one.kpi.name in counted)])
    return Result(
        found, tuple(shown_as.values()), request.every.value, clock.as_of, settings_in_force(settings, planned),
        (*clock.hints, *_snapped(request, calendar, periods), *told, *unused, *alone(export, request.teams, lineage)),
        warnings, lacking if default else {}, {} if default else lacking,
    )


def _able(planned: Sequence[Planned]) -> list[Planned]:
    return [one for one in planned if one.computed]


def _tables(planned: Sequence[Planned], engine: Engine) -> list[str]:
    """The tables of the export that the figures need."""
    facts = [fact for one in planned for fact in facts_of(one.figure)]
    needs = (needs for fact in facts for needs in (*fact.needs(), *fact.reads()))
    tables = {need.partition(".")[0] for choices in needs for need in choices.split("|")}
    return [table for table in sorted(tables) if engine.columns(table)]


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
        return replace(laid, fitted=frozenset({picked(laid, request.models_for or None).index}))
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


def _frames(
    nothing: pl.DataFrame, jobs: Jobs, laid: Schedule, settings: Settings, request: Request, export: Export,
    seen: Mapping[str, set[str]], counted: set[str], one: Planned,
) -> Iterator[pl.DataFrame]:
    """A KPI's rows with the Result's columns; for many leaders a few periods at a time.

    The values that there are of what rows are chosen by go into `seen`, the names of KPIs with rows into `counted`.
    """
    one = _with_skipped(one, export, jobs.dimensions)
    measures = frozenset(measure.name for measure in one.figure.measures())
    reach = max(looks_back(one.figure, request.compare_year), Reach.YEAR)
    leaders = 0 if jobs.leaders is None else len(jobs.leaders)
    together = len(laid.shown) if reach is Reach.GROWTH else ROOM // max(leaders, 1)
    for part in laid.in_turns(max(together, 1)):
        in_order = sorted(part.within(reach), key=lambda span: span.start)
        jobs.turn.then(measures, (span.index for span in in_order))
        rows = _rows(one, jobs, part, settings, request)
        rows = filled_up(rows, nothing.schema)[nothing.columns]
        for name, values in seen.items():
            values.update(rows[name].cast(pl.String).drop_nulls().unique())
        rows = only(rows, request.where or {})
        if rows.height:
            counted.add(one.kpi.name)
        yield rows


def _with_skipped(one: Planned, export: Export, dimensions: Dimensions) -> Planned:
    """A KPI whose rows' notes tell what was left out of the tables that it reads."""
    if export.bad_rows == "stop" or not one.computed:
        return one
    tables = {*_tables([one], export.engine), *(TABLE.get(dimension.side, "") for dimension in dimensions)}
    return replace(one, assumed="; ".join([*([one.assumed] if one.assumed else []), *skipped(export, tables)]))


def _columns(
    shown: Sequence[Planned], request: Request, text: pl.DataType | None = None
) -> dict[str, pl.DataType]:
    """The Result's columns: with every dimension that one of the KPIs has."""
    own = [name for one in shown for block in one.figure.blocks for name in block]
    return schema(tuple(dict.fromkeys([*request.dimensions, *own])), text)


def _rows(one: Planned, jobs: Jobs, laid: Schedule, settings: Settings, request: Request) -> pl.DataFrame:
    """A KPI's rows of the periods that the schedule shows."""
    spans = laid.within(looks_back(one.figure, request.compare_year))
    return rows_of(
        one, figures(one, jobs, laid, spans) if one.computed else None, laid, laid.data_start,
        dimensions=request.dimensions, min_cell=settings.min_cell, currency=settings.currency,
        compare_year=request.compare_year, leaders=jobs.leaders,
    )


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
