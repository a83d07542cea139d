"""Goals: how people do against what they set out to do."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules, Refunds, Volume
from mlmkpi.facts.goals import GOAL_KPI, Goals
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi


def _figure(goals: Goals) -> Ratio:
    asked = goals.due() if goals.so_far else goals.goal()
    return Ratio(goals.actual(), asked, blocks=((GOAL_KPI,),), untold=goals.untold(), cut=goals.cut())


@kpi(title="Goal attainment", short="Goal attainment", family=Family.OPERATIONS, unit=Unit.RATE, better=Better.HIGHER)
def goal_attainment(
    *, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()
) -> Ratio:
    """How much of their goals people reached, of the goals that end in the period.

    Formula: Σ of what was done from a goal's first day to its last ÷ Σ of the goals, one row a kpi of goals: sales
    credited to the person, their personal volume, or new sign-ups they brought.
    Unit: a rate; 1 is the goal.
    Edge cases: null where the goals come to 0; goals of different kpis are never added; what the orders or the roster
    do not tell is null.
    Source: set by mlmkpi.
    """
    return _figure(Goals(OrderRules(valid_status, refunds, volume)))


@kpi(title="Goal pace", short="Goal pace", family=Family.OPERATIONS, unit=Unit.RATE, better=Better.HIGHER)
def goal_pace(
    *, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()
) -> Ratio:
    """How people are doing against the goals that run on the period's last day, had they gone at an even pace.

    Formula: Σ of what was done so far ÷ Σ of goal × elapsed days ÷ all days, both ends included; one row a kpi of
    goals, as in goal attainment.
    Unit: a rate; 1 is on pace.
    Edge cases: a goal's part is exact, not rounded to cents; a goal that ends that day counts whole.
    Source: set by mlmkpi.
    """
    return _figure(Goals(OrderRules(valid_status, refunds, volume), so_far=True))
