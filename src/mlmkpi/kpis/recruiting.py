"""Recruiting and retention: who joins, who stays, who goes."""

from __future__ import annotations

from dataclasses import fields

from mlmkpi.books.dimensions import Boundary
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, Base, FirstSale, OrderRules, Refunds, Volume, Window
from mlmkpi.facts.movers import Movers, PassersBy
from mlmkpi.facts.newcomers import FirstSales, Newcomers
from mlmkpi.facts.people import TENURE, People
from mlmkpi.facts.sellers import Recruiters, Sellers
from mlmkpi.kpi import TOTAL, Better, Family, Interval, Naive, Ratio, Survival, Unit, kpi

BY_TENURE = (TOTAL, (TENURE,))
TEXTBOOK = "it counts people who came back as kept, and takes new people who are gone already for people lost"


def _moves(figure: Ratio) -> tuple[Ratio, ...]:
    """In the base at the opening boundary; gained and lost by the closing one; new sign-ups."""
    people = figure.of.fact
    if not isinstance(people, People):
        raise TypeError(people)
    movers = Movers(**{each.name: getattr(people, each.name) for each in fields(people)})
    return Ratio(people.at_start()), Ratio(movers.gained()), Ratio(movers.lost()), Ratio(Newcomers().joined())


def _textbook(start: float, gained: float, lost: float, new: float) -> float | None:
    """(end − new) ÷ start."""
    return (start + gained - lost - new) / start if start > 0 else None


def _textbook_churn(start: float, gained: float, lost: float, new: float) -> float | None:
    """(start + new − end) ÷ start."""
    return (new - gained + lost) / start if start > 0 else None


def _sold_already(figure: Survival) -> tuple[Ratio, ...]:
    """The days to the first sale of those who have sold, and how many these are."""
    first = figure.of.fact
    if not isinstance(first, FirstSales):
        raise TypeError(first)
    return Ratio(first.sellers_days()), Ratio(first.event())


@kpi(title="New sign-ups", short="New sign-ups", family=Family.RECRUITING, unit=Unit.COUNT, better=Better.HIGHER)
def new_signups(*, cooling_off_days: int = 0) -> Ratio:
    """People whose first enrolment ever falls in the period; whoever comes back is not new again.

    Formula: the number of such people, credited to their enroller when split by distributor.
    Unit: people.
    Edge cases: people who were customers before count; `--by kind` tells these upgrades from the others, as the row of
    the first enrolment says (of two rows of that day, the word that comes last in the alphabet). With
    `cooling_off_days` above 0, people terminated 0 to that many days after enrolling are dropped.
    Source: set by mlmkpi.
    """
    return Ratio(Newcomers(cooling_off_days).joined())


