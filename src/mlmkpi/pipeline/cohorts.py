"""Cohort curves: of everybody who came in a calendar month, the share still there in each month after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.engines import Engine
from mlmkpi.errors import DataError
from mlmkpi.facts.base import Dimension, Fact, Measure
from mlmkpi.facts.books import Books
from mlmkpi.facts.cohorts import COHORT, Firsts, Recruits
from mlmkpi.facts.export import Export
from mlmkpi.facts.rules import ActiveRule, Base, OrderRules
from mlmkpi.facts.spans import Schedule, schedule
from mlmkpi.kpi import KPIS, Kpi
from mlmkpi.parameters import parsed
from mlmkpi.period import Calendar, Every, choose_periods, from_day_number
from mlmkpi.pipeline.clock import read_clock
from mlmkpi.pipeline.opening import Exports, on_engine
from mlmkpi.pipeline.plan import lack
from mlmkpi.pipeline.ratios import divided
from mlmkpi.pipeline.sums import Job, take
from mlmkpi.settings import FILE_NAME, Settings, load_settings

SCHEMA = {
    "cohort": pl.String(), "month": pl.Int32(), "period": pl.String(), "there": pl.Int64(), "size": pl.Int64(),
    "value": pl.Float64(), "note": pl.String(),
}


class Of(StrEnum):
    """Whose classes they are: distributors by first enrolment, or customers by first sale."""

    DISTRIBUTORS = "distributors"
    CUSTOMERS = "customers"


def cohorts(
    exports: Exports = ".", *, of: str = "distributors", curve: str = "active", as_of: date | None = None,
    bad_rows: str = "stop", config: Path | None = None, settings: Settings | None = None, engine: Any = None,
) -> pl.DataFrame:
    """The triangle of classes, one row a class and month.

    Its columns: `cohort`, `month` (0 is that of the class), `period`, `there`, `size`, `value` (there ÷ size), `note`.

    `of` is "distributors" (by first enrolment) or "customers" (by first sale); `curve` is what makes somebody still
    there: "active" in the month, "current" at its end, or "on_books" at its end (for customers, current). Leavers stay
    in the class; months that have not ended have no row; who came before the orders start is left out.

    Raises UsageError for another `of` or `curve`, DataError where the export lacks a column; else as `compute`.
    """
    from mlmkpi.pipeline import one_of

    base, whose = one_of(Base, "curve", curve), one_of(Of, "of", of)
    folder = Path(exports) if isinstance(exports, str | Path) else None
    settings = settings or load_settings(config, folder, Path.cwd())
    fact = _fact(whose, base, settings)

    def work(opened: Engine, _: Sequence[str]) -> pl.DataFrame:
        return _triangle(Export(opened, bad_rows=bad_rows, currency=settings.currency), fact, as_of)

    return on_engine(exports, settings, engine, bad_rows, work)


def _fact(of: Of, base: Base, settings: Settings) -> Recruits | Firsts:
    """The fact with the settings' parameters, those of the retention KPIs."""
    kpi = KPIS["customer_retention_rate" if of is Of.CUSTOMERS else "active_distributors"]
    statuses = _setting(kpi, "valid_status", (), settings)
    rules = OrderRules(statuses)
    if of is Of.CUSTOMERS:
        days = _setting(kpi, "customer_lapse_after_days", 90, settings)
        return Firsts(rules, days, Base.CURRENT if base is Base.ON_BOOKS else base)
    days = _setting(kpi, "lapse_after_days", 90, settings)
    rule = _setting(kpi, "active_rule", ActiveRule(), settings)
    return Recruits(rules, days, base, active_rule=rule)


def _setting(kpi: Kpi, name: str, default: Any, settings: Settings) -> Any:
    default = kpi.parameters.get(name, default)
    if name not in settings.definitions:
        return default
    return parsed(name, settings.definitions[name], default, str(settings.path or FILE_NAME))


def _triangle(export: Export, fact: Recruits | Firsts, as_of: date | None) -> pl.DataFrame:
    for need in fact.needs():
        if not export.has(need):
            raise DataError("cohort curves cannot be drawn", (("got", lack(need, export)), ("fix", "add it")))
    clock = read_clock(export.engine, ["orders"], as_of)
    if clock.data_start is None:
        return pl.DataFrame(schema=SCHEMA)
    calendar = Calendar(Every.MONTH)
    months = choose_periods(calendar, clock.as_of, first=from_day_number(clock.data_start))
    laid = schedule(calendar, months, clock.as_of, year=False, data_start=clock.data_start)
    split = (Dimension(COHORT, own=True),)
    books = Books(export, laid, clock.data_start, [fact])
    fact.prepare(books, split)
    books.build()
    measures: dict[Measure, None] = {fact.there(): None, fact.size(): None}
    totals = take(books, Job(fact, KPIS["active_customers"].dims_at, split, measures)).totals
    return _laid_out(totals, fact, laid)


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
