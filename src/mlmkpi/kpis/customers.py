"""Customers: how many there are, and whether they come back."""

from __future__ import annotations

from mlmkpi.books.dimensions import Boundary
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, Base, OrderRules, Refunds, Volume, Window
from mlmkpi.facts.customers import Buyers, Customers, Repeats
from mlmkpi.facts.repeats import SecondOrders, SoFar
from mlmkpi.facts.sellers import Sellers
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi


@kpi(
    title="Active customers", short="Active customers", family=Family.CUSTOMERS, unit=Unit.COUNT, better=Better.HIGHER
)
def active_customers(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """Distinct customers with a sale in the period.

    Formula: the number of distinct customer ids on customer orders that are sales.
    Unit: people.
    Edge cases: an order whose customer is a distributor on the books that day is that person's own purchase.
    Source: set by mlmkpi.
    """
    return Ratio(Buyers(OrderRules(valid_status)).active())


@kpi(
    title="Customers per distributor", short="Customers per distributor", family=Family.CUSTOMERS, unit=Unit.RATIO,
    better=Better.BAND,
)
def customer_to_distributor_ratio(
    *, active_rule: ActiveRule = ANY_ORDER, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Active customers for each active distributor.

    Formula: active customers ÷ active distributors.
    Unit: a ratio.
    Edge cases: null where no distributor was active.
    Source: set by mlmkpi.
    """
    sellers = Sellers(active_rule.order_rules(valid_status, refunds, volume), active_rule)
    return Ratio(Buyers(OrderRules(valid_status)).active(), sellers.active())


@kpi(
    title="Customer retention", short="Customer retention", family=Family.CUSTOMERS, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON, dims_at=Boundary.START,
)
def customer_retention_rate(
    *, retention_base: Base = Base.CURRENT, retention_window: Window = Window.PERIOD,
    customer_lapse_after_days: int = 90, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of the customers who were current when the window opened and still are on its last day.

    Formula: |S ∩ E| ÷ |S|, those of S who are in E too ÷ those in S: S = current on the day before the period, E =
    current on its last day; a customer is current with a sale in the last `customer_lapse_after_days` days.
    Unit: a rate from 0 to 1.
    Edge cases: the day a customer joined never counts; retention_base = on_books reads as current.
    Source: set by mlmkpi.
    """
    customers = Customers(OrderRules(valid_status), customer_lapse_after_days, retention_base, retention_window)
    return Ratio(customers.kept(), customers.at_start())


@kpi(
    title="Repeat purchase rate", short="Repeat purchase rate", family=Family.CUSTOMERS, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def repeat_purchase_rate(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of the year's customers who bought on more than one day.

    Formula: customers with sales on at least 2 days in the 12 months to the period's end ÷ customers with at least 1.
    Unit: a rate from 0 to 1.
    Edge cases: null until the orders reach back 12 months.
    Source: set by mlmkpi.
    """
    repeats = Repeats(OrderRules(valid_status))
    return Ratio(repeats.repeated(), repeats.bought())


@kpi(
    title="One-time buyers", short="One-time buyers", family=Family.CUSTOMERS, unit=Unit.RATE, better=Better.LOWER,
    interval=Interval.WILSON,
)
def one_time_buyer_share(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of all customers so far who bought on one day and never again.

    Formula: customers with sales on exactly one day up to the period's end ÷ customers with at least one.
    Unit: a rate from 0 to 1.
    Edge cases: customers who joined before the orders start are left out, as their first time is unknown.
    Source: set by mlmkpi.
    """
    customers = SoFar(OrderRules(valid_status))
    return Ratio(customers.once(), customers.bought())


@kpi(
    title="Second order within 60 days", short="Second order in 60 days", family=Family.CUSTOMERS, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def second_order_rate_60d(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of first-time buyers who buy again within 60 days.

    Formula: customers whose first sale falls in the period and who have one on another day within 60 days of it ÷ such
    customers.
    Unit: a rate from 0 to 1.
    Edge cases: customers who first bought less than 60 days before the as-of date, or joined before the orders start,
    are left out.
    Source: set by mlmkpi.
    """
    customers = SecondOrders(OrderRules(valid_status), 60)
    return Ratio(customers.again(), customers.bought())
