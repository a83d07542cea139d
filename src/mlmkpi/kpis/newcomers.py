"""Newcomers: what new people do in their first weeks, and how many each recruiter brings."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules
from mlmkpi.facts.followed import Activated, Duplicating, Enrollers
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi


def _activation(days: int, valid_status: tuple[str, ...]) -> Ratio:
    newcomers = Activated(OrderRules(valid_status), days)
    return Ratio(newcomers.got_there(), newcomers.followed())


@kpi(
    title="Recruits per recruiter", short="Recruits per recruiter", family=Family.RECRUITING, unit=Unit.RATIO,
    better=Better.BAND,
)
def recruits_per_recruiter() -> Ratio:
    """How many new people each person brought who brought any.

    Formula: new sign-ups with an enroller ÷ distinct enrollers of them.
    Unit: a ratio.
    Edge cases: new people without an enroller, or who are their own, are left out; in a split both are counted where
        the enroller stands.
    Source: set by mlmkpi.
    """
    enrollers = Enrollers()
    return Ratio(enrollers.recruits(), enrollers.enrollers())


@kpi(
    title="Activation within 30 days", short="Activated in 30 days", family=Family.RECRUITING, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, related=("new_signups",),
)
def enrolment_activation_30d(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of new people who sold within 30 days of enrolling.

    Formula: new people with a sale credited to them 0 to 30 days after enrolling ÷ new people.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled less than 30 days before the as-of date, or before the orders start, are left out.
    Source: set by mlmkpi.
    """
    return _activation(30, valid_status)


@kpi(
    title="Activation within 60 days", short="Activated in 60 days", family=Family.RECRUITING, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, related=("new_signups",),
)
def enrolment_activation_60d(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of new people who sold within 60 days of enrolling.

    Formula: new people with a sale credited to them 0 to 60 days after enrolling ÷ new people.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled less than 60 days before the as-of date, or before the orders start, are left out.
    Source: set by mlmkpi.
    """
    return _activation(60, valid_status)


@kpi(
    title="Activation within 90 days", short="Activated in 90 days", family=Family.RECRUITING, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, related=("new_signups",),
)
def enrolment_activation_90d(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of new people who sold within 90 days of enrolling.

    Formula: new people with a sale credited to them 0 to 90 days after enrolling ÷ new people.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled less than 90 days before the as-of date, or before the orders start, are left out.
    Source: set by mlmkpi.
    """
    return _activation(90, valid_status)


@kpi(
    title="Duplication", short="Duplication", family=Family.RECRUITING, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON, related=("new_signups",),
)
def duplication_rate() -> Ratio:
    """The share of new people who bring somebody themselves within 90 days.

    Formula: new people who are the enroller of a new sign-up 0 to 90 days after enrolling ÷ new people.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled less than 90 days before the as-of date, or before the orders start, are left out;
    nobody is their own recruit.
    Source: set by mlmkpi.
    """
    newcomers = Duplicating(90)
    return Ratio(newcomers.got_there(), newcomers.followed())
