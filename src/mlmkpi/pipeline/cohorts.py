"""Cohort curves: of everybody who came in a calendar month, the share still there in each month after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Dimension
from mlmkpi.books.export import Export
from mlmkpi.books.roster import Roster
from mlmkpi.books.rules import ANY_ORDER, Base, OrderRules
from mlmkpi.books.spans import Schedule, schedule
from mlmkpi.engines import Engine
from mlmkpi.errors import DataError
from mlmkpi.facts.base import Fact, Measure
from mlmkpi.facts.cohorts import COHORT, Firsts, Recruits
from mlmkpi.facts.customers import NO_BOOKS
from mlmkpi.kpi import KPIS, Kpi
from mlmkpi.parameters import parsed, shown
from mlmkpi.period import Calendar, Every, choose_periods, day_number, from_day_number
from mlmkpi.pipeline.clock import Clock, read_clock, start_of
from mlmkpi.pipeline.data_warnings import data_warnings
from mlmkpi.pipeline.opening import Exports, Unused, on_engine
from mlmkpi.pipeline.plan import check_definitions, cohort_curve, lack
from mlmkpi.pipeline.ratios import divided
from mlmkpi.pipeline.request import check_bad_rows, check_count, check_day, one_of
from mlmkpi.pipeline.sums import Job, take
from mlmkpi.settings import FILE_NAME, Settings, chosen_settings
from mlmkpi.tables import ROSTER

SCHEMA = {
    "cohort": pl.String(), "month": pl.Int32(), "period": pl.String(), "there": pl.Int64(), "size": pl.Int64(),
    "value": pl.Float64(), "note": pl.String(),
}


class Of(StrEnum):
    """Whose classes they are: distributors by first enrolment, or customers by first sale."""

    DISTRIBUTORS = "distributors"
    CUSTOMERS = "customers"


@dataclass(frozen=True)
class Cohorts:
    """The triangle of classes.

    `frame` has one row a class and month: `cohort`, `month` (0 is that of the class), `period`, `there`, `size`,
    `value` (there ÷ size) and `note`. `definition` says whose classes they are and what makes somebody still there,
    with the parameters in force. `hints` and `warnings` are lines for people.
    """

    frame: pl.DataFrame
    of: Of
    curve: Base
    as_of: date
    definition: str
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def cohorts(
    exports: Exports = ".", *, of: str = "distributors", curve: str | None = None, last: int | None = None,
    as_of: date | None = None, bad_rows: str = "stop", config: str | Path | None = None,
    settings: Settings | None = None, engine: Any = None, progress: Callable[[str], None] | None = None,
) -> Cohorts:
    """The triangle of classes: of everybody who came in a month, the share still there in each month after it.

    `of` is "distributors" (by first enrolment) or "customers" (by first sale); `curve` is what makes somebody still
    there: "active" in the month, "current" at its end, or "on_books" at its end (for customers, current); without it
    the settings' `cohort_curve`, else "active". `last` keeps the latest so many classes. Leavers stay in the class;
    months that have not ended have no row; who came before the orders start is left out. Distributors on the books
    need no orders: the as-of date is then the latest of people's.

    Raises UsageError for another `of` or `curve`, DataError where the export lacks a column; else as `compute`.
    """
    check_day("as_of", as_of)
    check_bad_rows(bad_rows)
    check_count("last", last)
    whose, asked = one_of(Of, "of", of), None if curve is None else one_of(Base, "curve", curve)
    settings = chosen_settings(settings, config, exports)
    left_out = check_definitions(settings)
    base, tell = asked or cohort_curve(settings), progress or _silent
    fact, definition = _fact(whose, base, settings)

    def work(opened: Engine, unused: Unused) -> Cohorts:
        export = Export(opened, bad_rows=bad_rows, currency=settings.currency)
        frame, clock, warnings = _triangle(export, fact, as_of, tell)
        read_so = (NO_BOOKS,) if whose is Of.CUSTOMERS and base is Base.ON_BOOKS else ()
        hints = (*clock.hints, *_earlier(whose, clock), *read_so, *unused())
        return Cohorts(
            _latest(frame, last), whose, fact.retention_base, clock.as_of, definition, hints, (*left_out, *warnings)
        )

    return on_engine(exports, settings, engine, bad_rows, work)


def _silent(_: str) -> None:
    """Tell nobody."""


def _latest(frame: pl.DataFrame, last: int | None) -> pl.DataFrame:
    """The latest classes alone."""
    if last is None:
        return frame
    kept = frame["cohort"].unique().sort()[-last:]
    return frame.filter(pl.col("cohort").is_in(kept.implode()))


def _fact(of: Of, base: Base, settings: Settings) -> tuple[Recruits | Firsts, str]:
    """The fact with the settings' parameters, those of the retention KPIs, and the definition that it makes."""
    kpi = KPIS["customer_retention_rate" if of is Of.CUSTOMERS else "active_distributors"]
    statuses = _setting(kpi, "valid_status", (), settings)
    rules = OrderRules(statuses)
    told: dict[str, Any] = {"valid_status": statuses}
    fact: Recruits | Firsts
    if of is Of.CUSTOMERS:
        base = Base.CURRENT if base is Base.ON_BOOKS else base
        days = _setting(kpi, "customer_lapse_after_days", 90, settings)
        fact = Firsts(rules, days, base)
        told |= {"customer_lapse_after_days": days} if base is Base.CURRENT else {}
    else:
        days = _setting(kpi, "lapse_after_days", 90, settings)
        rule = _setting(kpi, "active_rule", ANY_ORDER, settings)
        booked = {name: _setting(kpi, name, None, settings) for name in ("refunds", "volume")}
        rules = rule.order_rules(statuses, **booked) if base is Base.ACTIVE else rules
        fact = Recruits(rules, days, base, active_rule=rule)
        active = {"active_rule": rule, **(booked if rule.by_volume else {})}
        told |= {Base.CURRENT: {"lapse_after_days": days}, Base.ACTIVE: active}.get(base, {})
    told = {"of": of, "curve": base, **told}
    return fact, f"cohorts({', '.join(f'{name}={shown(value)}' for name, value in told.items())})"


