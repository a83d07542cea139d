"""Customers, buyers and markets, worked by hand."""

from __future__ import annotations

import pytest

from kpis.orders import figure, figures, table

PEOPLE = table(
    "distributor_id enrolled_on market gender", ("D1", "2024-01-01", "US", "f"), ("D2", "2024-01-01", "DE", "m")
)
CUSTOMERS = table(
    "customer_id market country region birth_date gender",
    ("C1", "US", "US", "north", "1990-10-04", "f"), ("C2", None, "MX", None, "2006-02-28", "m"),
    ("C3", "XX", None, "north", None, "f"),
)
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id",
    ("0", "2024-12-01", 1, None, None), ("1", "2025-10-05", 40, "D1", "C1"), ("2", "10-03", 60, "D1", "C1"),
    ("3", "10-04", 30, "D1", "C1"), ("4", "10-05", 10, "D2", "C2"), ("5", "10-06", -20, "D2", "C2"),
    ("6", "10-07", 20, "D1", "D1"), ("7", "09-01", 25, "D2", "C3"), ("8", "2025-10-09", 60, "D2", None),
)
TABLES = {"distributors": PEOPLE, "customers": CUSTOMERS, "orders": ORDERS}


def test_customers_and_their_purchases_by_place() -> None:
    kpi = "customer_geographic_distribution"
    assert figures(TABLES, kpi, "2026-10") == {"US": 0.5, "MX": 0.5, "north": 0.5, "(unknown)": 0.5}
    assert figures(TABLES, kpi, "2026-10", statistic="net") == {
        "US": 90 / 80, "MX": -10 / 80, "north": 90 / 80, "(unknown)": -10 / 80
    }
    assert figure(TABLES, kpi, "2026-10", statistic="herfindahl_country") == 0.5
    assert figure(TABLES, kpi, "2026-10", statistic="herfindahl_region") == 1
    without = {**TABLES, "customers": table("customer_id", ("C1",))}
    assert figure(without, kpi, "2026-10", column="note") == "needs customers.country or customers.region"


def test_sales_by_age_on_the_day_and_their_index() -> None:
    found = figures(TABLES, "demographic_sales_trend", "2026-10", min_cell=0)
    del found["(unknown)"]
    assert found == {"35-44": 90, "18-24": -10, "f": 110, "m": -10, "north": 90}
    young = table("customer_id birth_date", ("C1", "1991-10-04"),)
    ages = figures({**TABLES, "customers": young}, "demographic_sales_trend", "2026-10", min_cell=0)
    assert (ages["25-34"], ages["35-44"]) == (60, 30)
    index = figures(TABLES, "demographic_sales_trend", "2026-10", statistic="index_year", min_cell=0)
    assert index["f"] == pytest.approx(100 * (110 / 40) / (100 / 100))
    assert index["m"] == pytest.approx(100 * (-10 / 60))
    seller = {"demographic_of": "seller"}
    by_seller = figures(TABLES, "demographic_sales_trend", "2026-10", definitions=seller, min_cell=0)
    assert by_seller == {"f": 110, "m": -10}
    hidden = figures(TABLES, "demographic_sales_trend", "2026-10")
    assert {hidden[name] for name in ("f", "m", "35-44", "18-24")} == {None}
    assert hidden["north"] == 90


def test_customers_of_a_market_among_its_people() -> None:
    sizes = (("US", 60, "a"), ("US", 40, "b"), ("DE", 50, None), ("XX", None, None))
    markets = [{"market": name, "population": size, "segment": part} for name, size, part in sizes]
    tables = {**TABLES, "markets": markets}
    assert figure(tables, "market_penetration_rate", "2026-10") == 2 / 150
    assert figures(tables, "market_penetration_rate", "2026-10", by=("market",)) == {"US": 0.01, "DE": 0.02}
    assert figures(tables, "market_penetration_rate", "2026-10", by=("gender",)) == {(): None}
    note = figure(tables, "market_penetration_rate", "2025-10", column="note", count=15)
    assert note.startswith("needs 334 days of history")


def test_what_a_market_leaves() -> None:
    tables = {
        **TABLES,
        "order_lines": table("order_id product_id quantity amount cost", ("2", "P", 1, 60, 25), ("5", "P", 1, 20, 4),
                             ("4", "P", 1, 10, None)),
        "commissions": table(
            "distributor_id paid_on amount earned_on", ("D2", "11-10", 9, "10-31"), ("D1", "10-02", 5, None)
        ),
        "costs": table("market booked_on amount", ("US", "10-15", 7), ("MX", "10-15", 2)),
    }
    assert figure(tables, "market_contribution", "2026-10") == 100 - 25 + 4 - 14 - 9
    assert figures(tables, "market_contribution", "2026-10", by=("market",)) == {
        "US": 110 - 25 - 5 - 7, "DE": -10 + 4 - 9, "MX": -2
    }
    assert figure(tables, "market_contribution", "2026-10", column="note") == "lines without a cost, counted as 0: 1"
    assert figure(TABLES, "market_contribution", "2026-10", column="note") == "needs the order_lines export"
