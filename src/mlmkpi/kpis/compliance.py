"""Compliance: what regulators look at. Indicators, never verdicts."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.facts.deeds import Signed
from mlmkpi.facts.listed import Listed
from mlmkpi.facts.orders import Orders
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi


@kpi(
    title="Retail sales share", short="Retail sales share", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.HIGHER,
)
def retail_sales_share(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of net sales that customers bought.

    Formula: net customer sales ÷ net sales; with internal consumption it adds to 1.
    Unit: a rate from 0 to 1.
    Edge cases: a return has the class of the order it undoes, where that is known.
    Source: set by mlmkpi.
    """
    orders = Orders(OrderRules(valid_status, refunds), classed=True)
    return Ratio(orders.customer_net_sales(), orders.net_sales())


@kpi(
    title="Internal consumption share", short="Internal consumption", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.LOWER,
)
def internal_consumption_share(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of net sales that distributors bought themselves.

    Formula: net own purchases ÷ net sales; with the retail share it adds to 1.
    Unit: a rate from 0 to 1.
    Edge cases: an order without a customer, or whose customer is a distributor on the books that day, is an own
    purchase.
    Source: set by mlmkpi.
    """
    orders = Orders(OrderRules(valid_status, refunds), classed=True)
    return Ratio(orders.own_net_sales(), orders.net_sales())


@kpi(
    title="Agreements on file", short="Agreements on file", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def agreement_on_file_rate() -> Ratio:
    """The share of the distributors on the books who have signed an agreement.

    Formula: people on the books at the period's end with any agreement signed by then ÷ people on the books then.
    Unit: a rate from 0 to 1.
    Edge cases: an agreement never runs out; agreements of people whom the roster does not list do not count.
    Source: set by mlmkpi.
    """
    return Ratio(Signed().found(), Listed().listed())
