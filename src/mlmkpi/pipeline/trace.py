"""The rows behind a number: those of a figure's fact whose measure is not zero, and where they stand in the export.

One path for every KPI: a figure is made of measures, a measure is a sum over a fact's rows, and these are the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import UNKNOWN, Dimension, Dimensions
from mlmkpi.books.ledger import Extra
from mlmkpi.books.lineage import TEAM
from mlmkpi.books.lines import want_order
from mlmkpi.books.spans import Schedule, Span
from mlmkpi.engines import Frame
from mlmkpi.errors import DataError, EngineError, UsageError
from mlmkpi.facts.base import Measure
from mlmkpi.kpi import TOTAL, Back, Block, Figure, Kpi, Ratio, Survival
from mlmkpi.pipeline.cells_to_spans import spanned
from mlmkpi.pipeline.figure_parts import block_of
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.measure_checks import check_measures
from mlmkpi.pipeline.period_labels import request_for, span_named
from mlmkpi.pipeline.plan import Planned, figure_under, in_force, longest_window, the_one
from mlmkpi.pipeline.plugins import blamed, load_plugins
from mlmkpi.pipeline.provenance import Unit, located, unit_of
from mlmkpi.pipeline.ratios import divided
from mlmkpi.pipeline.request import check_lists, one_of, request_of
from mlmkpi.pipeline.result import COLUMNS, Result
from mlmkpi.pipeline.runs import run
from mlmkpi.pipeline.seasons import in_calendar_months
from mlmkpi.pipeline.teams import Split
from mlmkpi.settings import Settings, chosen_settings

ENDED = "ended"
"""Of durations, whether they came to their end."""


class RatioSide(StrEnum):
    """Which of a figure's two sums."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


@dataclass(frozen=True)
class Trace:
    """The rows behind one side of a figure in one period.

    `frame` has `kpi`, `period`, `side`, the dimensions, `table` and `id` (what the row is one of), `file` and `row`
    (records counted from 1; null where the export does not say), and `contribution` in a person's units; of durations
    also `ended`. `counted` says in words what the rows are. Where `adds_up`, the contributions' sum is `total`, taken
    over the rows, and `figure` is what the Result's figure is made of: the same to the last digit, else EngineError.
    Where not (medians, concentrations, durations), the contributions are the values that the figure is taken from.
    `apart` says that the figure is made of more than its two sums, as `note` tells.
    """

    frame: pl.DataFrame
    kpi: str
    definition: str
    period: str
    side: RatioSide
    unit: str
    counted: str
    adds_up: bool
    total: float
    figure: float
    value: float | None
    note: str | None
    warnings: tuple[str, ...]
    apart: bool = False
    hints: tuple[str, ...] = ()


@dataclass
class _Found:
    """What is seen of a run: the rows, and where their sums will be."""

    planned: Planned
    jobs: Jobs
    span: Span
    schedule: Schedule
    block: Block
    kept: Mapping[str, Sequence[str]]
    rows: pl.DataFrame


def trace(
    exports: Any = ".", kpi: str = "", *, period: str | None = None, side: str = "numerator", every: str = "month",
    by: Sequence[str] = (), where: Mapping[str, Sequence[str]] | None = None, as_of: date | None = None,
    bad_rows: str = "stop", tree: str = "sponsor", depth: int | None = None, generation: int | None = None,
    config: str | Path | None = None, settings: Settings | None = None, engine: Any = None,
    progress: Callable[[str], None] | None = None,
) -> Trace:
    """The rows behind a KPI's figure in a `period` ("2026-10", "2026-Q3", "2026-W41"; None: the last known in full).

    `by` adds dimensions as columns, `where` keeps the rows of their values; all else is as in `compute`.

    Raises UsageError for a side that the figure has not, DataError where the export lacks what the figure needs, and
    what `compute` raises.
    """
    check_lists(by, where)
    settings = chosen_settings(settings, config, exports)
    load_plugins(settings)
    known = the_one(kpi)
    chosen_side = one_of(RatioSide, "side", side)
    with blamed(kpi):
        figure = figure_under(known, in_force(known, settings), settings)
        window = longest_window(figure)
    own = {name for block in figure.blocks for name in block}
    asked = {name: values for name, values in (where or {}).items() if name not in own}
    if TEAM in by and TEAM not in asked:
        raise UsageError("rows are traced by team only for the teams asked for", (("fix", "--where team=ID"),))
    chosen_every, days = request_for(period, every, window)
    request = request_of(
        kpis=[kpi], every=chosen_every, by=by, where=asked or None, as_of=as_of, bad_rows=bad_rows, tree=tree,
        depth=depth, generation=generation, **days,
    )
    found: list[_Found] = []

    def look(books: Books, jobs: Jobs, planned: Sequence[Planned]) -> None:
        found[:] = [_look(books, jobs, planned[0], period, chosen_side, where or {})]

    result = run(exports, request, settings=settings, engine=engine, progress=progress, look=look)
    return _told(found[0], chosen_side, result, known)


