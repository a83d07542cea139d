"""Growth on an earlier period, worked by hand."""

from __future__ import annotations

from typing import Any

from kpis.orders import figure, figures, table

PEOPLE = table("distributor_id enrolled_on market", ("D1", "2024-01-01", "US"), ("D2", "2024-01-01", "DE"))
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id",
    ("0", "2025-01-01", 1, "D1", "C9"), ("1", "2025-10-03", 100, "D1", "C1"), ("2", "2025-10-20", 60, "D2", "C2"),
    ("3", "2025-10-31", -10, "D2", "C2"), ("4", "2026-09-01", 50, "D1", "C1"), ("5", "2026-10-03", 150, "D1", "C1"),
    ("6", "2026-10-10", 30, "D1", "C3"), ("7", "2025-10-05", 40, None, "C4"),
)
TABLES = {"distributors": PEOPLE, "orders": ORDERS}


def test_growth_on_a_year_before() -> None:
    assert figure(TABLES, "yoy_growth", "2026-10") == -10 / 190
    assert figure(TABLES, "yoy_growth", "2026-10", column="numerator") == -10
    assert figure(TABLES, "yoy_growth", "2026-10", column="denominator") == 190
    assert figures(TABLES, "yoy_growth", "2026-10", by=("market",)) == {"US": 0.8, "DE": -1, "(unknown)": -1}
    assert figure(TABLES, "yoy_growth", "2026-09") is None
    assert figures(TABLES, "yoy_growth", "2026-09", by=("market",), column="numerator") == {"US": 50}
    assert figure(TABLES, "yoy_growth", "2025-10", column="note", count=15).startswith("the orders do not cover")


def test_a_running_month_is_compared_with_the_same_days() -> None:
    assert figure(TABLES, "yoy_growth", "2026-10", column="denominator", as_of="2026-10-19") == 140
    assert figure(TABLES, "yoy_growth", "2026-10", column="complete", as_of="2026-10-19") is False


def test_a_company_period_that_has_ended_is_compared_with_the_whole_of_a_longer_one() -> None:
    """The 28 days to 31 October 2026, the as-of date, stand beside the 35 that hold 4 October 2025."""
    tables = {**TABLES, "periods": table(
        "period starts_on ends_on", ("long", "2025-09-27", "2025-10-31"), ("short", "10-04", "10-31"),
    )}
    asked: dict[str, Any] = {"every": "period", "as_of": "2026-10-31"}
    assert figure(tables, "sales_volume", "short", column="year_ago", compare_year=True, **asked) == 190
    assert figure(tables, "yoy_growth", "short", column="denominator", **asked) == 190
    running = figure(tables, "sales_volume", "short", column="year_ago", compare_year=True, every="period",
                     as_of="2026-10-12")
    assert running == 140


def test_order_size_against_the_month_before() -> None:
    assert figure(TABLES, "order_size_trend", "2026-10") == 40 / 50
    assert figure(TABLES, "order_size_trend", "2026-10", column="denominator") == 50
    assert figure(TABLES, "order_size_trend", "2026-11") is None
    assert figure(TABLES, "order_size_trend", "2026-11", column="denominator") == 90


def test_what_last_years_customers_spend_now() -> None:
    assert figure(TABLES, "net_revenue_retention", "2026-10") == 150 / 190
    assert figure(TABLES, "gross_revenue_retention", "2026-10") == 100 / 190
    assert figures(TABLES, "net_revenue_retention", "2026-10", by=("market",)) == {"US": 1.5, "DE": 0, "(unknown)": 0}
    assert figure(TABLES, "net_revenue_retention", "2026-09") is None


def test_a_month_beside_the_year_round_it() -> None:
    months = [(2024 + at // 12, at % 12 + 1) for at in range(25)]
    rows = [(str(at), f"{y}-{m:02d}-15", 300 if m == 12 else 100) for at, (y, m) in enumerate(months)]
    orders = table("order_id ordered_on amount", ("first", "2024-01-01", 0), *rows)
    found = figures({"orders": orders}, "seasonality_index", "2026-01", as_of="2026-01-31")
    assert found == {str(m): (18 if m == 12 else 6) / 7 for m in range(1, 13)}
    counts = figures({"orders": orders}, "seasonality_index", "2026-01", column="denominator", as_of="2026-01-31")
    assert counts == {**{str(m): 1 for m in range(1, 13)}, "7": 2}
    assert figures({"orders": orders}, "seasonality_index", "2025-12", as_of="2026-01-31") == {}
    short = figures({"orders": orders[:20]}, "seasonality_index", "2025-07", as_of="2025-07-31", column="note")
    assert short == {(): "needs 24 whole months"}
