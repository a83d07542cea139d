"""A KPI of a company's own. Name this file in mlmkpi.toml: plugins = ["own_kpi.py"]."""

from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.facts.orders import Orders
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi


@kpi(title="Net order value", short="Net order value", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER,
     interval=Interval.LINEAR)
def net_order_value(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What is left of an average order once returns are taken off.

    Formula: net sales ÷ the number of sales.
    Unit: money.
    Edge cases: null in a period without sales.
    Source: our finance department.
    """
    orders = Orders(OrderRules(valid_status, refunds))
    return Ratio(orders.net_sales(), orders.sales())