@kpi(
    title="Distributor retention", short="Distributor retention", family=Family.RECRUITING, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, dims_at=Boundary.START,
    naive=Naive("(end − new) ÷ start", TEXTBOOK, _moves, _textbook),
)
def distributor_retention_rate(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD, lapse_after_days: int = 90,
    active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of the distributors who were current when the window opened and still are on its last day.

    Formula: |S ∩ E| ÷ |S|, those of S who are in E too ÷ those in S: S = current on the day before the period, E =
    current on its last day. Current = on the books, and enrolled, back or with a sale in the last `lapse_after_days`
    days.
    Unit: a rate from 0 to 1.
    Edge cases: people who join inside the period are in neither set; beside the total it is given by tenure when the
    window opened, because people in their first `lapse_after_days` days can hardly lapse.
    Source: set-based retention; (end − new) ÷ start is not used, as it counts returning people as kept.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    people = People(rules, lapse_after_days, retention_base, retention_window, active_rule)
    return Ratio(people.kept(), people.at_start(), blocks=BY_TENURE)


@kpi(
    title="Churn", short="Churn", family=Family.RECRUITING, unit=Unit.RATE, better=Better.LOWER,
    interval=Interval.WILSON, dims_at=Boundary.START,
    naive=Naive("(start + new − end) ÷ start", TEXTBOOK, _moves, _textbook_churn),
    related=("churn_terminated", "churn_lapsed", "intra_period_leavers"),
)
def churn_rate(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD, lapse_after_days: int = 90,
    active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of the distributors who were current when the window opened and no longer are: 1 − retention.

    Formula: |S ∖ E| ÷ |S|, those of S who are not in E ÷ those in S, the sets of distributor retention; it is churn by
    termination plus churn by lapse.
    Unit: a rate from 0 to 1.
    Edge cases: who joins and leaves inside one period is in neither set.
    Source: set by mlmkpi.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    people = People(rules, lapse_after_days, retention_base, retention_window, active_rule)
    return Ratio(people.lost(), people.at_start(), blocks=BY_TENURE)


@kpi(
    title="Churn by termination", short="  by termination", family=Family.RECRUITING, unit=Unit.RATE,
    better=Better.LOWER, interval=Interval.WILSON, dims_at=Boundary.START,
)
def churn_terminated(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD, lapse_after_days: int = 90,
    active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The part of churn that is off the books on the window's last day.

    Formula: |S ∖ E, off the books| ÷ |S|, those of S who are not in E and off the books ÷ those in S, the sets of
    distributor retention.
    Unit: a rate from 0 to 1.
    Edge cases: with retention_base = active, unknown sellers count here, as they are never on the books.
    Source: set by mlmkpi.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    people = People(rules, lapse_after_days, retention_base, retention_window, active_rule)
    return Ratio(people.terminated(), people.at_start())


@kpi(
    title="Churn by lapse", short="  by lapse", family=Family.RECRUITING, unit=Unit.RATE, better=Better.LOWER,
    interval=Interval.WILSON, dims_at=Boundary.START,
)
def churn_lapsed(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD, lapse_after_days: int = 90,
    active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The part of churn that is still on the books on the window's last day, without a sale for too long.

    Formula: |S ∖ E, on the books| ÷ |S|, those of S who are not in E and on the books ÷ those in S, the sets of
    distributor retention.
    Unit: a rate from 0 to 1.
    Edge cases: 0 with retention_base = on_books.
    Source: set by mlmkpi.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    people = People(rules, lapse_after_days, retention_base, retention_window, active_rule)
    return Ratio(people.lapsed(), people.at_start())


@kpi(
    title="Joined and left in the period", short="Joined and left", family=Family.RECRUITING, unit=Unit.COUNT,
    better=Better.LOWER,
)
def intra_period_leavers() -> Ratio:
    """People whom retention and churn never see: they join and leave inside one period.

    Formula: the number of people off the books at both boundaries of the period and on them some day between.
    Unit: people.
    Edge cases: who leaves on the day they enrol was never on the books; who is back by the period's end is no leaver.
    Source: set by mlmkpi, beside set-based churn.
    """
    return Ratio(PassersBy().passed())


@kpi(
    title="Quick ratio", short="Quick ratio", family=Family.RECRUITING, unit=Unit.RATIO, better=Better.HIGHER,
)
def quick_ratio(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD, lapse_after_days: int = 90,
    active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """How many people came for each one who went: above 1 the field grows.

    Formula: |E ∖ S| ÷ |S ∖ E|, those of E who were not in S ÷ those of S who are not in E, the sets of distributor
    retention: new and returning people ÷ people lost.
    Unit: a ratio.
    Edge cases: null where nobody was lost. Ranks and age bands are those at the period's end.
    Source: the quick ratio of subscription businesses, counted in people.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    movers = Movers(rules, lapse_after_days, retention_base, retention_window, active_rule)
    return Ratio(movers.gained(), movers.lost())


@kpi(
    title="Sponsor rate", short="Sponsor rate", family=Family.RECRUITING, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def sponsor_rate(
    *, active_rule: ActiveRule = ANY_ORDER, valid_status: tuple[str, ...] = (),
    refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV,
) -> Ratio:
    """The share of active distributors who also enrolled somebody new in the period.

    Formula: people who were active and enrolled at least one new sign-up ÷ active distributors.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled somebody without being active are in neither.
    Source: set by mlmkpi.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    return Ratio(Recruiters(rules, active_rule).active_recruiters(), Sellers(rules, active_rule).active())


@kpi(
    title="Time to first sale", short="Time to first sale", family=Family.RECRUITING, unit=Unit.DAYS,
    better=Better.LOWER,
    naive=Naive(
        "the mean of the days of those who have sold", "it forgets everybody who has not sold yet, the slowest of all",
        _sold_already, lambda days, sellers: days / sellers if sellers else None,
    ),
)
def time_to_first_sale(*, first_sale: FirstSale = FirstSale.CUSTOMER, valid_status: tuple[str, ...] = ()) -> Survival:
    """Days from first enrolment to the first customer sale: the median over everybody who enrolled, sellers or not yet.

    Formula: Kaplan–Meier median by period of enrolment, censored at the as-of date only; whoever leaves without a sale
    stays in the risk set, since quitting is not a reason to have sold later. Beside it: the share within 30, 60
    and 90 days.
    Unit: days.
    Edge cases: null while more than half have not sold; people who enrolled before the orders start are left out, and
    so are those who had such a sale before they enrolled, whom the note counts.
    Source: Kaplan and Meier 1958.
    """
    first_sales = FirstSales(OrderRules(valid_status), first_sale)
    return Survival(
        first_sales.observed(), first_sales.duration(), first_sales.event(), within=(30, 60, 90),
        noted=(("sold before they enrolled, left out", first_sales.sold_before()),),
    )

