"""Engagement: how many of the distributors did something."""

from __future__ import annotations

from mlmkpi.books.rules import ANY_ORDER, ActiveRule, EventBase, OrderRules, Refunds, Volume
from mlmkpi.facts.deeds import Attending, Busy, LoggedIn
from mlmkpi.facts.listed import Listed
from mlmkpi.facts.participation import Participation
from mlmkpi.facts.people import MonthEnds
from mlmkpi.facts.sellers import Sellers
from mlmkpi.facts.trainings import Courses
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi


@kpi(
    title="Active distributor rate", short="Active distributor rate", family=Family.ENGAGEMENT, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.MONTHLY,
)
def active_distributor_rate(*, active_counts_recruiting: bool = True, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of the distributors on the books who sold or recruited in the month.

    Formula: Σ people on the books at a month's end who sold or recruited in it ÷ Σ people on the books at its end,
    pooled over the calendar months inside the period that ended by the as-of date.
    Unit: a rate from 0 to 1.
    Edge cases: a period shorter than a month, or from the company's calendar, is its own month; one with no ended month
    is null.
    Source: set by mlmkpi.
    """
    months = MonthEnds(OrderRules(valid_status), active_counts_recruiting)
    return Ratio(months.active(), months.listed())


@kpi(
    title="Active distributors", short="Active distributors", family=Family.ENGAGEMENT, unit=Unit.COUNT,
    better=Better.HIGHER,
)
def active_distributors(
    *, active_rule: ActiveRule = ANY_ORDER, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Distinct distributors who were active in the period: by default, with a sale credited to them.

    Formula: the number of distinct sellers that `active_rule` finds active.
    Unit: people.
    Edge cases: sellers whom the roster does not list count too.
    Source: set by mlmkpi.
    """
    sellers = Sellers(active_rule.order_rules(valid_status, refunds, volume), active_rule)
    return Ratio(sellers.active())


@kpi(
    title="Activity rate", short="Activity rate", family=Family.ENGAGEMENT, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def activity_rate(*, activity_minimum: int = 1, activity_kinds: tuple[str, ...] = ()) -> Ratio:
    """The share of the distributors on the books who did something in the period: met, trained, came to an event.

    Formula: people on the books at the period's end with at least `activity_minimum` activities in it ÷ people on the
    books at its end. An event attended and a course completed are activities too; a login is not.
    Unit: a rate from 0 to 1.
    Edge cases: of activities, attendance and courses those count that the export has, and the note names the others.
    Source: set by mlmkpi.
    """
    return Ratio(Busy(activity_minimum, activity_kinds).found(), Listed().listed())


@kpi(
    title="Adoption of the tools", short="Adoption", family=Family.ENGAGEMENT, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def adoption_rate() -> Ratio:
    """The share of the distributors on the books who logged in.

    Formula: people on the books at the period's end with an activity of kind login in it ÷ people on the books then.
    Unit: a rate from 0 to 1.
    Edge cases: logins of people who had left by the period's end do not count.
    Source: set by mlmkpi.
    """
    return Ratio(LoggedIn().found(), Listed().listed())


@kpi(
    title="Event participation", short="Event participation", family=Family.ENGAGEMENT, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.CLUSTERED,
)
def event_participation_rate(*, event_base: EventBase = EventBase.ELIGIBLE) -> Ratio:
    """How many of the events that were open to people they came to.

    Formula: distinct pairs of person and event attended ÷ pairs open: people on the books on the event's day, in its
    market if it has one; with event_base = invited, whoever the attendance lists.
    Unit: a rate from 0 to 1.
    Edge cases: where the attendance does not say who came, everybody on it did; null where nothing was open to anybody.
    Source: set by mlmkpi.
    """
    events = Participation(event_base)
    return Ratio(events.attended(), events.open_to())


@kpi(
    title="Event reach", short="Event reach", family=Family.ENGAGEMENT, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def event_reach() -> Ratio:
    """The share of the distributors on the books who came to an event of the period.

    Formula: people on the books at the period's end who attended at least one event in it ÷ people on the books then.
    Unit: a rate from 0 to 1.
    Edge cases: where the attendance does not say who came, everybody on it did.
    Source: set by mlmkpi.
    """
    return Ratio(Attending().found(), Listed().listed())


@kpi(
    title="Training completion", short="Training completion", family=Family.ENGAGEMENT, unit=Unit.RATE,
    better=Better.HIGHER,
)
def training_completion_rate(*, training_days: int = 30) -> Ratio:
    """How many of the courses assigned are completed in time.

    Formula: distinct pairs of person and course first assigned in the period and completed within `training_days` days
    ÷ such pairs assigned.
    Unit: a rate from 0 to 1.
    Edge cases: courses assigned less than `training_days` days before the as-of date are left out; of several
    assignments the earliest counts; a completion before it does not.
    Source: set by mlmkpi.
    """
    courses = Courses(training_days)
    return Ratio(courses.completed(), courses.assigned())
