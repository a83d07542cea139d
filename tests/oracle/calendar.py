"""Periods of every length and the way back from one to an earlier one: dates alone, no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A period: its label, both its days, and the day its closing boundary stands on."""

    label: str
    first: date
    last: date
    closing: date


def month_end(day: date) -> date:
    """The last day of the month that holds the day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def back_a_year(day: date) -> date:
    """The day a year before; a month's last day goes to that month's last day."""
    if day == month_end(day):
        return month_end(date(day.year - 1, day.month, 1))
    return day.replace(year=day.year - 1)


def bounds(every: str, day: date) -> tuple[str, date, date]:
    """Label, first and last day of the calendar period that holds the day."""
    if every == "day":
        return day.isoformat(), day, day
    if every == "week":
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return f"{year:04d}-W{week:02d}", monday, monday + timedelta(days=6)
    if every == "month":
        return f"{day:%Y-%m}", day.replace(day=1), month_end(day)
    if every == "quarter":
        quarter = (day.month + 2) // 3
        first = date(day.year, 3 * quarter - 2, 1)
        return f"{day.year:04d}-Q{quarter}", first, month_end(first.replace(month=3 * quarter))
    if every == "year":
        return f"{day.year:04d}", date(day.year, 1, 1), date(day.year, 12, 31)
    raise ValueError(every)


class Calendar:
    """All periods of one length, seen from the as-of date."""

    def __init__(self, every: str, as_of: date, periods: Sequence[Mapping[str, Any]] = ()) -> None:
        self.every = every
        self.as_of = as_of
        rows = sorted((row["starts_on"], row["ends_on"], row["period"]) for row in periods)
        self.own = [Span(label, first, last, min(last, as_of)) for first, last, label in rows]

    def holding(self, day: date) -> Span | None:
        """The period that holds the day; none only where a company's own calendar has a gap."""
        if self.every == "period":
            return next((span for span in self.own if span.first <= day <= span.last), None)
        label, first, last = bounds(self.every, day)
        return Span(label, first, last, min(last, self.as_of))

    def before(self, span: Span) -> Span | None:
        """The period just before this one."""
        if self.every == "period":
            earlier = [other for other in self.own if other.last < span.first]
            return earlier[-1] if earlier else None
        return self.holding(span.first - DAY)

    def back(self, day: date) -> date:
        """The day a year before, 364 days where periods are weeks."""
        return day - timedelta(days=364) if self.every == "week" else back_a_year(day)

    def year_before(self, span: Span) -> Span | None:
        """The period a year before; for a provisional one, the same days of it."""
        if self.every == "day":
            return self.holding(self.back(span.first))
        then = self.holding(span.first - timedelta(days=364) if self.every == "week" else first_back(span.first))
        if then is None or span.closing == span.last:
            return then
        closing = then.first + (span.closing - span.first) if self.every == "period" else self.back(span.closing)
        return Span(then.label, then.first, then.last, min(closing, then.last))

    def twelve_months(self, span: Span) -> tuple[date, date]:
        """First and last day of the twelve months (52 weeks) up to the closing day."""
        return self.back(span.closing) + DAY, span.closing

    def spans(self, first: date | None, last: date | None, count: int | None) -> list[Span]:
        """The periods asked for: whole ones from first to last, else the latest 13 (or count)."""
        end = min(last or self.as_of, self.as_of)
        if self.every == "period":
            listed = [span for span in self.own if span.first <= end and (first is None or span.last >= first)]
            return listed if first is not None else listed[-(count or 13) :]
        span = self.holding(end)
        found: list[Span] = []
        while span is not None and (span.last >= first if first is not None else len(found) < (count or 13)):
            found.append(span)
            span = self.before(span)
        return found[::-1]


def first_back(day: date) -> date:
    """A period's first day a year earlier; 29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
