"""What orders are made of, worked by hand."""

from __future__ import annotations

import pytest

from kpis.orders import figure, figures, table

PRODUCTS = table("product_id category", ("P1", "care"), ("P2", "food"), ("P3", None), ("P4", "care"))
ORDERS = table(
    "order_id ordered_on amount distributor_id original_order_id",
    ("1", "10-01", 100, "D1", None), ("2", "10-02", 50, "D1", None), ("3", "10-20", -30, "D1", "1"),
    ("4", "10-05", 20, "D1", None), ("5", "09-01", 10, "D1", None),
)
ORDER_LINES = table(
    "order_id product_id quantity amount", ("1", "P1", 2, 60), ("1", "P2", 1, 30), ("1", "P2", 1, 5),
    ("2", "P3", 1, 50), ("3", "P1", 1, 30), ("5", "P4", 4, 10), ("99", "P1", 7, 700),
)
TABLES = {"orders": ORDERS, "order_lines": ORDER_LINES, "products": PRODUCTS}


def test_the_mix_adds_to_one() -> None:
    found = figures(TABLES, "product_mix_share", "2026-10")
    assert found == {"care": 30 / 140, "food": 35 / 140, "(unknown)": 75 / 140}
    assert figure(TABLES, "product_mix_share", "2026-10", statistic="herfindahl") == pytest.approx(
        (30 / 65) ** 2 + (35 / 65) ** 2
    )
    note = figures({"orders": ORDERS, "order_lines": ORDER_LINES}, "product_mix_share", "2026-10", column="note")
    assert note == {(): "needs the products export"}


def test_best_sellers_by_amount() -> None:
    assert figures(TABLES, "best_sellers", "2026-10") == {"P1": 30, "P2": 35, "P3": 50}
    assert figures(TABLES, "best_sellers", "2026-10", statistic="units") == {"P1": 1, "P2": 2, "P3": 1}
    assert figure(TABLES, "best_sellers", "2026-10", statistic="pareto") == 50 / 115
    assert figure(TABLES, "best_sellers", "2026-10", statistic="pareto", column="numerator") == 50
    assert figure(TABLES, "best_sellers", "2026-11", statistic="pareto") is None


def test_units_that_come_back() -> None:
    assert figure(TABLES, "product_return_rate", "2026-10") == 1 / 5
    assert figure(TABLES, "product_return_rate", "2026-10", definitions={"return_window_days": 18}) == 0
    assert figures(TABLES, "product_return_rate", "2026-10", by=("order.product",)) == {"P1": 0.5, "P2": 0, "P3": 0}
    assert figure(TABLES, "product_return_rate", "2026-10", as_of="2026-12-30", column="denominator") == 4
    assert figure(TABLES, "product_return_rate", "2026-10", as_of="2026-12-30", column="complete") is False


def test_returns_of_orders_that_are_not_known_are_left_out_and_counted() -> None:
    """In October one names no order and one an order from elsewhere; that of a cancelled order is known."""
    more = table(
        "order_id ordered_on amount distributor_id original_order_id status",
        ("6", "10-21", -30, "D1", None, "paid"), ("7", "10-22", -30, "D1", "X9", "paid"),
        ("8", "10-23", 30, "D1", None, "cancelled"), ("9", "10-24", -30, "D1", "8", "paid"),
        ("10", "11-02", -5, "D1", "X8", "paid"),
    )
    extra = table(
        "order_id product_id quantity amount", ("6", "P1", 3, 30), ("6", "P2", 1, 1), ("7", "P1", 1, 30),
        ("9", "P1", 1, 30), ("10", "P1", 1, 5),
    )
    tables = {**TABLES, "orders": [*ORDERS, *more], "order_lines": [*ORDER_LINES, *extra]}
    assert figure(tables, "product_return_rate", "2026-10") == 1 / 5
    assert figure(tables, "product_return_rate", "2026-10", column="note") == (
        "returns without a known original order, left out: 2"
    )
    assert figure(tables, "product_return_rate", "2026-09", column="note") is None
    by = figures(tables, "product_return_rate", "2026-10", by=("order.product",), column="note")
    assert {name: note.rpartition(" ")[2] for name, note in by.items() if note} == {"P1": "2", "P2": "1"}


def test_where_returns_name_no_order_the_period_is_taken_as_it_is() -> None:
    orders = [{k: v for k, v in row.items() if k != "original_order_id"} for row in ORDERS]
    tables = {**TABLES, "orders": orders}
    assert figure(tables, "product_return_rate", "2026-10", as_of="2026-11-01") == 1 / 5
    assert figure(tables, "product_return_rate", "2026-10", as_of="2026-11-01", column="complete") is True
    note = figure(tables, "product_return_rate", "2026-10", as_of="2026-11-01", column="note")
    assert note == "returns name no order: those of the period, whenever it was sold"


def test_orders_are_cut_by_their_lines() -> None:
    by = ("order.category",)
    assert figures(TABLES, "sales_volume", "2026-10", by=by) == {"care": 30, "food": 35, "(unknown)": 75}
    assert figures(TABLES, "average_order_value", "2026-10", by=by) == {"care": 60, "food": 35, "(unknown)": 75 / 3}
    assert figures(TABLES, "order_size_trend", "2026-10", by=by)["care"] == 60 / 10 - 1
    assert figures(TABLES, "personal_sales_volume", "2026-10", column="note", by=by) == {
        (): "cannot be split by order.category"
    }
