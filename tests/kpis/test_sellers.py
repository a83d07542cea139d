"""Who is active by a rule that looks beyond the orders, and whose volume is told of whom, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import figure, figures, table

EARNED: dict[str, Any] = {"definitions": {"active_rule": "earned"}}
PEOPLE = table("distributor_id enrolled_on", ("A", "01-01"), ("B", "01-01"))
PAID = table("distributor_id paid_on amount", ("A", "10-15", 7), ("B", "10-15", 0))


def test_the_volume_of_sellers_is_shared_among_those_who_earned() -> None:
    orders = table("order_id ordered_on amount distributor_id", ("1", "10-02", 30, "A"), ("2", "10-03", 5, "B"))
    tables = {"distributors": PEOPLE, "commissions": PAID, "orders": orders}
    assert figure(tables, "active_distributors", "2026-10", **EARNED) == 1
    assert figure(tables, "personal_sales_volume", "2026-10", **EARNED) == 35 / 1


def test_without_sellers_who_earned_is_known_and_their_volume_is_not() -> None:
    orders = table("order_id ordered_on amount", ("1", "10-02", 30), ("2", "10-03", 5))
    tables = {"distributors": PEOPLE, "commissions": PAID, "orders": orders}
    assert figure(tables, "active_distributors", "2026-10", **EARNED) == 1
    assert figure(tables, "personal_sales_volume", "2026-10", **EARNED) is None
    assert figure(tables, "personal_sales_volume", "2026-10", column="note", **EARNED) == "needs orders.distributor_id"


def test_a_team_volume_is_told_of_who_leads_and_of_who_had_volume() -> None:
    """L sold nothing themselves; R, who leads nobody, took back more than was sold; IDLE did neither."""
    people = table("distributor_id enrolled_on sponsor_id", ("L", "01-01", None), ("A", "01-01", "L"),
                   ("R", "01-01", None), ("IDLE", "01-01", None))
    orders = table("order_id ordered_on amount distributor_id", ("0", "09-01", 9, "R"), ("1", "10-02", 30, "A"),
                   ("2", "10-03", -5, "R"))
    tables = {"distributors": people, "orders": orders}
    assert figures(tables, "team_sales_volume", "2026-10", by=("distributor",)) == {"L": 30, "A": 30, "R": -5}


@pytest.mark.parametrize("rule", ["earned", "any_event", "sale_or_recruit"])
def test_both_edges_of_a_period_are_in_it_whatever_makes_active(rule: str) -> None:
    """A earned, attended and recruited on October's first day, B on its last, C the day before and D the day after."""
    days = {"A": "10-01", "B": "10-31", "C": "09-30", "D": "11-01"}
    tables = {
        "distributors": table(
            "distributor_id enrolled_on enroller_id", *((who, "01-01", None) for who in days),
            *((f"new {who}", day, who) for who, day in days.items()),
        ),
        "orders": table("order_id ordered_on amount distributor_id", ("1", "2025-01-01", 30, "A")),
        "commissions": table("distributor_id paid_on amount", *((who, day, 7) for who, day in days.items())),
        "events": table("event_id held_on", *((f"event {who}", day) for who, day in days.items())),
        "attendance": table("event_id distributor_id", *((f"event {who}", who) for who in days)),
    }
    active: dict[str, Any] = {"definitions": {"active_rule": rule}}
    assert figure(tables, "active_distributors", "2026-10", **active) == 2
    assert figures(tables, "active_distributors", "2026-10", by=("distributor",), **active) == {"A": 1, "B": 1}


def test_by_day_the_as_of_day_is_a_day_of_its_own() -> None:
    """A sold on 30 October and B on 31, the last day that is seen."""
    orders = table("order_id ordered_on amount distributor_id", ("1", "10-30", 30, "A"), ("2", "10-31", 5, "B"))
    tables = {"distributors": PEOPLE, "orders": orders}
    asked: dict[str, Any] = {"every": "day", "as_of": "2026-10-31"}
    for kpi, before, last in (("active_distributors", 1, 1), ("personal_sales_volume", 30, 5)):
        assert figure(tables, kpi, "2026-10-30", **asked) == before
        assert figure(tables, kpi, "2026-10-31", **asked) == last


def test_a_period_shorter_than_a_month_is_its_own_month() -> None:
    """A sold on the Tuesday of week 41; B, on the books too, did not."""
    orders = table("order_id ordered_on amount distributor_id", ("0", "2025-01-01", 1, "A"), ("1", "10-06", 30, "A"))
    tables = {"distributors": PEOPLE, "orders": orders}
    for every, period, rate in (
        ("week", "2026-W41", 1 / 2), ("week", "2026-W42", 0), ("day", "2026-10-06", 1 / 2), ("day", "2026-10-07", 0),
    ):
        ask: dict[str, Any] = {"every": every, "definitions": {"active_counts_recruiting": False}}
        assert figure(tables, "active_distributor_rate", period, as_of="2026-10-18", **ask) == rate
