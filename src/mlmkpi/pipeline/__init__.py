"""From names of KPIs to a Result: the one path that every command and the library take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from mlmkpi.engines import Engine
from mlmkpi.errors import MlmkpiError, UsageError
from mlmkpi.facts.ages import AGE_BANDS
from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export
from mlmkpi.facts.lineage import TEAM, Teams, TreeKind
from mlmkpi.facts.ranks import held_ladder
from mlmkpi.facts.spans import fitted, schedule
from mlmkpi.kpi import Back, Kpi, Ratio, facts_of, fits
from mlmkpi.period import Calendar, Every, Period, choose_periods
from mlmkpi.pipeline.clock import company_calendar, read_clock
from mlmkpi.pipeline.columns import prepare
from mlmkpi.pipeline.figures import figures
from mlmkpi.pipeline.found import findings
from mlmkpi.pipeline.jobs import Jobs, gather
from mlmkpi.pipeline.opening import Exports, on_engine, unread
from mlmkpi.pipeline.plan import Planned, chosen, plan, settings_in_force, split_by
from mlmkpi.pipeline.plugins import load_plugins, of_plugins, plugin_of
from mlmkpi.pipeline.result import Result, schema
from mlmkpi.pipeline.rows import only, rows_of
from mlmkpi.pipeline.trees import alone, laid_out
from mlmkpi.settings import Settings, load_settings

__all__ = ["Exports", "Request", "Result", "compute"]

Choice = TypeVar("Choice", bound=StrEnum)
Look = Callable[[Books, Jobs, Sequence[Planned]], None]


@dataclass(frozen=True)
class Request:
    """What is asked of a run."""

    kpis: Sequence[str | Kpi] | None = None
    every: Every = Every.MONTH
    by: Sequence[str] = ()
    where: Mapping[str, Sequence[str]] | None = None
    first: date | None = None
    last: date | None = None
    count: int | None = None
    as_of: date | None = None
    compare_year: bool = False
    bad_rows: str = "stop"
    teams: Teams = field(default_factory=Teams)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension of the Result: those to split by, then those to choose from."""
        return tuple(dict.fromkeys([*self.by, *(self.where or {})]))


def compute(
    exports: Exports = ".", *, kpis: Sequence[str] | None = None, every: str = "month", by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None, first: date | None = None, last: date | None = None,
    count: int | None = None, as_of: date | None = None, compare_year: bool = False, bad_rows: str = "stop",
    tree: str = "sponsor", depth: int | None = None, generation: int | None = None,
    config: Path | None = None, settings: Settings | None = None, engine: Any = None,
    progress: Callable[[str], None] | None = None,
) -> Result:
    """KPIs from exports: a folder, a file, a glob, an s3:// address, or frames and paths by table name.

    `kpis` are names, families or "all" (None: the default set); `every` is the length of a period; `by` are the
    dimensions to split by and `where` the values to keep of each; `first`, `last` and `count` choose the periods (13
    that end with the as-of date's). The dimension `team` is a leader with everybody below them in the `tree` ("sponsor"
    or "enroller"); of the leaders in `where["team"]`, down to a `depth` or that `generation` alone.

    `bad_rows` is "stop" or "skip". `settings` stand in for a mlmkpi.toml, `config`
    names one. `engine` is None or "polars", "spark", "sc://host:port" or a SparkSession. `progress` is told what is
    done.

    Raises UsageError, SettingsError, DataError, MissingExtraError or EngineError, all of them MlmkpiError.
    """
    request = request_of(
        kpis=kpis, every=every, by=by, where=where, first=first, last=last, count=count, as_of=as_of,
        compare_year=compare_year, bad_rows=bad_rows, tree=tree, depth=depth, generation=generation,
    )
    return run(exports, request, config=config, settings=settings, engine=engine, progress=progress)


def request_of(
    *, kpis: Sequence[str | Kpi] | None = None, every: str = "month", by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None, first: date | None = None, last: date | None = None,
    count: int | None = None, as_of: date | None = None, compare_year: bool = False, bad_rows: str = "stop",
    tree: str = "sponsor", depth: int | None = None, generation: int | None = None,
) -> Request:
    """A request in the words of `compute`; UsageError for a choice that there is not."""
    if bad_rows not in ("stop", "skip"):
        raise UsageError(f"bad_rows is {bad_rows!r}", (("expected", "stop or skip"),))
    return Request(
        kpis, one_of(Every, "every", every), tuple(by), where, first, last, count, as_of, compare_year, bad_rows,
        Teams(one_of(TreeKind, "tree", tree), tuple((where or {}).get(TEAM, ())), depth, generation),
    )


