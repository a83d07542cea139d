"""Which period comes before, after and a year before another, and which rows make a calendar of a company's own."""

from __future__ import annotations

from datetime import date

import pytest

from mlmkpi.errors import DataError
from mlmkpi.period import Calendar, CompanyCalendar, Every, Period

ONE = ("P1", date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        (Every.DAY, ("2024-02-29", "2024-02-28", "2024-03-01", "2023-02-28")),
        (Every.WEEK, ("2024-W09", "2024-W08", "2024-W10", "2023-W09")),
        (Every.MONTH, ("2024-02", "2024-01", "2024-03", "2023-02")),
        (Every.QUARTER, ("2024-Q1", "2023-Q4", "2024-Q2", "2023-Q1")),
        (Every.YEAR, ("2024", "2023", "2025", "2023")),
    ],
)
def test_the_periods_round_a_leap_day(every: Every, labels: tuple[str, ...]) -> None:
    calendar = Calendar(every)
    period = calendar.holding(date(2024, 2, 29))
    assert period
    found = (period, calendar.before(period), calendar.after(period), calendar.year_ago(period))
    assert tuple(each.label for each in found if each) == labels


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (("P2", date(2026, 1, 31), date(2026, 2, 27)), "the periods P1 and P2 overlap"),
        (("P2", date(2026, 2, 1), date(2026, 1, 31)), "the period P2 ends before it starts"),
        (("P1", date(2026, 2, 1), date(2026, 2, 27)), "two periods are called P1"),
    ],
)
def test_periods_that_are_none_are_refused(other: tuple[str, date, date], said: str) -> None:
    with pytest.raises(DataError, match=said):
        CompanyCalendar([other, ONE])


def test_periods_follow_one_another_in_order_of_their_days_and_may_be_a_day() -> None:
    """P3 starts the day after P1 ends; nothing lies before P1, in the gap after P3, or after P2."""
    calendar = CompanyCalendar([("P2", date(2026, 2, 3), date(2026, 2, 27)),
                                ("P3", date(2026, 2, 1), date(2026, 2, 1)), ONE])
    one, day, two = (Period(start, end, label) for label, start, end in (
        ONE, ("P3", date(2026, 2, 1), date(2026, 2, 1)), ("P2", date(2026, 2, 3), date(2026, 2, 27)),
    ))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2),
            date(2026, 2, 3), date(2026, 2, 27), date(2026, 2, 28)]
    assert [calendar.holding(each) for each in days] == [None, one, one, day, None, two, two, None]
    assert [calendar.before(each) for each in (one, day, two)] == [None, one, day]
    assert [calendar.after(each) for each in (one, day, two)] == [day, two, None]