def measured(figure: Figure, side: RatioSide) -> tuple[Measure, Measure, bool]:
    """The measure that counts a side's rows, what each of them contributes, and whether contributions add up to it."""
    if isinstance(figure, Survival):
        return figure.of, figure.duration, False
    if not isinstance(figure, Ratio):
        return figure.main.of, figure.main.value, False
    if side is RatioSide.NUMERATOR:
        return figure.numerator, figure.numerator, True
    if figure.denominator is None and figure.growth:
        raise UsageError(
            "the figure is growth: its denominator is the sum of an earlier period",
            (("fix", "trace the numerator, with --period of that one"),),
        )
    if figure.denominator is None:
        raise UsageError(
            "the figure is a count or total: it has no denominator", (("fix", "leave --side out"),)
        )
    return figure.denominator, figure.denominator, True


def words(measure: Measure) -> str:
    """What a measure counts, as its own words say."""
    text = measure.fact.says(measure.name) or (getattr(type(measure.fact), measure.name).__doc__ or "").split("\n\n")[0]
    return " ".join(text.split()).removesuffix(".")


def _look(
    books: Books, jobs: Jobs, planned: Planned, period: str | None, side: RatioSide, where: Mapping[str, Sequence[str]]
) -> _Found:
    """The rows of a side and where they stand, read before the run reads the orders once more for their sums."""
    if not planned.computed:
        raise DataError(f"{planned.kpi.name} cannot be traced", (("got", planned.lacks or planned.unsplit or ""),))
    where = {_held(name, jobs.dimensions): values for name, values in where.items()}
    span, block = span_named(books.schedule, period, planned.window), _block(planned.figure, where)
    of, value, _ = measured(planned.figure, side)
    fact, at, dimensions = jobs.key(planned.kpi, of.fact, block_of(of, block))
    _mark_places(books)
    books.with_people |= fact.unit != "order"
    split, names = Split(dimensions), [d.name for d in dimensions]
    rows = split.rows(books, fact, at)
    unit = unit_of(fact, rows)
    check_measures(rows, (of, value))
    frame = split.labelled(books, books.engine.collect(_counted(books, rows, planned.figure, side, names, unit, span)))
    frame = in_calendar_months(frame, planned.figure, books.schedule)
    whole = isinstance(planned.figure, Ratio) and planned.figure.of_total and side is RatioSide.DENOMINATOR
    kept = {name: values for name, values in where.items() if name in names and not (whole and name in block)}
    for name, values in kept.items():
        frame = frame.filter(pl.col(name).is_in(list(values)))
    found = located(books, unit, _listed(frame, planned.figure, block))
    shown = [*names, "table", "id", "file", "row", "_value", *([ENDED] if ENDED in found.columns else [])]
    return _Found(planned, jobs, span, books.schedule, block, kept, found.select(shown))


def _mark_places(books: Books) -> None:
    """Have the engine's rows tell where they stand in the files, and those of the orders also which order they are."""
    books.export.marking = books.engine.name == "polars"
    for rules in list(books.wanted):
        want_order(books, rules)
        books.want(rules).extras.update({name: Extra((name,), nw.col(name)) for name in books.export.marks("orders")})


def _counted(
    books: Books, rows: Frame, figure: Figure, side: RatioSide, names: Sequence[str], unit: Unit, span: Span
) -> Frame:
    """A fact's rows of the span that a side counts: the split, the unit, and what each of them adds."""
    of, value, _ = measured(figure, side)
    key = "span" if "span" in rows.collect_schema().names() else "cell"
    ended = [figure.event.expr.alias(ENDED)] if isinstance(figure, Survival) else []
    read = rows.select(key, *names, *unit.columns(), of.expr.alias("_of"), value.expr.alias("_value"), *ended)
    return spanned(books, read.filter(nw.col("_of") != 0), key).filter(nw.col("span") == span.index)


def _listed(rows: pl.DataFrame, figure: Figure, block: Block) -> pl.DataFrame:
    """Without the unknown cell, which a figure of the largest cells does not list."""
    return rows.filter(pl.col(block[0]) != UNKNOWN) if isinstance(figure, Ratio) and figure.largest else rows


def _held(name: str, dimensions: Dimensions) -> str:
    """What a dimension is called inside."""
    return next((dimension.name for dimension in dimensions if dimension.asked == name), name)