def run(
    exports: Exports, request: Request, *, config: Path | None = None, settings: Settings | None = None,
    engine: Any = None, progress: Callable[[str], None] | None = None, look: Look | None = None,
) -> Result:
    """A request's Result, as `compute` gives it; `look` sees the books before the orders are read."""
    folder = Path(exports) if isinstance(exports, str | Path) else None
    settings = settings or load_settings(config, folder, Path.cwd())
    tell, bad = progress or _silent, load_plugins(settings)

    def work(opened: Engine, leftover: Sequence[str]) -> Result:
        return _run(opened, request, settings, leftover, tell, look)

    try:
        result = on_engine(exports, settings, engine, request.bad_rows, work)
    except MlmkpiError:
        raise
    except Exception as error:
        kpis = chosen(request.kpis)[0]
        own = of_plugins([kpi.name for kpi in kpis])
        if not own or len(own) == len(kpis):
            raise
        request = replace(request, kpis=[kpi for kpi in kpis if kpi.name not in own])
        result = on_engine(exports, settings, engine, request.bad_rows, work)
        bad += [f"plugin {plugin_of(name)} left out: {name}: {type(error).__name__}" for name in own]
    return replace(result, warnings=(*bad, *result.warnings))


def _silent(_: str) -> None:
    """Tell nobody."""


def one_of(kind: type[Choice], name: str, value: str) -> Choice:
    """A choice by its name; UsageError for one that there is not."""
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"{name} is {value!r}", (("expected", ", ".join(kind)),)) from None


def _run(
    engine: Engine, request: Request, settings: Settings, leftover: Sequence[str], tell: Callable[[str], None],
    look: Look | None = None,
) -> Result:
    export = Export(engine, bad_rows=request.bad_rows, currency=settings.currency)
    kpis, default = chosen(request.kpis)
    dimensions = split_by(request.dimensions, export, settings.rank_ladder, kpis)
    planned = plan(kpis, export, settings, dimensions, request.teams)
    able = [one for one in planned if one.computed]
    left_out = {one.kpi.name: one.lacks for one in planned if one.lacks} if default else {}
    prepare(engine, able, dimensions)
    tables = sorted({need.partition(".")[0] for one in able for f in facts_of(one.figure) for n in f.needs()
                     for need in n.split("|")})
    tell("reading dates")
    clock = read_clock(engine, [table for table in tables if engine.columns(table)], request.as_of)
    planned, lineage = laid_out(planned, export, clock.as_of, request.teams, dimensions, asked=not default)
    able = [one for one in planned if one.computed]
    calendar = company_calendar(engine) if request.every is Every.PERIOD else Calendar(request.every)
    periods = choose_periods(calendar, clock.as_of, first=request.first, last=request.last, count=request.count)
    sums = [one.figure for one in able if isinstance(one.figure, Ratio)]
    backs, yearly = {back for figure in sums for back in figure.backs}, any(figure.year_ago for figure in sums)
    laid = schedule(
        calendar, periods, clock.as_of, year=request.compare_year or yearly, growth=Back.PREVIOUS in backs,
        yearly_growth=Back.YEAR in backs, data_start=clock.data_start,
    )
    laid = fitted(laid, everywhere=any(one.kpi.name in (request.kpis or ()) for one in able if fits(one.figure)))
    jobs = gather(able, dimensions, year=request.compare_year)
    facts = list(dict.fromkeys(key[0] for key in jobs.jobs))
    bands = settings.definitions.get("age_bands")
    books = Books(
        export, laid, clock.data_start, facts, ladder=held_ladder(export, settings.rank_ladder, laid.as_of),
        age_bands=tuple(map(str, bands)) if isinstance(bands, list) else AGE_BANDS,
        teams=request.teams, lineage=lineage, with_people=any(fact.reads_people for fact in jobs.facts),
    )
    for fact, _, split in jobs.jobs:
        fact.prepare(books, split)
    if look:
        look(books, jobs, planned)
    tell("reading orders")
    books.build()
    tell("summing")
    jobs.run(books)
    frames = [
        rows_of(
            one, figures(one, jobs, laid) if one.computed else None, laid, clock.data_start,
            dimensions=request.dimensions, min_cell=settings.min_cell, currency=settings.currency,
            compare_year=request.compare_year,
        )
        for one in planned if not (default and one.lacks)
    ]
    return Result(
        _framed(frames, request), request.dimensions, request.every.value, clock.as_of,
        settings_in_force(settings, planned),
        (*clock.hints, *_snapped(request, periods), *unread(leftover), *alone(export, request.teams, lineage)),
        (*clock.warnings, *findings(export, books)), left_out,
    )


def _framed(frames: Sequence[pl.DataFrame], request: Request) -> pl.DataFrame:
    """The KPIs' rows below one another, with every dimension that one of them has."""
    own = [name for frame in frames for name in frame.columns if name not in schema(())]
    columns = schema(tuple(dict.fromkeys([*request.dimensions, *own])))
    frame = pl.concat([pl.DataFrame(schema=columns), *frames], how="diagonal").select(list(columns))
    return only(frame, request.where or {})


def _snapped(request: Request, periods: Sequence[Period]) -> list[str]:
    """What people should hear where --from or --to fell inside a period."""
    hints = []
    if request.first and periods and periods[0].start != request.first:
        hints.append(f"--from {request.first} begins inside {periods[0].label}: from {periods[0].start}")
    if request.last and periods and periods[-1].end != request.last:
        hints.append(f"--to {request.last} ends inside {periods[-1].label}: to {periods[-1].end}")
    return hints
