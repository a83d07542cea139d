"""Engagement: how many of the distributors did something."""

from __future__ import annotations

from mlmkpi.facts.people import MonthEnds
from mlmkpi.facts.rules import ANY_ORDER, ActiveRule, OrderRules, Refunds, Volume
from mlmkpi.facts.sellers import Sellers
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
