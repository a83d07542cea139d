"""Income: what distributors earn, how it is spread, and what of sales goes to them. Indicators, never verdicts."""

from __future__ import annotations

from fractions import Fraction

from mlmkpi.books.attributes import RANK
from mlmkpi.books.rules import OrderRules, Refunds, Volume
from mlmkpi.facts.base import Measure
from mlmkpi.facts.incomes import SPENT, Commissions, Earners, FirstIncomes, Outsiders
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.paid import PaidMonths, PaidSellers
from mlmkpi.kpi import (
    TOTAL,
    Better,
    Concentrated,
    Concentration,
    Family,
    Interval,
    Naive,
    Part,
    Quantiles,
    Ratio,
    Shape,
    Unit,
    kpi,
)

POINTS = (
    ("median", Fraction(1, 2)), *((f"p{at}", Fraction(at, 100)) for at in (10, 25, 75, 90, 95, 99)),
)
OUTSIDE = "paid but not on the books, left out"


@kpi(
    title="First income within 30 days", short="First income 30 d", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, related=("new_signups",),
)
def first_income_30d() -> Ratio:
    """The share of new people who earned something in their first 30 days.

    Formula: new people with a commission above 0 dated 0 to 30 days after their first enrolment ÷ new people.
    Unit: a rate from 0 to 1.
    Edge cases: people who enrolled less than 30 days before the as-of date, or before the orders start, are in neither.
    Source: set by mlmkpi.
    """
    incomes = FirstIncomes(30)
    return Ratio(incomes.got_there(), incomes.followed())


