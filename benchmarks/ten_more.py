"""A plugin: ten KPIs more on facts that the twenty stand on, with sums or intervals of their own."""

from __future__ import annotations

from typing import Any

from mlmkpi.facts.base import Measure
from mlmkpi.kpi import KPIS, Better, Family, Interval, Ratio, Unit, kpi


def _fact(name: str) -> Any:
    figure = KPIS[name].function()
    assert isinstance(figure, Ratio)
    return figure.numerator.fact


def _more(name: str, over: Measure, under: Measure, unit: Unit = Unit.RATE, interval: Interval = Interval.NONE) -> None:
    def figure() -> Ratio:
        return Ratio(over, under)

    figure.__name__ = name
    figure.__doc__ = f"Formula: {over.name} ÷ {under.name}."
    kpi(title=name, short=name, family=Family.SALES, unit=unit, better=Better.NONE, interval=interval)(figure)


SALES, ORDERS, SELLERS = _fact("average_order_value"), _fact("retail_sales_share"), _fact("personal_sales_volume")
PEOPLE, CUSTOMERS, REPEATS = _fact("churn_rate"), _fact("customer_retention_rate"), _fact("repeat_purchase_rate")

_more("customers_lost", CUSTOMERS.lost(), CUSTOMERS.at_start(), interval=Interval.WILSON)
_more("sales_to_customers", ORDERS.customer_sales(), ORDERS.sales(), interval=Interval.WILSON)
_more("net_order_value", ORDERS.net_sales(), ORDERS.sales(), Unit.MONEY, Interval.LINEAR)
_more("sale_value", SALES.sales_amount(), SALES.sales(), Unit.MONEY, Interval.LINEAR)
_more("customers_volume", SELLERS.customer_volume(), SELLERS.active(), Unit.VOLUME, Interval.LINEAR)
_more("own_volume_share", SELLERS.own_volume(), SELLERS.volume())
_more("lapsed_of_lost", PEOPLE.lapsed(), PEOPLE.lost(), interval=Interval.WILSON)
_more("terminated_of_lost", PEOPLE.terminated(), PEOPLE.lost(), interval=Interval.WILSON)
_more("kept_of_start", PEOPLE.kept(), PEOPLE.at_start(), interval=Interval.WILSON)
_more("repeated_of_bought", REPEATS.repeated(), REPEATS.bought(), interval=Interval.WILSON)
