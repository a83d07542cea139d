"""When a run stands: its as-of date, and the day its orders start."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import polars as pl

from mlmkpi.engines import Engine
from mlmkpi.errors import DataError
from mlmkpi.period import FAR_APART, CompanyCalendar, day_number, first_after_slips, from_day_number, is_reckoned
from mlmkpi.tables import HAPPENED, PLANNED, TABLES

PERIOD = ("period", "starts_on", "ends_on")


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

    Without orders that is the date of something that happened, such as an event that somebody came to; where there is
    no such date, that of what may be planned. A latest date more than 31 days after the next one is taken for a slip,
    and so are few orders more than ten years before the others: these do not start with them. Where there is no date,
    one of the reasons is raised why tables are `unfit` to be read, if any are.
    """
    orders = "ordered_on" in engine.columns("orders")
    days = _days(engine, "orders", ["ordered_on"]) if orders else []
    if as_of is not None:
        start, early = start_of(days, as_of, "order")
        return Clock(as_of, start, _stale(days, as_of), tuple(early))
    told_by, dated, of = ("order", "dated ", "") if days else ("date", "", " of what has happened")
    if not days:
        days = sorted({*_dated(engine, tables, HAPPENED), *_attended(engine, tables)})
    if not days:
        days, of = _dated(engine, tables, PLANNED), ""
    if not days and unfit:
        raise unfit[0]
    if not days:
        raise _untold(f"no day in {', '.join(tables)}" if tables else "none of the tables that these KPIs read")
    warnings = []
    if len(days) > 1 and days[-1] - days[-2] > FAR_APART:
        slip, before = from_day_number(days[-1]), from_day_number(days[-2])
        gap = f"{(slip - before).days} days after the next"
        warnings.append(f"the latest {told_by} is {dated}{slip}, {gap}: taken for a slip")
        days.pop()
    chosen = from_day_number(days[-1])
    if not is_reckoned(chosen):
        raise _untold(f"{chosen}, the latest {told_by} in the export")
    hint = f"as of {chosen}, the latest {told_by} in the export{of}; another: --as-of YYYY-MM-DD"
    start, early = start_of(days if dated else [], chosen, "order")
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


def _dated(engine: Engine, tables: Sequence[str], columns: AbstractSet[str]) -> list[int]:
    """The distinct days of these columns of the tables, in order."""
    found: set[int] = set()
    for table in TABLES.keys() & tables:
        declared = columns & engine.columns(table) & set(TABLES[table].names)
        found.update(_days(engine, table, sorted(declared)))
    return sorted(found)


def _attended(engine: Engine, tables: Sequence[str]) -> list[int]:
    """The days of events that somebody came to: is marked as having come, where lists have such a mark."""
    lists, events = engine.columns("attendance"), engine.columns("events")
    if not {"attendance", "events"} <= set(tables) or "event_id" not in lists or not {"event_id", "held_on"} <= events:
        return []
    listed = engine.scan("attendance", sorted({"event_id", "attended"} & lists))
    came = listed.filter(nw.col("attended")) if "attended" in lists else listed
    rows = engine.scan("events", ["event_id", "held_on"]).join(came.select("event_id").unique(), on="event_id")
    return engine.collect(rows.select("held_on").unique())["held_on"].drop_nulls().to_list()


def _days(engine: Engine, table: str, columns: Sequence[str]) -> list[int]:
    """The distinct days of date columns, in order."""
    found: set[int] = set()
    for name in columns:
        frame = engine.scan(table, [name]).select(nw.col(name).alias("day")).unique()
        found.update(engine.collect(frame)["day"].drop_nulls().to_list())
    return sorted(found)
