"""Literal companies on which product and oracle once differed: both agree, and give what was worked out by hand."""

from __future__ import annotations

from typing import Any

from equal.compare import Case, differences
from kpis.orders import Rows, day, figures, table

PEOPLE = table("distributor_id enrolled_on gender", *((f"D{number}", "2025-01-01", "f") for number in range(6)))
FIRST = ("0", "2025-06-01", 1, 1, "D0", None)
COLUMNS = "order_id ordered_on amount volume distributor_id customer_id"


def both(tables: dict[str, Rows], kpi: str, *by: str, **asked: Any) -> dict[Any, Any]:
    """October's figures, on which product and oracle agree."""
    case = Case(tables, (kpi,), by=by, as_of=day("10-31"), count=2, **asked)
    assert differences(case) == []
    return figures(tables, kpi, "2026-10", by=by, as_of="10-31", **asked)


def test_a_seller_on_no_roster_has_the_rank_that_the_ranks_give_them() -> None:
    tables: dict[str, Rows] = {
        "distributors": PEOPLE,
        "orders": table(COLUMNS, FIRST, ("1", "10-01", 10, 10, "X", None), ("2", "10-02", 20, 20, "Y", None),
                        ("3", "10-03", 40, 40, "D0", None), ("4", "10-04", 80, 80, "Z", None)),
        "ranks": table(
            "distributor_id rank effective_on kind", ("X", "3", "2026-01-01", "paid_as"),
            ("Z", "3", "10-31", None), ("Z", "2", "11-01", None), ("Y", "1", "11-05", None),
            ("D1", "2", "10-01", "title"),
        ),
    }
    assert both(tables, "sales_volume", "rank") == {"3": 90, "2": 40, "(unknown)": 20}


def test_titles_stand_on_the_ladder_and_ranks_of_later_days_do_not() -> None:
    tables: dict[str, Rows] = {
        "distributors": PEOPLE,
        "ranks": table(
            "distributor_id rank effective_on kind", ("D0", "2", "10-10", None), ("D1", "2", "01-01", None),
            ("D2", "3", "01-01", "title"), ("D3", "4", "11-01", None),
        ),
    }
    assert both(tables, "rank_advancement_rate") == {(): 0}
    found = figures(tables, "rank_advancement_rate", "2026-10", as_of="10-31", count=2, column="denominator")
    assert found == {(): 6}


def test_kits_of_enrolments_cannot_be_split_by_customers() -> None:
    tables: dict[str, Rows] = {
        "distributors": PEOPLE,
        "enrollments": table("distributor_id enrolled_on kit_amount", ("D1", "10-01", 50)),
        "customers": table("customer_id country", ("K", "US")),
        "orders": table(COLUMNS, FIRST, ("1", "10-01", 100, 1, "D0", "K")),
    }
    assert both(tables, "kit_revenue_share") == {(): 50 / 150}
    assert both(tables, "kit_revenue_share", "customer.country") == {(): None}


def test_small_cells_of_a_trend_that_is_split_by_category() -> None:
    buyers = [f"K{number}" for number in range(12)]
    tables: dict[str, Rows] = {
        "distributors": PEOPLE,
        "customers": table("customer_id gender", *((who, "f" if n < 7 else "m") for n, who in enumerate(buyers))),
        "products": table("product_id category", ("P", "oil"), ("Q", "tea")),
        "orders": table(COLUMNS, FIRST, *((who, "10-05", 10, 1, "D0", who) for who in buyers)),
        "order_lines": table(
            "order_id product_id quantity amount", *((who, "PQ"[n % 2], 1, 10) for n, who in enumerate(buyers))
        ),
    }
    found = both(tables, "demographic_sales_trend", "order.category", min_cell=3)
    assert found == {("oil", "f"): 40, ("tea", "m"): 30, ("oil", "m"): None, ("tea", "f"): None}
