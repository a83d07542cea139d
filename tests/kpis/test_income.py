"""Incomes, what is paid out, and who has customers enough, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import Rows, figure, figures, table

PEOPLE = "distributor_id enrolled_on terminated_on"
PAID = "distributor_id paid_on amount"
ORDERS = "order_id ordered_on amount distributor_id customer_id"
START = ("0", "2025-01-01", 1, "D0", "C0")
"""An order that lets the data start early."""


def field(incomes: dict[int, int]) -> dict[str, Rows]:
    """So many people with each income in October."""
    people = [(f"P{amount}-{n}", amount) for amount, many in incomes.items() for n in range(many)]
    return {
        "distributors": table(PEOPLE, *((who, "01-01", None) for who, _ in people)),
        "commissions": table(PAID, *((who, "10-15", amount) for who, amount in people if amount)),
    }


def test_the_worked_distribution_of_a_hundred_incomes() -> None:
    tables = field({0: 60, 50: 25, 300: 10, 2000: 4, 20000: 1})
    assert figure(tables, "income_distribution", "2026-10") == 322.5
    assert figure(tables, "income_distribution", "2026-10", column="denominator") == 100
    points = {name: figure(tables, "income_distribution", "2026-10", statistic=name)
              for name in ("median", "p10", "p25", "p75", "p90", "p95", "p99", "gross")}
    assert points == {
        "median": 0, "p10": 0, "p25": 0, "p75": 50, "p90": 300, "p95": 385, "p99": pytest.approx(2180), "gross": 32250,
    }
    assert figure(tables, "earnings_gini", "2026-10") == pytest.approx(0.939, abs=5e-4)
    assert figure(tables, "top_1pct_earnings_share", "2026-10") == 20000 / 32250
    assert figure(tables, "top_1pct_earnings_share", "2026-10", column="numerator") == 20000
    assert figure(tables, "share_earning_nothing", "2026-10") == 60 / 100
    assert figure(tables, "earnings_gini", "2026-09") is None
    assert figure(tables, "top_1pct_earnings_share", "2025-12") is None
    assert figure(tables, "top_1pct_earnings_share", "2025-12", column="numerator") == 0


def test_everybody_on_the_books_on_any_day_counts() -> None:
    tables = {
        "distributors": table(
            PEOPLE, ("stays", "01-01", None), ("left before", "01-01", "09-30"),
            ("left on the first", "01-01", "10-01"), ("left on the second", "01-01", "10-02"),
            ("came and went", "10-05", "10-20"), ("same day", "10-05", "10-05"),
            ("came last", "10-31", None), ("came after", "11-01", None), ("came back", "01-01", "03-01"),
            ("came back later", "01-01", "03-01"),
        ),
        "enrollments": table("distributor_id enrolled_on", ("came back", "10-31"), ("came back later", "11-01")),
        "commissions": table(PAID, ("left before", "10-03", 7), ("X", "10-03", 9), ("stays", "10-03", 5)),
    }
    assert figure(tables, "income_distribution", "2026-10", column="denominator") == 5
    assert figure(tables, "income_distribution", "2026-10", statistic="gross") == 5
    note = figure(tables, "income_distribution", "2026-10", column="note")
    assert note == "paid but not on the books, left out: 2"


def test_what_was_taken_back_counts_below_nothing_or_as_nothing() -> None:
    tables = field({0: 1, 10: 1})
    tables["commissions"] = table(PAID, ("P0-0", "10-02", 5), ("P0-0", "10-03", -20), ("P10-0", "10-03", 10))
    assert figure(tables, "income_distribution", "2026-10") == -5 / 2
    assert figure(tables, "earnings_gini", "2026-10") == 1 / 2
    assert figure(tables, "earnings_gini", "2026-10", column="note") == "1 negative, counted as 0"
    assert figure(tables, "top_1pct_earnings_share", "2026-10") == 1
    assert figure(tables, "share_earning_nothing", "2026-10") == 1 / 2


def test_a_commission_counts_when_it_was_earned_else_when_it_was_paid() -> None:
    tables = field({10: 1})
    tables["commissions"] = table(
        "distributor_id paid_on amount earned_on", ("P10-0", "11-05", 4, "10-31"), ("P10-0", "10-05", 8, "09-30"),
        ("P10-0", "10-06", 1, None),
    )
    assert figure(tables, "income_distribution", "2026-10", statistic="gross") == 5
    assert figure(tables, "income_distribution", "2026-10", statistic="gross", as_of="2026-10-31") == 5


def test_incomes_by_rank_at_the_periods_end() -> None:
    tables: dict[str, Rows] = {
        **field({0: 1, 10: 1, 30: 1}),
        "ranks": table("distributor_id rank effective_on", ("P30-0", "2", "10-31"), ("P10-0", "2", "11-01")),
    }
    assert figures({**tables, "ranks": []}, "income_distribution", "2026-10") == {(): 40 / 3}
    ask: dict[str, Any] = {"rank_ladder": ("1", "2")}
    assert figures(tables, "income_distribution", "2026-10", **ask) == {(): 40 / 3, "1": 5, "2": 30}
    assert figures(tables, "income_distribution", "2026-10", by=("rank",), **ask) == {"1": 5, "2": 30}
    assert figures(tables, "income_distribution", "2026-10", statistic="p90", **ask) == {(): 26, "1": 9, "2": 30}


def test_expenses_are_taken_off_where_they_are_exported() -> None:
    tables = field({0: 2, 10: 1, 30: 1})
    assert figure(tables, "income_distribution", "2026-10", statistic="net") is None
    assert figure(tables, "at_most_break_even_share", "2026-10", column="note") == "needs the expenses export"
    tables["expenses"] = table(
        "distributor_id spent_on amount", ("P10-0", "10-01", 10), ("P30-0", "10-31", 12), ("P30-0", "11-01", 99),
        ("P0-0", "10-02", 8), ("X", "10-02", 1000),
    )
    assert figure(tables, "income_distribution", "2026-10", statistic="expenses") == 30
    assert figure(tables, "income_distribution", "2026-10", statistic="expenses", as_of="2026-10-31") == 30
    assert figure(tables, "income_distribution", "2026-10", statistic="expenses", as_of="2026-10-30") == 30 - 12
    assert figure(tables, "income_distribution", "2026-10", statistic="net") == 10
    assert figure(tables, "at_most_break_even_share", "2026-10") == 3 / 4
    assert figure(tables, "reinvestment_rate", "2026-10") == 30 / 40
    assert figure(tables, "reinvestment_rate", "2026-11") is None


def test_what_is_paid_out_of_net_sales_and_how_far_it_is_from_the_cap() -> None:
    tables: dict[str, Rows] = {
        "orders": table(ORDERS, START, ("1", "10-01", 100, "D1", None), ("2", "10-02", 300, "D2", "C1")),
        "commissions": table(PAID, ("D1", "10-03", 90), ("D2", "10-04", -10)),
        "distributors": table("distributor_id enrolled_on market", ("D1", "01-01", "US"), ("D2", "01-01", "DE")),
    }
    assert figure(tables, "payout_ratio", "2026-10") == 80 / 400
    assert figure(tables, "payout_cap_headroom", "2026-10") == 60 / 400
    assert figure(tables, "payout_cap_headroom", "2026-10", definitions={"payout_cap": 0.15}) == -20 / 400
    assert figures(tables, "payout_ratio", "2026-10", by=("market",)) == {"US": 90 / 100, "DE": -10 / 300}
    assert figure(tables, "payout_ratio", "2026-11") is None


def test_a_cap_of_many_digits_is_taken_exactly() -> None:
    """A third of 3,000,000 is 1,000,000, of which 100 are paid; of next to nothing, all that is paid is above it."""
    tables = {
        "orders": table("order_id ordered_on amount distributor_id", ("1", "10-05", 3_000_000, "A")),
        "commissions": table("distributor_id paid_on amount", ("A", "10-05", 100)),
    }
    for cap, left in ((0.3333333333333333, 999_900), (0.35, 1_049_900), (1e-18, -100), (5e-324, -100)):
        asked: dict[str, Any] = {"definitions": {"payout_cap": cap}}
        assert figure(tables, "payout_cap_headroom", "2026-10", column="numerator", **asked) == pytest.approx(left)
        found = figure(tables, "payout_cap_headroom", "2026-10", **asked)
        assert found == pytest.approx(cap - 100 / 3_000_000, rel=1e-12)


def test_a_first_income_comes_within_thirty_days_of_enrolling() -> None:
    tables = {
        "distributors": table(
            PEOPLE, ("A", "10-01", None), ("B", "10-01", None), ("C", "10-01", None), ("D", "10-01", None),
            ("E", "2024-12-31", None),
        ),
        "commissions": table(
            PAID, ("A", "10-31", 1), ("B", "11-01", 1), ("C", "10-05", -1), ("C", "10-06", 0), ("D", "09-30", 5),
            ("E", "2025-01-01", 1),
        ),
        "orders": table(ORDERS, START),
    }
    assert figure(tables, "first_income_30d", "2026-10") == 1 / 4
    assert figure(tables, "first_income_30d", "2026-10", as_of="2026-10-30") is None
    assert figure(tables, "first_income_30d", "2026-10", as_of="2026-10-31") == 1 / 4
    assert figure(tables, "first_income_30d", "2024", every="year", as_of="2026-10-31", count=3) is None


def test_ten_customers_in_the_month_pooled_over_months() -> None:
    sales: list[tuple[object, ...]] = [(f"a{n}", "10-01", 5, "D1", f"C{n}") for n in range(10)]
    sales += [(f"b{n}", "10-31", 5, "D2", f"C{n % 9}") for n in range(12)]
    sales += [(f"c{n}", "11-01", 5, "D2", f"C{n}") for n in range(9)]
    sales += [("d", "10-02", 5, "D2", "D1"), ("e", "10-02", 5, "D2", None), ("f", "10-02", -5, "D2", "C77")]
    tables: dict[str, Rows] = {
        "orders": table(ORDERS, START, *sales),
        "distributors": table(PEOPLE, ("D1", "01-01", None), ("D2", "01-01", None)),
        "commissions": table(
            PAID, ("D1", "10-05", 1), ("D2", "10-05", 1), ("D2", "11-05", 1), ("D1", "11-05", 1), ("D1", "11-06", -1),
        ),
    }
    assert figure(tables, "ten_customer_share", "2026-10") == 1 / 2
    assert figure(tables, "ten_customer_share", "2026-11") == 0
    assert figure(tables, "ten_customer_share", "2026-Q4", every="quarter") == 1 / 3
    assert figure(tables, "ten_customer_share", "2026-Q4", every="quarter", as_of="2026-11-29") == 1 / 2
    assert figure(tables, "ten_customer_share", "2026-12") is None


def test_more_than_half_of_the_volume_from_customers() -> None:
    tables: dict[str, Rows] = {
        "orders": table(
            ORDERS, START, ("1", "10-01", 50, "half", "C1"), ("2", "10-01", 50, "half", None),
            ("3", "10-01", 50, "more", "C1"), ("4", "10-01", 49.99, "more", None), ("5", "10-01", 9, "unpaid", "C1"),
            ("6", "10-01", 9, "none", "C1"), ("7", "10-02", -9, "none", "C1"),
        ),
        "commissions": table(
            PAID, ("half", "10-05", 1), ("more", "10-05", 1), ("none", "10-05", 1), ("idle", "10-05", 1),
            ("unpaid", "10-05", 0),
        ),
    }
    assert figure(tables, "majority_retail_share", "2026-10") == 1 / 4
    note = figure(tables, "majority_retail_share", "2026-10", column="note")
    assert note == "paid without volume, counted as no: 2"
