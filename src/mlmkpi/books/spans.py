"""The stretches of days a run computes: the periods shown, those before them, and those a year earlier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, IntEnum

from mlmkpi.period import Calendar, Every, Period, day_number, from_day_number, year_before

NEVER = -1_000_000
"""A day before any other."""


class Reach(IntEnum):
    """How far back a figure looks: to the period before, to the year before, or to what either has grown from."""

    PREVIOUS = 0
    YEAR = 1
    GROWTH = 2


class Opening(Enum):
    """Which day a figure opens on."""

    BEFORE = "the day before the period"
    YEAR = "the day a year before its closing one"
    EARLIER = "the closing day of the period a year before"


@dataclass(frozen=True)
class Span:
    """A period as it is computed: `end` is its closing boundary, the as-of date where the period is still running.

    `months` are the calendar months (first, last day number) inside it that ended by the as-of date, and not before the
    orders start. `earlier` is the period before; `year_earlier` the days (first, last) of the one a year before, the
    same days where it is cut.
    """

    index: int
    period: Period
    start: int
    end: int
    complete: bool
    weeks: bool
    months: tuple[tuple[int, int], ...]
    earlier: Period | None = None
    year_earlier: tuple[int, int] | None = None

    @property
    def before(self) -> int:
        """The day before the period: its opening boundary."""
        return self.start - 1

    @property
    def year_before(self) -> int:
        """The boundary a year before the closing one."""
        return day_number(year_before(from_day_number(self.end), weeks=self.weeks))

    def opened(self, opening: Opening) -> int:
        """The day that a figure opens on."""
        if opening is Opening.BEFORE:
            return self.before
        return self.year_earlier[1] if opening is Opening.EARLIER and self.year_earlier else self.year_before


@dataclass(frozen=True)
class Schedule:
    """Every span of a run, and for each period shown its span, the previous one's and the year-ago one's.

    `before` and `year_before` say of every span which one its growth looks back to, where growth is asked for.
    `data_start` is the day the orders start; `fitted` are the spans for which models are fitted.
    """

    spans: tuple[Span, ...]
    shown: tuple[int, ...]
    previous: tuple[int | None, ...]
    year_ago: tuple[int | None, ...]
    as_of: int
    calendar: Calendar
    before: tuple[int | None, ...] = ()
    year_before: tuple[int | None, ...] = ()
    data_start: int | None = None
    fitted: frozenset[int] = frozenset()

    def within(self, reach: Reach) -> tuple[Span, ...]:
        """The spans that figures of such a reach look at."""
        if reach is Reach.GROWTH:
            return self.spans
        kept = {*self.shown, *self.previous, *(self.year_ago if reach is Reach.YEAR else ())}
        return tuple(span for span in self.spans if span.index in kept)

    def in_turns(self, periods: int) -> Iterator[Schedule]:
        """The schedules of so many of the periods shown at a time."""
        for first in range(0, len(self.shown), periods):
            here = slice(first, first + periods)
            yield replace(self, shown=self.shown[here], previous=self.previous[here], year_ago=self.year_ago[here])

    @property
    def whole_months(self) -> tuple[tuple[int, int], ...]:
        """The calendar months (first, last day number) from the first order to the as-of date that both hold wholly."""
        found: list[tuple[int, int]] = []
        month = None if self.data_start is None else Calendar(Every.MONTH).holding(from_day_number(self.data_start))
        while month is not None and day_number(month.end) <= self.as_of:
            found += [(day_number(month.start), day_number(month.end))]
            month = Calendar(Every.MONTH).after(month)
        return tuple(days for days in found if self.data_start is not None and days[0] >= self.data_start)


def _months(period: Period, as_of: date, calendar: Calendar) -> tuple[tuple[int, int], ...]:
    if calendar.every.value in ("day", "week", "period"):
        return ((day_number(period.start), day_number(period.end)),) if period.end <= as_of else ()
    found = []
    civil = Calendar(Every.MONTH)
    month = civil.holding(period.start)
    while month is not None and month.end <= min(period.end, as_of):
        found.append((day_number(month.start), day_number(month.end)))
        month = civil.after(month)
    return tuple(found)


def _same_days(calendar: Calendar, period: Period, before: Period | None, as_of: date) -> date | None:
    """Where a running period's year-ago one is cut: the as-of date a year before, or as many days into its own."""
    if before is None or period.end <= as_of:
        return None
    if calendar.every is Every.PERIOD:
        return before.start + (as_of - period.start)
    return year_before(as_of, weeks=calendar.weeks)


def _year_earlier(calendar: Calendar, period: Period, end: date) -> tuple[int, int] | None:
    """The days of the period a year before; of one that is cut, the same days."""
    before = calendar.year_ago(period)
    if before is None:
        return None
    cut = _same_days(calendar, period, before, end)
    return day_number(before.start), day_number(min(before.end, cut or before.end))


def schedule(
    calendar: Calendar, shown: Sequence[Period], as_of: date, *, year: bool, growth: bool = False,
    yearly_growth: bool = False, data_start: int | None = None,
) -> Schedule:
    """Lay out the spans that the shown periods need; `year` adds those a year before, cut to the same days.

    `growth` and `yearly_growth` add, for each of them, the span that its growth looks back to.
    """
    spans: dict[tuple[Period, date], Span] = {}

    def span(period: Period | None, cut: date | None = None) -> int | None:
        if period is None or period.start > as_of:
            return None
        end = min(period.end, as_of, cut or period.end)
        if (period, end) not in spans:
            spans[period, end] = Span(
                len(spans), period, day_number(period.start), day_number(end), end == period.end, calendar.weeks,
                tuple(month for month in _months(period, end, calendar) if month[1] >= (data_start or month[1])),
                calendar.before(period), _year_earlier(calendar, period, end),
            )
        return spans[period, end].index

    kept = [period for period in shown if period.start <= as_of]
    now = [span(period) for period in kept]
    previous = [span(calendar.before(period)) for period in kept]
    earlier: list[int | None] = [None] * len(kept)

    def a_year_before(period: Period) -> int | None:
        before = calendar.year_ago(period)
        return span(before, _same_days(calendar, period, before, as_of))

    if year:
        earlier = [a_year_before(period) for period in kept]
    figured = list(spans.values())
    back = [span(calendar.before(one.period)) for one in figured] if growth else []
    yearly = [_year_link(one, span, calendar) for one in figured] if yearly_growth else []
    nothing = [None] * (len(spans) - len(figured))
    return Schedule(
        tuple(spans.values()), tuple(i for i in now if i is not None), tuple(previous), tuple(earlier),
        day_number(as_of), calendar, (*back, *nothing), (*yearly, *nothing), data_start,
    )


def _year_link(
    one: Span, span: Callable[[Period | None, date | None], int | None], calendar: Calendar
) -> int | None:
    """The span a year before; of one that is cut, cut to the same days."""
    before = calendar.year_ago(one.period)
    return span(before, None if one.complete else _same_days(calendar, one.period, before, from_day_number(one.end)))


def fitted(laid: Schedule, *, everywhere: bool) -> Schedule:
    """The schedule with the spans that models are fitted for: the last that has ended and the one before, or all."""
    if everywhere:
        return replace(laid, fitted=frozenset(span.index for span in laid.spans))
    ended = [(at, back) for at, back in zip(laid.shown, laid.previous, strict=True) if laid.spans[at].complete]
    return replace(laid, fitted=frozenset(at for at in ended[-1] if at is not None) if ended else frozenset())
