"""Which period a label names: the days to ask a run for, and the span that it then is."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from mlmkpi.books.spans import Schedule, Span
from mlmkpi.errors import UsageError
from mlmkpi.period import Calendar, Every, Period, from_day_number, is_reckoned
from mlmkpi.pipeline.request import one_of

MANY = 10_000
LABELS = {
    Every.DAY: r"(\d{4})-(\d\d)-(\d\d)", Every.WEEK: r"(\d{4})-W(\d\d)", Every.MONTH: r"(\d{4})-(\d\d)",
    Every.QUARTER: r"(\d{4})-Q([1-4])", Every.YEAR: r"(\d{4})",
}

SHORTEST: dict[str, int] = {Every.WEEK: 7, Every.MONTH: 28, Every.QUARTER: 90, Every.YEAR: 365}
"""How many days a period has at least."""


def request_for(label: str | None, every: str, window: int = 0) -> tuple[str, dict[str, Any]]:
    """How long the period of a label is, and what chooses it in a run.

    Without a label the last of `every`, so many that one of them ended `window` days ago. A label of no calendar is
    looked for among the company's own periods.

    >>> request_for("2026-Q3", "month")
    ('quarter', {'first': datetime.date(2026, 7, 1), 'last': datetime.date(2026, 9, 30)})
    >>> request_for(None, "month"), request_for(None, "month", 90)
    (('month', {'count': 2}), ('month', {'count': 6}))
    """
    every = one_of(Every, "every", every).value
    if not isinstance(label, str | None):
        expected = "its label, such as '2026-10', '2026-Q3' or '2026-W41'"
        raise UsageError(f"period is {label!r}", (("expected", expected),))
    if label is None:
        return every, {"count": 2 - -window // SHORTEST.get(every, 1)}
    if named := period_called(label):
        kind, period = named
        return kind.value, {"first": period.start, "last": period.end}
    return Every.PERIOD.value, {"count": MANY}


def period_called(label: str) -> tuple[Every, Period] | None:
    """The period of the calendar that a label names, and its length; None for another text.

    Raises UsageError for a label of a period that there is not.

    >>> every, period = period_called("2026-Q3")
    >>> every.value, str(period.start), str(period.end)
    ('quarter', '2026-07-01', '2026-09-30')
    """
    for kind, shape in LABELS.items():
        if found := re.fullmatch(shape, label):
            period = Calendar(kind).holding(_first_day(kind, [int(part) for part in found.groups()], label))
            return None if period is None else (kind, period)
    return None


def span_named(schedule: Schedule, label: str | None, window: int = 0) -> Span:
    """The span of the label; without one the last that ended `window` days ago. UsageError where there is none."""
    shown = [schedule.spans[at] for at in schedule.shown]
    if label is None:
        ended = [span for span in shown if span.complete]
        known = [span for span in ended if span.end + window <= schedule.as_of] or ended or shown
        if known:
            return known[-1]
    for span in shown:
        if span.period.label == label:
            return span
    raise UsageError(
        f"there is no period {label}" if label else "there is no period",
        (("expected", "a period by its label, such as 2026-10, 2026-Q3 or 2026-W41, that starts by the as-of date, "
                      f"{from_day_number(schedule.as_of)}"),),
    )


def _first_day(kind: Every, parts: list[int], label: str) -> date:
    year, rest = parts[0], parts[1:]
    try:
        if kind is Every.WEEK:
            day = date.fromisocalendar(year, rest[0], 1)
        elif kind is Every.QUARTER:
            day = date(year, 3 * rest[0] - 2, 1)
        else:
            day = date(year, *(rest or [1]), *([] if kind is Every.DAY else [1]))
    except ValueError:
        day = date.min
    if not is_reckoned(day):
        raise UsageError(f"{label} is no period", (("expected", "a label such as 2026-10 or 2026-Q3"),))
    return day
