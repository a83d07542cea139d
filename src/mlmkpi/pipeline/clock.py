"""When a run stands: its as-of date, and the day its orders start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from mlmkpi.as_of import By, order_days, told
from mlmkpi.engines import Engine
from mlmkpi.errors import DataError
from mlmkpi.period import FAR_APART, CompanyCalendar, day_number, first_after_slips, from_day_number, is_reckoned

PERIOD = ("period", "starts_on", "ends_on")
_WORDS = {
    By.ORDERS: ("order", "dated ", ""),
    By.HAPPENED: ("date", "", " of what has happened"),
    By.PLANNED: ("date", "", ""),
}
"""What people are told the latest day is, how it is dated, and of what."""


@dataclass(frozen=True)
class Clock:
    """The as-of date, the first order's day (None without orders), and what people should hear of them."""

    as_of: date
    data_start: int | None
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_clock(
    engine: Engine, tables: Sequence[str], as_of: date | None, unfit: Sequence[DataError] = ()
) -> Clock:
    """The clock of a run that reads these tables: the latest order's date, else the latest date in any of them.

    Where there is no date, one of the reasons is raised why tables are `unfit` to be read, if any are. Few orders more
    than ten years before the others are taken for slips: these do not start with them.
    """
    columns = {table: engine.columns(table) for table in ("orders", *tables)}
    if as_of is not None:
        days = order_days(engine, columns)
        start, early = start_of(days, as_of, "order")
        return Clock(as_of, start, _stale(days, as_of), tuple(early))
    found = told(engine, columns)
    if found is None and unfit:
        raise unfit[0]
    if found is None:
        raise _untold(f"no day in {', '.join(tables)}" if tables else "none of the tables that these KPIs read")
    chosen, (latest, dated, of) = from_day_number(found.as_of), _WORDS[found.by]
    if not is_reckoned(chosen):
        raise _untold(f"{chosen}, the latest {latest} in the export")
    warnings = []
    if found.slip is not None:
        slip = from_day_number(found.slip)
        gap = f"{(slip - chosen).days} days after the next"
        warnings.append(f"the latest {latest} is {dated}{slip}, {gap}: taken for a slip")
    hint = f"as of {chosen}, the latest {latest} in the export{of}; another: --as-of YYYY-MM-DD"
    start, early = start_of(found.of_orders, chosen, "order")
    return Clock(chosen, start, (hint,), (*warnings, *early))


def start_of(days: Sequence[int], as_of: date, what: str) -> tuple[int | None, list[str]]:
    """The first of the days, given in order, that is no slip, and what people should hear of those that are."""
    start = first_after_slips([day for day in days if day <= day_number(as_of)] or days)
    if start is None or start == days[0]:
        return start, []
    slip, rest = from_day_number(days[0]), from_day_number(start)
    return start, [f"the earliest {what} is dated {slip}, {(rest - slip).days:,} days before {rest}: taken for a slip"]


def _untold(got: str) -> DataError:
    fix = "say the day: --as-of 2026-10-31"
    return DataError("no date tells what day it is as of", (("got", got), ("fix", fix)))


def _stale(days: Sequence[int], as_of: date) -> tuple[str, ...]:
    """What people should hear where the last day of an order seen lies more than 31 days before the as-of date."""
    seen = [day for day in days if day <= day_number(as_of)]
    gap = day_number(as_of) - seen[-1] if seen else 0
    if gap <= FAR_APART:
        return ()
    return (f"the latest order is of {from_day_number(seen[-1])}, {gap:,} days before the as-of date, {as_of}",)


def company_calendar(engine: Engine) -> CompanyCalendar:
    """The company's own periods; DataError where the export has none or they do not fit."""
    if not set(PERIOD) <= engine.columns("periods"):
        raise DataError(
            "the export has no periods of the company's own",
            (("expected", "a period of the calendar, such as 2026-10, 2026-Q3 or 2026-W41; or a table periods with the "
                          "columns period, starts_on, ends_on"),),
        )
    rows = engine.collect(engine.scan("periods", PERIOD)).drop_nulls().unique().rows()
    if not rows:
        fix = "export the periods, or leave out --every period"
        raise DataError("periods has no row with a label and both days", (("fix", fix),))
    return CompanyCalendar([(str(label), from_day_number(start), from_day_number(end)) for label, start, end in rows])


def unfinished_periods(engine: Engine) -> list[str]:
    """A line about rows of the company's own periods that lack a label or a day."""
    lacking = engine.collect(engine.scan("periods", PERIOD)).select(pl.any_horizontal(pl.all().is_null()).sum()).item()
    return [f"{lacking:,} row{'s' * (lacking != 1)} of periods without a label or a day left out"] if lacking else []
