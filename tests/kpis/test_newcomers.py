"""Newcomers followed after they enrolled, and who came and went, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from equal.compare import Case, differences
from kpis.orders import Rows, figure, figures, table
from marks import wide
from oracle.companies import company

START = ("0", "2025-01-01", 1, "D0")
"""An order that lets the data start early."""


def people(*rows: tuple[object, ...]) -> Rows:
    """Distributors by id, enrolment, and further columns."""
    return table("distributor_id enrolled_on terminated_on enroller_id market", *(
        (*row, *([None] * (5 - len(row)))) for row in rows
    ))


def test_who_joins_and_leaves_in_one_period_is_seen_by_neither_boundary() -> None:
    tables = {
        "distributors": people(
            ("A", "10-02", "10-20"), ("B", "10-02", "10-02"), ("C", "10-02", "11-01"), ("D", "10-02", "10-20"),
            ("E", "09-30", "10-20"), ("F", "10-02", "10-31"),
        ),
        "enrollments": table("distributor_id enrolled_on", ("D", "10-25")),
        "orders": table("order_id ordered_on amount distributor_id", START),
    }
    assert figure(tables, "intra_period_leavers", "2026-10", as_of="2026-12-31") == 2
    assert figure(tables, "intra_period_leavers", "2026-09", as_of="2026-12-31") == 0
    assert figure(tables, "intra_period_leavers", "2026-Q4", every="quarter", as_of="2026-12-31") == 3


def test_who_sold_before_they_enrolled_is_left_out_and_counted() -> None:
    """A waits 9 days, B sold to a customer before and C to themselves; where D alone is left out there is no figure."""
    orders = table(
        "order_id ordered_on amount distributor_id customer_id", ("0", "2025-01-01", 1, "D0", "K0"),
        ("1", "10-11", 5, "A", "K1"), ("2", "10-01", 5, "B", "K2"), ("3", "10-12", 5, "B", "K2"),
        ("4", "10-01", 5, "C", None), ("5", "10-05", 5, "C", "K3"), ("6", "10-30", 5, "D", "K4"),
    )
    tables = {"distributors": people(("A", "10-02"), ("B", "10-02"), ("C", "10-02"), ("D", "11-02")), "orders": orders}
    one, left_out = "time_to_first_sale", "sold before they enrolled, left out: "
    assert figure(tables, one, "2026-10", column="denominator") == 2
    assert (figure(tables, one, "2026-10"), figure(tables, one, "2026-10", column="note")) == (3, f"{left_out}1")
    assert figure(tables, one, "2026-10", column="note", statistic="within_30") is None
    anybody = {"definitions": {"first_sale": "any"}}
    assert figure(tables, one, "2026-10", **anybody) == 9
    assert figure(tables, one, "2026-10", column="note", **anybody) == f"{left_out}2"
    assert figure(tables, one, "2026-11", column="note").endswith(f"; {left_out}1")
    assert figures(tables, one, "2026-10", by=("market",), column="note") == {"(unknown)": f"{left_out}1"}


def test_a_share_within_more_days_than_anybody_was_observed_is_null_and_says_so() -> None:
    """A sold after 4 days; B, who joined 21 days before the as-of date, is waiting: of 30 days nothing is known."""
    orders = table(
        "order_id ordered_on amount distributor_id customer_id", ("0", "2025-01-01", 1, "D0", "K0"),
        ("1", "10-05", 5, "A", "K1"),
    )
    tables = {"distributors": people(("A", "10-01"), ("B", "10-10")), "orders": orders}
    for days in (30, 60, 90):
        share, note = (
            figure(tables, "time_to_first_sale", "2026-10", as_of="2026-10-31", statistic=f"within_{days}", column=name)
            for name in ("value", "note")
        )
        assert (share, note) == (None, f"nobody was observed for {days} days")
    later = {"as_of": "2026-11-09", "statistic": "within_30"}
    assert figure(tables, "time_to_first_sale", "2026-10", **later) == 1 / 2
    assert figure(tables, "time_to_first_sale", "2026-10", column="note", **later) is None


def test_the_quick_ratio_sets_those_who_came_against_those_who_went() -> None:
    tables = {
        "distributors": people(("A", "10-02"), ("B", "10-02"), ("C", "2025-01-01"), ("D", "2025-01-01", "10-09")),
        "orders": table(
            "order_id ordered_on amount distributor_id", START, ("1", "07-05", 1, "C"), ("2", "07-05", 1, "D"),
            ("3", "09-30", 1, "D"), ("4", "12-01", 1, "C"),
        ),
    }
    ask = {"as_of": "2026-12-31", "definitions": {"lapse_after_days": 90}}
    assert figure(tables, "quick_ratio", "2026-10", column="numerator", **ask) == 2
    assert figure(tables, "quick_ratio", "2026-10", column="denominator", **ask) == 2
    assert figure(tables, "quick_ratio", "2026-12", **ask) == 1 / 2
    assert figure(tables, "quick_ratio", "2026-11", **ask) is None


def test_recruits_are_counted_where_their_recruiter_stands() -> None:
    tables = {
        "distributors": people(
            ("A", "2025-01-01", None, None, "US"), ("B", "2025-01-01", None, "A", "DE"),
            ("C", "10-02", None, "A", "DE"), ("D", "10-31", None, "A", "DE"), ("E", "10-05", None, "B", "US"),
            ("F", "10-05", None, None, "US"), ("G", "11-05", None, "B", "US"),
        ),
    }
    assert figure(tables, "recruits_per_recruiter", "2026-10", as_of="2026-11-30") == 3 / 2
    found = figures(tables, "recruits_per_recruiter", "2026-10", as_of="2026-11-30", by=("market",))
    assert found == {"US": 2, "DE": 1}
    assert figure(tables, "recruits_per_recruiter", "2026-09", as_of="2026-11-30") is None


@pytest.mark.parametrize("days", [30, 60, 90])
@pytest.mark.parametrize("every", ["month", "year"])
def test_a_sale_counts_from_the_day_of_enrolment_to_the_last_day_followed(days: int, every: str) -> None:
    joined = date(2026, 4, 10)

    def sold(who: str, *after: int) -> list[tuple[object, ...]]:
        return [(f"{who}{day}", str(joined + timedelta(days=day)), 5, who) for day in after]

    last = [*sold("A", 0), *sold("B", days), *sold("C", days + 1), *sold("D", -1), *sold("E", -1, days + 1)]
    tables = {
        "distributors": people(*((who, str(joined)) for who in "ABCDE"), ("OLD", "2024-12-31")),
        "orders": table("order_id ordered_on amount distributor_id", START, *last, ("Z", "2024-12-31", 9, None)),
    }
    period = "2026-04" if every == "month" else "2026"
    ask = {"every": every, "as_of": "2026-12-31"}
    assert figure(tables, f"enrolment_activation_{days}d", period, **ask) == 2 / 5
    ripe = str(joined + timedelta(days=days))
    assert figure(tables, f"enrolment_activation_{days}d", period, every=every, as_of=ripe) == 2 / 5
    young = str(joined + timedelta(days=days - 1))
    assert figure(tables, f"enrolment_activation_{days}d", period, every=every, as_of=young) is None


def test_a_period_is_complete_once_everybody_in_it_was_followed() -> None:
    tables = {
        "distributors": people(("A", "04-10"), ("B", "04-30")),
        "orders": table("order_id ordered_on amount distributor_id", START),
    }
    for as_of, complete, followed in (("2026-05-29", False, 1), ("2026-05-30", True, 2)):
        ask = {"as_of": as_of, "column": "complete"}
        assert figure(tables, "enrolment_activation_30d", "2026-04", **ask) is complete
        ask["column"] = "denominator"
        assert figure(tables, "enrolment_activation_30d", "2026-04", **ask) == followed


def test_people_who_enrolled_before_the_orders_start_are_left_out() -> None:
    tables = {
        "distributors": people(("A", "04-09"), ("B", "04-10")),
        "orders": table("order_id ordered_on amount distributor_id", ("1", "04-10", 5, "A")),
    }
    assert figure(tables, "enrolment_activation_30d", "2026-04", as_of="2026-12-31", column="denominator") == 1
    assert figure(tables, "enrolment_activation_30d", "2026-03", as_of="2026-12-31") is None


def test_duplication_is_bringing_somebody_else_soon() -> None:
    tables = {
        "distributors": people(
            ("A", "04-10"), ("B", "04-10"), ("C", "04-10", None, "C"), ("D", "04-10"), ("A1", "07-09", None, "A"),
            ("B1", "07-10", None, "B"), ("D1", "04-09", None, "D"), ("D2", "2026-12-01"),
        ),
    }
    ask = {"as_of": "2026-12-31"}
    assert figure(tables, "duplication_rate", "2026-04", **ask) == 1 / 5
    assert figure(tables, "duplication_rate", "2026-12", **ask) is None
    assert figures(tables, "duplication_rate", "2026-07", by=("distributor",), **ask) == {"A": 0, "B": 0}


def test_upgrades_are_told_from_other_new_people() -> None:
    """A's first row says upgrade, B's later one does not count, C has two rows that day, D none."""
    tables = {
        "distributors": people(("A", "10-05"), ("B", "10-06"), ("C", "10-07"), ("D", "10-08"), ("E", "10-09", "10-12")),
        "enrollments": table(
            "distributor_id enrolled_on kind", ("A", "10-05", "upgrade"), ("B", "10-06", "new"),
            ("B", "10-20", "upgrade"), ("C", "10-07", "new"), ("C", "10-07", "upgrade"), ("E", "10-09", "upgrade"),
        ),
    }
    asked: dict[str, Any] = {"by": ("kind",), "as_of": "2026-10-31"}
    assert figures(tables, "new_signups", "2026-10", **asked) == {"upgrade": 3, "new": 1, "(unknown)": 1}
    cooling: dict[str, Any] = {"definitions": {"cooling_off_days": 7}, **asked}
    assert figures(tables, "new_signups", "2026-10", **cooling) == {"upgrade": 2, "new": 1, "(unknown)": 1}
    without = {"distributors": tables["distributors"]}
    assert figure(without, "new_signups", "2026-10", as_of="2026-10-31", by=("kind",), column="note") == (
        "needs the enrollments export"
    )


@pytest.mark.parametrize("by", [("kind",), ("source", "market"), ("kind", "distributor")])
@pytest.mark.parametrize("seed", [0, 1, wide(2), wide(3)])
def test_sign_ups_by_their_enrolment_equal_the_oracles(seed: int, by: tuple[str, ...]) -> None:
    one = company(seed, features=())
    assert differences(Case(one.tables, ("new_signups",), as_of=one.as_of, by=by, every="quarter")) == []


SELVES: dict[str, Rows] = {
    "distributors": people(
        ("A", "2025-01-01"), ("B", "10-03", None, "A"), ("C", "10-04", None, "C"), ("D", "10-05", None, "D"),
    ),
    "orders": table(
        "order_id ordered_on amount distributor_id", ("0", "2025-01-01", 1, "A"), ("1", "10-10", 1, "A"),
        ("2", "10-11", 1, "C"),
    ),
    "goals": table("distributor_id kpi goal starts_on ends_on", ("C", "new_signups", 2, "10-01", "10-31")),
}
"""In October A enrolled B, and C and D themselves, which is nobody; A and C sold; all four are on the books."""


@pytest.mark.parametrize(("kpi", "by", "found"), [
    ("new_signups", (), {(): 3}), ("new_signups", ("distributor",), {"A": 1, "(unknown)": 2}),
    ("recruits_per_recruiter", (), {(): 1}), ("recruits_per_recruiter", ("distributor",), {"A": 1}),
    ("sponsor_rate", (), {(): 1 / 2}), ("active_distributor_rate", (), {(): 2 / 4}),
    ("duplication_rate", (), {(): 0}), ("goal_attainment", (), {"new_signups": 0}),
])
def test_nobody_recruits_themselves(kpi: str, by: tuple[str, ...], found: dict[Any, float]) -> None:
    asked = {"as_of": "2027-02-28"}
    assert figures(SELVES, kpi, "2026-10", by=by, **asked) == found
    assert differences(Case(SELVES, (kpi,), by=by, as_of=date(2027, 2, 28), count=5)) == []


def test_active_by_a_sale_or_a_recruit_is_nobody_who_recruited_themselves() -> None:
    """A and C sold; D only enrolled themselves."""
    rule = {"definitions": {"active_rule": "sale_or_recruit"}}
    assert figure(SELVES, "active_distributors", "2026-10", **rule) == 2
