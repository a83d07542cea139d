"""What customers will be worth."""

from __future__ import annotations

from mlmkpi.facts.lifetimes import Lifetimes
from mlmkpi.facts.rules import ClvMethod, OrderRules, Refunds
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi


@kpi(
    title="Customer lifetime value", short="Lifetime value", family=Family.CUSTOMERS, unit=Unit.MONEY,
    better=Better.HIGHER,
)
def customer_lifetime_value(
    *, clv_horizon_months: int = 12, clv_annual_discount: float = 0.0, margin: float = 1.0,
    clv_method: ClvMethod = ClvMethod.BGNBD, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """What the average customer can be expected to buy in the months ahead (CLV).

    Formula: mean, over customers with a sale by the period's end, of the purchases expected in `clv_horizon_months`
    (BG/NBD) × the value expected of one (Gamma–Gamma) × `margin`; both models by maximum likelihood on all days so far.
    Unit: money.
    Edge cases: one purchase a customer and day; a purchase's value is net sales after the first day ÷ purchases after
    it; who joined before the orders start is left out. With fewer than 100 repeat buyers, or where a model has no
    maximum, net sales of the trailing horizon ÷ customers who bought in it, which the note says; so too with
    clv_method = historic. Unless the KPI is named, the last period that has ended and the one before are fitted alone.
    Source: Fader, Hardie and Lee (2005); Fader and Hardie (2013).
    """
    customers = Lifetimes(
        OrderRules(valid_status, refunds), clv_horizon_months, clv_annual_discount, margin, clv_method
    )
    return Ratio(customers.worth(), customers.customers())
