"""Periods and calendars: which days a label covers, and which period came before it, a year before, or holds a day."""

from __future__ import annotations

import calendar as months
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mlmkpi.errors import DataError, UsageError

EPOCH = date(1970, 1, 1)
FAR_APART = 31
"""A latest date more than so many days after the next one is taken for a slip."""
TEN_YEARS = 3653


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


def from_day_number(number: int) -> date:
    """The date of a day number.

    >>> from_day_number(1)
    datetime.date(1970, 1, 2)
    """
    return EPOCH + timedelta(days=number)


def is_month_end(day: date) -> bool:
    """Whether the day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, months.monthrange(year, month)[1])


def year_before(day: date, *, weeks: bool = False) -> date:
    """The same day a year earlier: a month's last day goes to that month's last day, a day of weeks 364 days back.

    >>> year_before(date(2025, 2, 28)), year_before(date(2024, 2, 29))
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    >>> year_before(date(2026, 10, 11), weeks=True)
    datetime.date(2025, 10, 12)
    """
    if weeks:
        return day - timedelta(days=364)
    if is_month_end(day):
        return month_end(day.year - 1, day.month)
    return date(day.year - 1, day.month, day.day)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier, 28 February for the 29th where there is none.

    >>> years_before(date(2024, 2, 29), 1), years_before(date(2024, 2, 29), 4)
    (datetime.date(2023, 2, 28), datetime.date(2020, 2, 29))
    """
    year = day.year - years
    return day.replace(year=year, day=min(day.day, month_end(year, day.month).day))


def months_before(day: date, months: int) -> date:
    """The day so many months earlier; a month's last day goes to that month's last day.

    >>> months_before(date(2026, 4, 30), 2), months_before(date(2026, 3, 30), 13)
    (datetime.date(2026, 2, 28), datetime.date(2025, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = month_end(year, month + 1)
    return last if day == month_end(day.year, day.month) else last.replace(day=min(day.day, last.day))


class Every(StrEnum):
    """How long a period is; `PERIOD` is the company's own calendar, the `periods` table."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    PERIOD = "period"


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days, both ends included, with the label people use for it."""

    start: date
    end: date
    label: str

    @property
    def is_month(self) -> bool:
        """Whether it is a calendar month."""
        after = self.end + timedelta(days=1)
        return self.start.day == after.day == 1 and (after - self.start).days <= 31


class Calendar:
    """Periods of the civil calendar."""

    def __init__(self, every: Every) -> None:
        self.every = every

    @property
    def weeks(self) -> bool:
        """Whether a year is 364 days here."""
        return self.every is Every.WEEK

    def holding(self, day: date) -> Period | None:
        """The period that holds the day.

        >>> Calendar(Every.WEEK).holding(date(2026, 10, 5)).label
        '2026-W41'
        """
        if self.every is Every.DAY:
            return Period(day, day, day.isoformat())
        if self.every is Every.WEEK:
            start = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Period(start, start + timedelta(days=6), f"{year}-W{week:02d}")
        if self.every is Every.MONTH:
            return Period(day.replace(day=1), month_end(day.year, day.month), f"{day:%Y-%m}")
        if self.every is Every.QUARTER:
            last = (day.month + 2) // 3 * 3
            return Period(date(day.year, last - 2, 1), month_end(day.year, last), f"{day.year}-Q{last // 3}")
        return Period(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year))

    def before(self, period: Period) -> Period | None:
        """The period that ends the day before this one starts."""
        return self.holding(period.start - timedelta(days=1))

    def after(self, period: Period) -> Period | None:
        """The period that starts the day after this one ends."""
        return self.holding(period.end + timedelta(days=1))

    def year_ago(self, period: Period) -> Period | None:
        """The same period a year earlier."""
        if self.every is Every.DAY:
            return self.holding(year_before(period.start))
        if self.every is Every.WEEK:
            return self.holding(period.start - timedelta(days=364))
        return self.holding(date(period.start.year - 1, period.start.month, 1))


class CompanyCalendar(Calendar):
    """A company's own periods, from its `periods` table: (label, first day, last day) rows."""

    def __init__(self, rows: Sequence[tuple[str, date, date]]) -> None:
        super().__init__(Every.PERIOD)
        self.periods = sorted(Period(start, end, label) for label, start, end in rows)
        for one, two in zip(self.periods, self.periods[1:], strict=False):
            if two.start <= one.end:
                raise DataError(
                    f"the periods {one.label} and {two.label} overlap",
                    (("got", f"{one.label} ends on {one.end}, {two.label} starts on {two.start}"),
                     ("expected", "periods that follow one another"),
                     ("fix", "correct starts_on and ends_on in the periods table")),
                )
        for one in self.periods:
            if one.end < one.start:
                raise DataError(
                    f"the period {one.label} ends before it starts",
                    (("got", f"{one.start} to {one.end}"), ("fix", "correct the periods table")),
                )
        called: dict[str, Period] = {}
        for two in self.periods:
            one = called.setdefault(two.label, two)
            if one is not two:
                raise DataError(
                    f"two periods are called {two.label}",
                    (("got", f"{one.start} to {one.end}, {two.start} to {two.end}"),
                     ("fix", "give each a label of its own in the periods table")),
                )
        self._starts = [period.start for period in self.periods]

    def holding(self, day: date) -> Period | None:
        """The company's period that holds the day, or None in a gap."""
        at = bisect_right(self._starts, day) - 1
        if at < 0 or self.periods[at].end < day:
            return None
        return self.periods[at]

    def before(self, period: Period) -> Period | None:
        """The period listed before this one."""
        at = self._starts.index(period.start)
        return self.periods[at - 1] if at > 0 else None

    def after(self, period: Period) -> Period | None:
        """The period listed after this one."""
        at = self._starts.index(period.start)
        return self.periods[at + 1] if at + 1 < len(self.periods) else None

    def year_ago(self, period: Period) -> Period | None:
        """The period that holds this one's first day a year earlier."""
        return self.holding(year_before(period.start))


