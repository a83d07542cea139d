"""Kits, month-end loading, autoships and concentration, worked by hand."""

from __future__ import annotations

import pytest

from equal.compare import Case, differences
from kpis.orders import day, figure, figures, table

PEOPLE = table("distributor_id enrolled_on market", ("D1", "2025-01-01", "US"), ("D2", "2025-01-01", "DE"))
CUSTOMERS = table("customer_id joined_on", ("C1", "01-01"), ("C2", "01-01"))


def test_kits_are_a_share_of_what_comes_in() -> None:
    orders = table(
        "order_id ordered_on amount distributor_id kind original_order_id",
        ("1", "10-01", 60, "D1", "sale", None), ("2", "10-02", 25, "D2", "kit", None),
        ("3", "10-03", 20, "D1", "return", "1"), ("4", "10-04", 25, "D2", "return", "2"),
        ("5", "11-01", 10, "D1", "sale", None), ("6", "10-05", 9, "D1", "replacement", None),
    )
    enrolled = table("distributor_id enrolled_on kit_amount", ("D2", "11-02", 90))
    tables = {"distributors": PEOPLE, "orders": orders, "enrollments": enrolled}
    assert figure(tables, "kit_revenue_share", "2026-10", column="numerator") == 25
    assert figure(tables, "kit_revenue_share", "2026-10") == 25 / 65
    assert figures(tables, "kit_revenue_share", "2026-10", by=("market",)) == {"US": 0, "DE": 1}
    assert figure(tables, "kit_revenue_share", "2026-11") == 0


def test_kits_of_enrolments_count_only_where_no_order_is_one() -> None:
    orders = table("order_id ordered_on amount distributor_id", ("1", "10-01", 60, "D1"), ("2", "12-01", 1, "D1"))
    enrolled = table("distributor_id enrolled_on kit_amount", ("D2", "10-02", 20), ("D1", "10-02", None))
    tables = {"distributors": PEOPLE, "orders": orders, "enrollments": enrolled}
    assert figure(tables, "kit_revenue_share", "2026-10") == 20 / 80
    assert figures(tables, "kit_revenue_share", "2026-10", by=("market",)) == {"US": 0, "DE": 1}
    assert figure(tables, "kit_revenue_share", "2026-12") == 0
    assert figure({"orders": orders}, "kit_revenue_share", "2026-10", column="note") == "needs orders.kind"


def test_a_month_is_loaded_on_its_last_three_days() -> None:
    orders = table(
        "order_id ordered_on amount volume distributor_id customer_id",
        ("1", "02-25", 1, 8, "D1", None), ("2", "02-26", 1, 4, "D1", None), ("3", "02-28", 1, 3, "D2", "D2"),
        ("4", "02-27", 1, 100, "D2", "C1"), ("5", "03-28", 1, 7, "D1", None), ("6", "03-29", 1, 1, "D1", None),
        ("7", "03-30", -1, -3, "D1", None),
    )
    tables = {"distributors": PEOPLE, "customers": CUSTOMERS, "orders": orders}
    assert figure(tables, "month_end_loading_share", "2026-02") == 7 / 15
    assert figure(tables, "month_end_loading_share", "2026-03") == -2 / 5
    assert figure(tables, "month_end_loading_share", "2026-Q1", every="quarter", count=4) == 5 / 20
    by_amount = {"definitions": {"volume": "amount"}}
    assert figure(tables, "month_end_loading_share", "2026-02", **by_amount) == 2 / 3
    assert figure(tables, "month_end_loading_share", "2026-04") is None
    by_cv = {"definitions": {"volume": "cv"}}
    assert figure(tables, "month_end_loading_share", "2026-02", **by_cv) is None
    assert figure(tables, "month_end_loading_share", "2026-02", column="note", **by_cv) == (
        "needs orders.commissionable_volume"
    )


AUTOSHIPS = table(
    "order_id ordered_on amount distributor_id customer_id is_autoship autoship_id",
    ("1", "01-01", 30, "D1", "C1", True, None), ("2", "01-10", 10, "D1", "C1", False, "A1"),
    ("3", "01-20", 20, "D1", "C2", None, "A2"), ("4", "01-21", 40, "D2", None, None, None),
    ("5", "03-01", 5, "D1", "C1", True, None), ("6", "01-15", 7, "D2", None, True, None),
    ("7", "09-01", 7, "D2", None, True, None), ("8", "01-25", 9, None, None, True, None),
)


def test_the_flag_wins_over_the_subscription() -> None:
    tables = {"distributors": PEOPLE, "customers": CUSTOMERS, "orders": AUTOSHIPS}
    assert figure(tables, "autoship_share", "2026-01", column="numerator") == 30 + 20 + 7 + 9
    assert figure(tables, "autoship_share", "2026-01", column="denominator") == 116


def test_a_spell_ends_after_its_last_order() -> None:
    tables = {"distributors": PEOPLE, "customers": CUSTOMERS, "orders": AUTOSHIPS}
    assert figure(tables, "autoship_survival", "2026-01") == 59 + 45
    assert figure(tables, "autoship_survival", "2026-01", column="denominator") == 3
    assert figure(tables, "autoship_survival", "2026-01", statistic="within_90") == pytest.approx(1 / 3)
    assert figure(tables, "autoship_survival", "2026-01", as_of="2026-02-28") == 45
    assert figure(tables, "autoship_survival", "2026-01", as_of="2026-02-10") is None
    found = figures(tables, "autoship_survival", "2026-01", column="denominator", by=("market",))
    assert found == {"US": 2, "DE": 1}


def test_concentration_of_volume() -> None:
    orders = table(
        "order_id ordered_on amount distributor_id",
        ("1", "10-01", 8, "D1"), ("2", "10-01", 5, "D2"), ("3", "10-02", -5, "D2"), ("4", "10-03", 9, None),
    )
    tables = {"distributors": PEOPLE, "orders": orders}
    assert figure(tables, "volume_concentration", "2026-10") == 0.5
    assert figure(tables, "volume_concentration", "2026-10", column="denominator") == 2
    assert figure(tables, "volume_concentration", "2026-10", statistic="top_1pct") == 1
    assert figure(tables, "volume_concentration", "2026-11") is None


def test_a_return_is_an_autoships_where_its_own_row_says_so() -> None:
    """Of two autoships of 30, one is given back with its mark (10), one without (5): 60 − 10 of 60 − 15."""
    tables = {"orders": table(
        "order_id ordered_on amount kind original_order_id is_autoship channel",
        ("1", "01-05", 30, "sale", None, True, "facebook"), ("2", "01-06", 30, "sale", None, True, "web"),
        ("3", "01-20", 10, "return", "1", True, None), ("4", "01-21", 5, "return", "2", None, "facebook"),
    )}
    assert figure(tables, "autoship_share", "2026-01") == 50 / 45
    assert figure(tables, "social_sales_share", "2026-01") == 25 / 45
    for kpi in ("autoship_share", "social_sales_share"):
        assert differences(Case(tables, (kpi,), as_of=day("01-31"))) == []