def _setting(kpi: Kpi, name: str, default: Any, settings: Settings) -> Any:
    default = kpi.parameters.get(name, default)
    if name not in settings.definitions:
        return default
    return parsed(name, settings.definitions[name], default, str(settings.path or FILE_NAME))


def _triangle(
    export: Export, fact: Recruits | Firsts, as_of: date | None, tell: Callable[[str], None]
) -> tuple[pl.DataFrame, Clock, tuple[str, ...]]:
    """The rows, when the run stands, and what was found in the export."""
    for need in fact.needs():
        if not export.has(need):
            raise DataError(f"a cohort's curve {lack(need, export)}", (("fix", "add it to the exports"),))
    tell("reading dates")
    clock = read_clock(export.engine, ["orders"] if fact.reads_orders else [*ROSTER, "orders"], as_of)
    start, early = (clock.data_start, []) if fact.reads_orders else _first_day(export, clock)
    if start is None or from_day_number(start) > clock.as_of:
        return pl.DataFrame(schema=SCHEMA), clock, (*clock.warnings, *early)
    calendar = Calendar(Every.MONTH)
    months = choose_periods(calendar, clock.as_of, first=from_day_number(start))
    laid = schedule(calendar, months, clock.as_of, year=False, data_start=clock.data_start)
    split = (Dimension(COHORT, own=True),)
    books = Books(export, laid, clock.data_start, [fact])
    fact.prepare(books, split)
    tell("reading orders")
    books.build()
    tell("summing")
    measures: dict[Measure, None] = {fact.there(): None, fact.size(): None}
    totals = take(books, Job(fact, KPIS["active_customers"].dims_at, split, measures)).totals
    return _laid_out(totals, fact, laid), clock, (*clock.warnings, *early, *data_warnings(export, books))


def _first_day(export: Export, clock: Clock) -> tuple[int | None, list[str]]:
    """The day the orders start; without orders that of the first enrolment, None where nobody has enrolled.

    Days that are slips are passed over, and told.
    """
    if clock.data_start is not None:
        return clock.data_start, []
    firsts = Roster(export, day_number(clock.as_of)).firsts()
    days = export.engine.collect(firsts.select("enrolled").unique())["enrolled"].drop_nulls().sort().to_list()
    return start_of(days, clock.as_of, "enrolment")


def _earlier(of: Of, clock: Clock) -> list[str]:
    """What people should hear of those who came before anything is known of their sales."""
    if clock.data_start is None:
        return []
    came = "enrolled" if of is Of.DISTRIBUTORS else "joined"
    start = from_day_number(clock.data_start)
    return [f"orders start on {start}: who {came} before that is in no class"]


def _laid_out(totals: pl.DataFrame, fact: Fact, laid: Schedule) -> pl.DataFrame:
    """The rows of months that have ended, null where the state cannot be known."""
    place = {at: number for number, at in enumerate(laid.shown)}
    rows = []
    for at, cohort, there, size in totals.select("span", COHORT, "there", "size").iter_rows():
        span, first = laid.spans[at], int(cohort)
        if at not in place or first not in place or not span.complete:
            continue
        back = fact.known_from(span)
        gap = back is not None and laid.data_start is not None and back < laid.data_start
        note = f"the orders do not reach back to {from_day_number(back)}" if gap and back is not None else None
        label = laid.spans[first].period.label
        rows.append((label, place[at] - place[first], span.period.label, None if gap else there, size, None, note))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("cohort", "month")
    share = divided("value", frame["there"].cast(pl.Float64), frame["size"])
    return frame.with_columns(share.set(frame["there"].is_null(), None))
