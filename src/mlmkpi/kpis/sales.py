"""Sales: what was bought, by whom, and through which channel."""

from __future__ import annotations

from mlmkpi.books.rules import ANY_ORDER, ActiveRule, OrderRules, Refunds, Volume
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.sellers import Sellers
from mlmkpi.kpi import MEDIAN, P90, Better, Family, Interval, Part, Quantiles, Ratio, Unit, kpi

BUYER = ("orders.customer_id",)


@kpi(title="Sales volume", short="Sales volume", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER)
def sales_volume(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """Company net sales, house business included.

    Formula: Σ amount of sales − Σ amount of returns.
    Unit: money.
    Edge cases: kits, replacements and orders whose status does not count are out; returns count on their own date.
    Source: set by mlmkpi.
    """
    return Ratio(Orders(OrderRules(valid_status, refunds)).net_sales())


@kpi(
    title="Personal sales volume", short="Personal sales volume", family=Family.SALES, unit=Unit.VOLUME,
    better=Better.HIGHER, interval=Interval.LINEAR,
)
def personal_sales_volume(
    *, volume: Volume = Volume.QV, active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Net volume credited to sellers for each active distributor (PSV): own purchases plus customer orders.

    Formula: Σ volume of orders with a seller ÷ active distributors; median and 90th percentile over the active, and the
    two parts of the mean.
    Unit: volume.
    Edge cases: house business is in nobody's PSV; volume is qualifying volume where the export has it, else the amount.
    Source: set by mlmkpi.
    """
    sellers = Sellers(OrderRules(valid_status, refunds, volume), active_rule, True)
    active = sellers.active()
    return Ratio(
        sellers.volume(), active,
        also=(
            Quantiles(active, sellers.volume(), (MEDIAN, P90)), Part("own", sellers.own_volume(), active, BUYER),
            Part("customer", sellers.customer_volume(), active, BUYER),
        ),
    )


@kpi(
    title="Average order value", short="Average order value", family=Family.SALES, unit=Unit.MONEY,
    better=Better.HIGHER, interval=Interval.LINEAR,
)
def average_order_value(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What an order is worth on average, before tax and shipping (AOV).

    Formula: Σ amount of sales ÷ number of sales; the median beside it.
    Unit: money.
    Edge cases: returns are left out above and below; by product or category an order counts with what its
    lines come to.
    Source: set by mlmkpi.
    """
    orders = Orders(OrderRules(valid_status))
    sales = orders.sales()
    return Ratio(orders.sales_amount(), sales, also=(Quantiles(sales, orders.sales_amount(), (MEDIAN,)),))


@kpi(
    title="Sales per active distributor", short="Sales per active", family=Family.SALES, unit=Unit.MONEY,
    better=Better.HIGHER,
)
def sales_per_active_distributor(
    *, active_rule: ActiveRule = ANY_ORDER, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Company net sales for each active distributor.

    Formula: net sales, house business included ÷ active distributors.
    Unit: money.
    Edge cases: null where nobody was active.
    Source: set by mlmkpi.
    """
    rules = OrderRules(valid_status, refunds)
    sellers = Sellers(active_rule.order_rules(valid_status, refunds, volume), active_rule)
    return Ratio(Orders(rules).net_sales(), sellers.active())