def is_reckoned(day: date) -> bool:
    """Whether a day is of a year that calendars are laid out in: with room for what comes before it and after."""
    return 1000 <= day.year < 9000


def first_after_slips(days: Sequence[int]) -> int | None:
    """The first of the days, given in order, that is no slip: slips are fewer, and more than ten years before the rest.

    >>> first_after_slips([1, 5000, 5001]), first_after_slips([1, 2, 5000, 5001]), first_after_slips([])
    (5000, 1, None)
    """
    for at in range(len(days) // 2 + 1, 0, -1):
        if at < len(days) - at and days[at] - days[at - 1] > TEN_YEARS:
            return days[at]
    return days[0] if days else None


def choose_periods(
    calendar: Calendar, as_of: date, *, first: date | None = None, last: date | None = None, count: int | None = None
) -> list[Period]:
    """The periods of a run: `first` and `last` snap outward; by default the `count` (13) that end with the as-of's.

    None starts after the as-of date, whatever `last` is.

    Raises UsageError where the days asked for hold no period or stand in the wrong order.
    """
    if first and first > as_of:
        raise UsageError(
            f"{first} lies after the as-of date, {as_of}",
            (("expected", "a period that starts by then"), ("fix", "ask for an earlier one, or set another --as-of")),
        )
    latest = min(last or as_of, as_of)
    end = calendar.holding(latest)
    if end is None and isinstance(calendar, CompanyCalendar):
        end = max((p for p in calendar.periods if p.start <= latest), default=None)
    start = calendar.holding(first) if first else None
    if first and start is None and isinstance(calendar, CompanyCalendar):
        start = min((p for p in calendar.periods if p.end >= first), default=None)
    if end is None and not (first or last):
        raise UsageError(
            f"no period of the company's own starts by the as-of date, {as_of}",
            (("fix", "export the periods up to that date, or set another --as-of"),),
        )
    if end is None or (first and start is None) or (start and start.start > end.start):
        raise UsageError(
            "no period lies between the days asked for",
            (("got", f"--from {first or '…'} --to {last or as_of}"), ("expected", "a first day before the last"),
             ("fix", "correct --from and --to, or leave them out")),
        )
    chosen = [end]
    wanted = count or (None if start else 13)
    while wanted is None or len(chosen) < wanted:
        if start and chosen[-1].start <= start.start:
            break
        earlier = calendar.before(chosen[-1])
        if earlier is None or not is_reckoned(earlier.start):
            break
        chosen.append(earlier)
    return chosen[::-1]