@kpi(
    title="Payout ratio", short="Payout ratio", family=Family.COMPLIANCE, unit=Unit.RATE, better=Better.NONE,
)
def payout_ratio(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What of net sales goes to distributors as commissions.

    Formula: commissions, clawbacks taken off ÷ net sales.
    Unit: a rate.
    Edge cases: commissions count on the day they were earned, where that is known, else paid; split, they are the
    earner's, and the sales the seller's.
    Source: set by mlmkpi.
    """
    return Ratio(Commissions().paid(), Orders(OrderRules(valid_status, refunds)).net_sales())


FINEST = 10**15
"""Parts of one finer than which no share is told from another."""


@kpi(
    title="Payout cap headroom", short="Payout headroom", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.HIGHER,
)
def payout_cap_headroom(
    *, payout_cap: float = 0.35, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()
) -> Ratio:
    """How far the payout ratio is below the most that may be paid out.

    Formula: `payout_cap` − payout ratio.
    Unit: a rate; below 0 where more was paid.
    Edge cases: as the payout ratio.
    Source: set by mlmkpi.
    """
    sales = Orders(OrderRules(valid_status, refunds)).net_sales()
    return Ratio(Commissions().paid(), sales, cap=Fraction(str(payout_cap)).limit_denominator(FINEST))


@kpi(
    title="Reinvestment rate", short="Reinvestment rate", family=Family.COMPLIANCE, unit=Unit.RATE, better=Better.NONE,
)
def reinvestment_rate() -> Ratio:
    """What of their commissions distributors spend on the business.

    Formula: expenses ÷ commissions, of everyone on the books on any day of the period.
    Unit: a rate.
    Edge cases: null where these people earned nothing.
    Source: set by mlmkpi.
    """
    earners = Earners(True)
    return Ratio(earners.expenses(), earners.gross(), noted=_outside())


def _outside() -> tuple[tuple[str, Measure], ...]:
    """Who is left out, to be noted."""
    return ((OUTSIDE, Outsiders().outsiders()),)


def _earning(figure: Ratio) -> tuple[Ratio, ...]:
    """What was earned, how many people there are, and how many of them earned nothing."""
    earners = figure.of.fact
    if not isinstance(earners, Earners):
        raise TypeError(earners)
    return Ratio(earners.gross()), Ratio(earners.people()), Ratio(earners.earning_nothing())


def _of_earners_alone(gross: float, people: float, nothing: float) -> float | None:
    """The mean over those who earned something."""
    return gross / (people - nothing) if people > nothing else None


@kpi(
    title="Income distribution", short="Income", family=Family.COMPLIANCE, unit=Unit.MONEY, better=Better.HIGHER,
    naive=Naive(
        "commissions ÷ people who earned something", "it forgets everybody who earned nothing, most of them as a rule",
        _earning, _of_earners_alone,
    ),
)
def income_distribution() -> Ratio:
    """What distributors earn in the period, those who earn nothing included.

    Formula: the mean of commissions over everyone on the books on any day of the period; beside it the median and the
    10th to 99th percentiles, and the totals of gross, expenses and net; in all and by rank at the period's end.
    Unit: money.
    Edge cases: clawbacks are taken off; who was paid without being on the books is left out and counted in the note.
    Source: set by mlmkpi.
    """
    earners = Earners()
    people, gross = earners.people(), earners.gross()
    return Ratio(
        gross, people, blocks=(TOTAL, (RANK,)), noted=_outside(),
        also=(
            Quantiles(people, gross, POINTS), Part("gross", gross),
            Part("expenses", earners.expenses(), needs=(SPENT,)), Part("net", earners.net(), needs=(SPENT,)),
        ),
    )


@kpi(
    title="Gini of earnings", short="Earnings Gini", family=Family.COMPLIANCE, unit=Unit.RATIO, better=Better.LOWER,
)
def earnings_gini() -> Concentrated:
    """How unequal incomes are: 0 where all earn the same, close to 1 where one earns everything.

    Formula: the Gini coefficient of commissions over everyone on the books on any day of the period, in its population
    form.
    Unit: from 0 to 1.
    Edge cases: an income below 0 counts as 0, and is counted in the note; null where nobody earned anything.
    Source: C. Gini, Variabilità e mutabilità, 1912.
    """
    earners = Earners()
    return Concentrated(Concentration("value", earners.people(), earners.gross(), Shape.GINI), noted=_outside())


@kpi(
    title="Earnings of the top 1 %", short="Top 1 % earn", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.LOWER,
)
def top_1pct_earnings_share() -> Concentrated:
    """The share of all commissions that goes to the hundredth who earn most.

    Formula: commissions of the ⌈n ÷ 100⌉ who earn most ÷ commissions of everyone on the books on any day of the period.
    Unit: a rate from 0 to 1.
    Edge cases: an income below 0 counts as 0 above and below, and is counted in the note.
    Source: set by mlmkpi.
    """
    earners = Earners()
    return Concentrated(Concentration("value", earners.people(), earners.gross(), Shape.TOP_1PCT), noted=_outside())


@kpi(
    title="Share earning nothing", short="Earning nothing", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.LOWER, interval=Interval.WILSON,
)
def share_earning_nothing() -> Ratio:
    """The share of distributors whose commissions are nothing, or less.

    Formula: people with commissions of 0 or below ÷ everyone on the books on any day of the period.
    Unit: a rate from 0 to 1.
    Edge cases: clawbacks are taken off first.
    Source: set by mlmkpi.
    """
    earners = Earners()
    return Ratio(earners.earning_nothing(), earners.people(), noted=_outside())


@kpi(
    title="At most break-even", short="At most break-even", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.LOWER, interval=Interval.WILSON,
)
def at_most_break_even_share() -> Ratio:
    """The share of distributors whose expenses eat up what they earn.

    Formula: people with commissions − expenses of 0 or below ÷ everyone on the books on any day of the period.
    Unit: a rate from 0 to 1.
    Edge cases: who neither earned nor spent counts.
    Source: set by mlmkpi.
    """
    earners = Earners(True)
    return Ratio(earners.at_most_even(), earners.people(), noted=_outside())


@kpi(
    title="Ten-customer share", short="Ten customers", family=Family.COMPLIANCE, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.MONTHLY,
)
def ten_customer_share(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of paid distributors who sold to ten customers or more in the month.

    Formula: Σ paid distributors with at least 10 distinct customers in the month ÷ Σ paid distributors, pooled over the
    calendar months inside the period that ended by the as-of date. Paid = commissions of the month above 0.
    Unit: a rate from 0 to 1.
    Edge cases: own purchases make no customer; a period shorter than a month is its own month.
    Source: the ten-customer rule of In re Amway Corp., 93 F.T.C. 618 (1979).
    """
    months = PaidMonths(OrderRules(valid_status))
    return Ratio(months.with_ten(), months.paid())


@kpi(
    title="Majority retail share", short="Majority retail", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def majority_retail_share(
    *, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()
) -> Ratio:
    """The share of paid distributors of whose volume customers bought more than half.

    Formula: paid distributors with a PSV above 0 and more than half of it from customers ÷ paid distributors. Paid =
    commissions of the period above 0.
    Unit: a rate from 0 to 1.
    Edge cases: who has no PSV counts as no, and is counted in the note.
    Source: set by mlmkpi.
    """
    sellers = PaidSellers(OrderRules(valid_status, refunds, volume))
    noted = (("paid without volume, counted as no", sellers.without_volume()),)
    return Ratio(sellers.mostly_retail(), sellers.paid(), noted=noted)
