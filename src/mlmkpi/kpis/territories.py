"""Territories: where the field is at work."""

from __future__ import annotations

from mlmkpi.books.rules import ANY_ORDER, ActiveRule, Refunds, Volume
from mlmkpi.facts.territories import Territories
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi


@kpi(
    title="Territory coverage", short="Territory coverage", family=Family.OPERATIONS, unit=Unit.RATE,
    better=Better.HIGHER,
)
def territory_coverage(
    *, coverage_minimum: int = 1, active_rule: ActiveRule = ANY_ORDER, volume: Volume = Volume.QV,
    refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of the sales territories in which enough distributors are active.

    Formula: rows of territories with at least `coverage_minimum` active distributors ÷ all rows.
    Unit: a rate from 0 to 1.
    Edge cases: sellers whom the roster does not list are at home nowhere. Usually asked by quarter.
    Source: set by mlmkpi.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    territories = Territories(rules, active_rule, coverage_minimum)
    return Ratio(territories.covered(), territories.all_of_them())
