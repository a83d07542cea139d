"""Customers who bought once, and those who came back, worked by hand."""

from __future__ import annotations

import pytest

from equal.compare import Case, product
from kpis.orders import day, figure, figures, table

PEOPLE = table("distributor_id enrolled_on market", ("D1", "2025-01-01", "US"), ("D2", "2025-01-01", "DE"))
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id",
    ("1", "02-10", 5, "D1", "C1"), ("2", "02-10", 5, "D1", "C1"), ("3", "04-11", 5, "D2", "C1"),
    ("4", "02-10", 5, "D1", "C2"), ("5", "04-12", 5, "D1", "C2"), ("6", "02-28", 5, "D2", "C3"),
    ("7", "02-28", -5, "D2", "C3"), ("8", "03-01", 5, "D2", "C4"), ("9", "01-01", 5, "D1", "D2"),
)
CUSTOMERS = table("customer_id joined_on", ("C1", "01-01"), ("C3", None), ("C4", "2025-12-31"))
TABLES = {"distributors": PEOPLE, "orders": ORDERS, "customers": CUSTOMERS}


def test_a_day_with_two_sales_is_one_day() -> None:
    assert figure(TABLES, "one_time_buyer_share", "2026-02") == 3 / 3
    assert figure(TABLES, "one_time_buyer_share", "2026-04") == 1 / 3
    assert figure(TABLES, "one_time_buyer_share", "2026-01") is None


def test_who_joined_before_the_orders_start_may_have_bought_before() -> None:
    unlisted = {"distributors": PEOPLE, "orders": ORDERS}
    assert figure(TABLES, "one_time_buyer_share", "2026-03", column="denominator") == 3
    assert figure(unlisted, "one_time_buyer_share", "2026-03", column="denominator") == 4
    assert figure(TABLES, "second_order_rate_60d", "2026-03") is None
    assert figure(unlisted, "second_order_rate_60d", "2026-03") == 0


@pytest.mark.parametrize(("every", "period"), [("month", "2026-02"), ("quarter", "2026-Q1"), ("year", "2026")])
def test_the_sixtieth_day_still_counts(every: str, period: str) -> None:
    assert figure(TABLES, "second_order_rate_60d", period, every=every) == 1 / 3


def test_first_time_buyers_are_followed_for_sixty_days() -> None:
    assert figure(TABLES, "second_order_rate_60d", "2026-02", as_of="2026-04-10") is None
    assert figure(TABLES, "second_order_rate_60d", "2026-02", as_of="2026-04-11") == 1 / 2
    assert figure(TABLES, "second_order_rate_60d", "2026-02", as_of="2026-04-28", column="complete") is False
    assert figure(TABLES, "second_order_rate_60d", "2026-02", as_of="2026-04-29", column="complete") is True
    found = figures(TABLES, "second_order_rate_60d", "2026-02", by=("market",))
    assert found == {"US": 1 / 2, "DE": 0}


def test_by_an_orders_attribute_too_a_customer_goes_to_the_seller_of_their_latest_sale() -> None:
    orders = table(
        "order_id ordered_on amount distributor_id customer_id channel", ("1", "03-02", 5, "D1", "C1", "shop"),
        ("2", "03-20", 5, "D2", "C1", "web"), ("3", "03-21", 5, "D1", "C2", "web"),
    )
    found = figures({**TABLES, "orders": orders}, "active_customers", "2026-03", by=("market", "order.channel"))
    assert found == {("DE", "shop"): 1, ("DE", "web"): 1, ("US", "web"): 1}


def test_a_month_that_the_window_of_another_figure_cuts_is_one_month() -> None:
    """The twelve months to 20 October 2026 begin on 21 October 2025: of that month's 10, 20 and 60 the median is 20."""
    orders = table(
        "order_id ordered_on amount distributor_id customer_id", ("0", "2025-01-01", 1, "D1", "C1"),
        ("1", "2025-10-05", 10, "D1", "C1"), ("2", "2025-10-10", 20, "D1", "C1"), ("3", "2025-10-25", 60, "D1", "C1"),
    )
    kpis = ("average_order_value", "repeat_purchase_rate", "personal_sales_volume")
    rows = product(Case({"distributors": PEOPLE, "orders": orders}, kpis, as_of=day("10-20"), count=13))
    october = rows.filter(period="2025-10", statistic="median")
    assert october.select("kpi", "value").rows() == [("personal_sales_volume", 90), ("average_order_value", 20)]