def _block(figure: Figure, where: Mapping[str, Sequence[str]]) -> Block:
    """The figure's own split in which the values asked for are told apart; without any the total, where it has one."""
    own = {name for block in figure.blocks for name in block} & set(where)
    fitting = [block for block in figure.blocks if own <= set(block)]
    return TOTAL if TOTAL in fitting else fitting[0] if fitting else figure.blocks[0]


def _told(found: _Found, side: RatioSide, result: Result, kpi: Kpi) -> Trace:
    """The trace; EngineError where what the rows add is not the sum that the run has taken."""
    planned, figure = found.planned, found.planned.figure
    of, value, adds_up = measured(figure, side)
    times = figure.times if isinstance(figure, Ratio) and side is RatioSide.NUMERATOR else 1
    totals = found.jobs.of(kpi, of.fact, block_of(of, found.block)).totals.filter(pl.col("span") == found.span.index)
    totals = in_calendar_months(totals, figure, found.schedule)
    for name, values in found.kept.items():
        totals = totals.filter(pl.col(name).is_in(list(values)))
    totals = _listed(totals, figure, found.block)
    frame = found.rows.with_columns(
        pl.lit(kpi.name).alias("kpi"), pl.lit(found.span.period.label).alias("period"),
        pl.lit(side.value).alias("side"),
        divided("contribution", found.rows["_value"] * times, _parts(found.rows, value)),
    ).drop("_value", *([value.per] if value.per else []))
    frame = frame.rename({name: Dimension(name).asked for name in frame.columns})
    head, last = ["kpi", "period", "side"], ["contribution"]
    frame = frame.select(*head, *(name for name in frame.columns if name not in (*head, *last)), *last)
    places = [name for name in ("table", "file", "row", "id") if name in frame.columns]
    order = [*places, *(name for name in frame.columns if name not in (*head, *places))]
    row = _row(result, found)
    counted = _exact(found.rows, "_value", value) if adds_up else Fraction(found.rows.height)
    summed = _exact(totals, of.name, of)
    if counted != summed:
        raise EngineError(
            f"the rows behind {kpi.name} do not add up to it", (("got", str(counted)), ("expected", str(summed)),
                                                                ("fix", "report it: this is a fault of mlmkpi")),
        )
    return Trace(
        frame.sort(*order, nulls_last=True), kpi.name, planned.definition, found.span.period.label, side,
        str(row.get("unit", kpi.unit.value)), words(of if adds_up else value), adds_up,
        float(counted * times), float(summed * times),
        row.get("value"), _note(figure) or row.get("note"), result.warnings, _note(figure) is not None,
        result.hints,
    )


def _parts(rows: pl.DataFrame, measure: Measure) -> pl.Series | int:
    """How many of what each row adds make one of a person's units."""
    return rows[measure.per].cast(pl.Int64) * measure.scale if measure.per else measure.scale


def _exact(rows: pl.DataFrame, column: str, measure: Measure) -> Fraction:
    """The sum of what rows add, in a person's units."""
    if not measure.per:
        return Fraction(int(rows[column].sum()), measure.scale)
    sums = rows.group_by(measure.per).agg(pl.col(column).sum()).select(measure.per, column).rows()
    return sum((Fraction(found, int(per) * measure.scale) for per, found in sums), Fraction())


def _row(result: Result, found: _Found) -> dict[str, Any]:
    """The Result's row of the figure, where one row is meant."""
    rows = result.frame.filter(pl.col("period") == found.span.period.label, pl.col("statistic") == "value")
    kept = {Dimension(name).asked: values for name, values in found.kept.items()}
    for name in rows.columns:
        if name in kept:
            rows = rows.filter(pl.col(name).is_in(list(kept[name])))
        elif name not in COLUMNS and name not in (*result.by, *found.block):
            rows = rows.filter(pl.col(name).is_null())
    return rows.row(0, named=True) if rows.height == 1 else {}


def _note(figure: Figure) -> str | None:
    """What sets the rows apart from the figure shown."""
    if isinstance(figure, Ratio) and figure.chain:
        return "the figure is a product of ratios: these are the rows of the first"
    if isinstance(figure, Ratio) and figure.growth:
        base = "a year before" if figure.growth is Back.YEAR else "before"
        return f"the figure is growth: these are the rows of the period itself, its base is that of the period {base}"
    if isinstance(figure, Ratio) and figure.seasonal:
        return "the figure is an index over all whole months: these are the rows of all of them"
    if isinstance(figure, Ratio) and figure.cap is not None:
        return f"the figure is {float(figure.cap):g} minus the ratio: these are the rows of the ratio"
    return None
