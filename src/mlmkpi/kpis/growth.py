"""Growth: how sales, orders and what customers spend have moved against an earlier period."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.returning import ReturningCustomers
from mlmkpi.facts.seasons import MONTH, Months
from mlmkpi.kpi import Back, Better, Family, Ratio, Unit, kpi


@kpi(
    title="Growth on a year before", short="Growth on a year", family=Family.SALES, unit=Unit.RATE,
    better=Better.HIGHER,
)
def yoy_growth(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """How much more is sold than in the same period a year before.

    Formula: net sales ÷ net sales of the period a year before − 1.
    Unit: a rate; 0.1 is a tenth more.
    Edge cases: a period that is still running is compared with the same days; null where the orders do not cover the
    whole period a year before, or where it sold nothing.
    Source: set by mlmkpi.
    """
    return Ratio(Orders(OrderRules(valid_status, refunds)).net_sales(), growth=Back.YEAR, year_ago=True)


@kpi(
    title="Order size trend", short="Order size trend", family=Family.SALES, unit=Unit.RATE, better=Better.HIGHER,
)
def order_size_trend(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """How the average order has changed since the period before.

    Formula: average order value ÷ that of the previous period − 1.
    Unit: a rate; 0.1 is a tenth more.
    Edge cases: by product or category the average is of what its lines come to, over the orders that hold it; null
    where either period has no sale.
    Source: set by mlmkpi.
    """
    orders = Orders(OrderRules(valid_status))
    return Ratio(orders.sales_amount(), orders.sales(), growth=Back.PREVIOUS)


@kpi(
    title="Net revenue retention", short="Net revenue retention", family=Family.CUSTOMERS, unit=Unit.RATE,
    better=Better.HIGHER,
)
def net_revenue_retention(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What the customers of a year ago spend now, for each unit of money that they spent then.

    Formula: over customers with a sale in the same period a year before, their net sales now ÷ their net sales then.
    Unit: a rate; above 1 they spend more.
    Edge cases: who buys nothing now counts with 0; new customers do not count.
    Source: set by mlmkpi.
    """
    customers = ReturningCustomers(OrderRules(valid_status, refunds))
    return Ratio(customers.now(), customers.then())


@kpi(
    title="Gross revenue retention", short="Gross revenue retention", family=Family.CUSTOMERS, unit=Unit.RATE,
    better=Better.HIGHER,
)
def gross_revenue_retention(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """As net revenue retention, but nobody counts for more than they spent a year before.

    Formula: over customers with a sale in the same period a year before, Σ min(net sales now, then) ÷ net sales then.
    Unit: a rate from 0 to 1, unless returns exceed purchases.
    Edge cases: as net revenue retention.
    Source: set by mlmkpi.
    """
    customers = ReturningCustomers(OrderRules(valid_status, refunds))
    return Ratio(customers.kept(), customers.then())


@kpi(
    title="Seasonality", short="Seasonality", family=Family.OPERATIONS, unit=Unit.RATIO, better=Better.NONE,
)
def seasonality_index(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What each calendar month sells beside an average month of the year round it.

    Formula: net sales of the month ÷ the centred mean of the 12 months round it (half of both ends counted), the mean
    of these ratios over the years.
    Unit: a ratio; 1.2 is a fifth more than an average month.
    Edge cases: one figure a run, from all whole months up to the as-of date, shown with the last period; null with
    fewer than 24; a month whose mean is not above 0 does not count.
    Source: the ratio-to-moving-average method of the classical decomposition.
    """
    return Ratio(Months(OrderRules(valid_status, refunds)).net_sales(), blocks=((MONTH,),), seasonal=True)
