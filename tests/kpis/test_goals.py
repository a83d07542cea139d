"""Goals and what was done for them, worked by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import day, figure, figures, table

PEOPLE = table(
    "distributor_id enrolled_on enroller_id market", ("A", "2025-01-01", None, "US"), ("B", "2025-01-01", "A", "DE"),
    ("C", "10-03", "A", "DE"), ("D", "10-31", "A", "DE"), ("E", "11-01", "A", "DE"),
)
ORDERS = table(
    "order_id ordered_on amount volume distributor_id", ("0", "01-01", 1, 1, "B"), ("1", "10-01", 100, 80, "A"),
    ("2", "10-31", 50, 40, "A"), ("3", "11-01", 7, 6, "A"), ("4", "10-10", -20, -10, "A"), ("5", "09-30", 9, 9, "A"),
    ("6", "10-05", 30, 25, "B"),
)
GOALS = table(
    "distributor_id kpi goal starts_on ends_on", ("A", "sales_volume", 200, "10-01", "10-31"),
    ("B", "sales_volume", 100, "10-01", "10-31"), ("A", "personal_sales_volume", 100, "10-01", "10-31"),
    ("A", "new_signups", 4, "10-01", "11-30"), ("B", "sales_volume", 10, "10-06", "10-15"),
    ("A", "sales_volume", 100, "10-30", "11-01"),
)
TABLES = {"distributors": PEOPLE, "orders": ORDERS, "goals": GOALS}


def test_goals_count_in_the_period_they_end_in_over_their_own_days() -> None:
    assert figures(TABLES, "goal_attainment", "2026-10") == {
        "sales_volume": (130 + 30 + 0) / 310, "personal_sales_volume": 110 / 100,
    }
    assert figures(TABLES, "goal_attainment", "2026-11") == {"sales_volume": 57 / 100, "new_signups": 3 / 4}
    assert figures(TABLES, "goal_attainment", "2026-12") == {}
    by_market = figures(TABLES, "goal_attainment", "2026-10", by=("market",))
    assert by_market[("US", "sales_volume")] == 130 / 200
    by_amount: dict[str, Any] = {"definitions": {"volume": "amount"}}
    assert figures(TABLES, "goal_attainment", "2026-10", **by_amount)["personal_sales_volume"] == 130 / 100


def test_pace_asks_for_the_days_so_far() -> None:
    due = figures(TABLES, "goal_pace", "2026-10", column="denominator")
    assert due == {
        "sales_volume": float(300 + Fraction(100 * 2, 3)), "personal_sales_volume": 100, "new_signups": 4 * 31 / 61,
    }
    done = figures(TABLES, "goal_pace", "2026-10", column="numerator")
    assert done == {"sales_volume": 130 + 30 + 50, "personal_sales_volume": 110, "new_signups": 2}
    running = figures(TABLES, "goal_pace", "2026-10", as_of="2026-10-10")
    pace = Fraction(200 * 10, 31) + Fraction(100 * 10, 31) + Fraction(10 * 5, 10)
    assert running["sales_volume"] == float((80 + 30 + 0) / pace)


def test_what_the_export_does_not_tell_is_null_for_goals_of_that_kind_alone() -> None:
    unsold = {"distributors": PEOPLE, "goals": GOALS}
    assert figures(unsold, "goal_attainment", "2026-11") == {"sales_volume": None, "new_signups": 3 / 4}
    notes = figures(unsold, "goal_attainment", "2026-11", column="note")
    assert notes == {"sales_volume": "the export does not tell what was done", "new_signups": None}
    later = {**TABLES, "orders": table("order_id ordered_on amount distributor_id", ("1", "11-01", 5, "A"))}
    assert figures(later, "goal_attainment", "2026-10", column="value")["sales_volume"] is None
    assert figures(later, "goal_attainment", "2026-11")["sales_volume"] == 5 / 100
    assert figure({"orders": ORDERS}, "goal_attainment", "2026-10", column="note") == "needs the goals export"


def test_goals_begun_before_the_orders_start_are_told_of_and_nothing_is_compared_with_them() -> None:
    """The orders start on 1 January: what B sold for a goal from December is known in part, whom B brought in full."""
    goals = table(
        "distributor_id kpi goal starts_on ends_on", ("B", "sales_volume", 10, "2025-12-15", "02-15"),
        ("B", "sales_volume", 10, "03-01", "03-31"), ("B", "new_signups", 1, "2025-12-15", "02-15"),
        ("B", "new_signups", 1, "03-01", "03-31"), ("B", "sales_volume", 10, "04-01", "04-30"),
    )
    tables = {**TABLES, "goals": goals}
    assert figures(tables, "goal_attainment", "2026-02") == {"sales_volume": 1 / 10, "new_signups": 0}
    notes = figures(tables, "goal_attainment", "2026-02", column="note")
    assert notes == {"sales_volume": "orders start on 2026-01-01", "new_signups": None}
    before = figures(tables, "goal_attainment", "2026-03", column="previous")
    assert before == {"sales_volume": None, "new_signups": 0}
    assert figures(tables, "goal_attainment", "2026-04", column="previous") == {"sales_volume": 0}
    pace = {"as_of": "2026-01-31", "column": "note"}
    assert figures(tables, "goal_pace", "2026-01", **pace) == notes


@pytest.mark.parametrize("order", [None, ("1", None, 5, "A"), ("1", "2027-01-05", 5, "A")])
def test_where_no_order_is_known_nothing_sold_is_told_and_sign_ups_are(order: tuple[Any, ...] | None) -> None:
    """Orders without a row, or none with a day by the as-of date: that A sold nothing in October is not known."""
    read = frames({"orders": table("order_id ordered_on amount distributor_id", order or ("1", "10-05", 5, "A"))})
    goals = table(
        "distributor_id kpi goal starts_on ends_on", ("A", "sales_volume", 10, "10-01", "10-31"),
        ("A", "new_signups", 4, "10-01", "10-31"),
    )
    orders = read["orders"] if order else read["orders"].clear()
    found = mlmkpi.compute(
        {**frames({"distributors": PEOPLE, "goals": goals}), "orders": orders},
        kpis=["goal_attainment", "goal_pace"], as_of=day("10-31"), count=1, bad_rows="skip",
    )
    told = found.frame.select("kpi", "goal_kpi", "numerator", "denominator", "value", "note").rows()
    assert told == [
        (kpi, *row) for kpi in ("goal_attainment", "goal_pace") for row in (
            ("new_signups", 2, 4, 0.5, None),
            ("sales_volume", None, None, None, "the export does not tell what was done"),
        )
    ]
