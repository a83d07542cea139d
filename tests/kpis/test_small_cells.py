"""Who is counted behind the money of a small cell: those whose age or gender the split tells."""

from __future__ import annotations

from typing import Any

from kpis.orders import figures, table

SELLERS = table(
    "distributor_id enrolled_on gender", ("A", "2025-01-01", "f"), ("B", "2025-01-01", "m"), ("C", "2025-01-01", "m"),
)
CUSTOMERS = table(
    "customer_id country gender", *((f"K{number}", "US", "x" if number < 4 else "y") for number in range(8)),
)
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id", ("0", "01-01", 1, "A", "K0"),
    *((str(number + 1), "10-05", 10, "A" if number < 4 else "BC"[number % 2], f"K{number}") for number in range(8)),
)
TABLES = {"distributors": SELLERS, "customers": CUSTOMERS, "orders": ORDERS}


def shown(kpi: str, *by: str) -> dict[Any, Any]:
    return figures(TABLES, kpi, "2026-10", by=by, min_cell=2)


def test_of_sellers_the_sellers_though_customers_are_split_by_where_they_live() -> None:
    assert shown("sales_volume", "gender", "customer.country") == {("f", "US"): None, ("m", "US"): None}
    assert shown("sales_volume", "gender") == {"f": None, "m": None}


def test_of_customers_the_customers_though_one_sells_to_all_of_them() -> None:
    assert shown("sales_volume", "customer.gender") == {"x": 40, "y": 40}
    assert shown("retail_sales_share", "customer.gender") == {"x": 1, "y": 1}


def test_of_both_the_sellers() -> None:
    found = shown("sales_volume", "gender", "customer.gender")
    assert found == {("f", "x"): None, ("m", "y"): None}


def test_behind_an_average_order_stand_its_sellers_always() -> None:
    assert shown("average_order_value", "customer.gender") == {"x": None, "y": None}
