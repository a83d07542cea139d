"""Figures over a company's own periods, whose lengths differ from year to year."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import figure, figures, table

PERIODS = table(
    "period starts_on ends_on", ("N1", "2024-12-01", "2025-01-04"), ("N2", "2025-01-05", "2025-02-18"),
    ("N3", "2025-02-19", "2025-03-31"), ("Z1", "2026-01-08", "2026-01-20"), ("Z2", "2026-01-21", "2026-12-31"),
)
"""Z1 is of 13 days; a year before it opens is 8 January 2025, which N2 holds, a period of 45 days."""

TABLES = {
    "periods": PERIODS,
    "distributors": table(
        "distributor_id enrolled_on sponsor_id", ("A", "2024-12-01", None), ("B", "2025-01-28", "A"),
        ("C", "2024-12-01", "A"), ("D", "2024-12-01", "A"),
    ),
    "orders": table(
        "order_id ordered_on amount distributor_id customer_id", ("0", "2024-12-01", 9, "D", "d"),
        ("1", "2025-01-06", 9, "A", "a"), ("2", "2025-02-10", 9, "B", "b"), ("3", "2025-01-15", 9, "C", "c"),
        ("6", "2025-02-12", 9, "B", "c"),
        ("4", "2026-01-10", 9, "A", "a"), ("5", "2026-01-20", 9, "D", "d"),
    ),
}
ASKED: dict[str, Any] = {
    "every": "period", "as_of": "2026-01-20", "definitions": {"retention_base": "active", "retention_window": "12m"},
}


@pytest.mark.parametrize(("kpi", "kept", "base"), [
    ("distributor_retention_rate", 1, 3), ("customer_retention_rate", 1, 3), ("churn_rate", 2, 3),
    ("team_retention_rate", 0, 2),
])
def test_the_active_of_a_year_before_are_those_of_the_whole_period_then(kpi: str, kept: int, base: int) -> None:
    """A (to a), B (to b and c) and C (to c) sold in N2, each on another side of the days of Z1; of them A, who has no
    sponsor, sold in Z1. D sold in N1 and Z1: not among them."""
    for column, found in (("numerator", kept), ("denominator", base)):
        assert figure(TABLES, kpi, "Z1", column=column, **ASKED) == found


def test_how_long_ago_the_active_of_a_year_before_came_is_told_when_that_period_ended() -> None:
    """On 18 February 2025 A and C were there for 79 days, B for 21: all came less than 90 days before."""
    assert figures(TABLES, "distributor_retention_rate", "Z1", column="denominator", **ASKED)["<90 days"] == 3


def test_rank_and_seller_are_read_when_the_period_of_a_year_before_ended() -> None:
    """B was silver by 18 February 2025, not yet by 20 January; c bought from C in January, from B in February."""
    ranks = table("distributor_id rank effective_on", ("B", "silver", "2025-02-01"))
    asked = {**ASKED, "column": "denominator", "rank_ladder": ("bronze", "silver")}
    found = figures({**TABLES, "ranks": ranks}, "churn_lapsed", "Z1", by=("rank",), **asked)
    assert found == {"bronze": 2, "silver": 1}
    assert figures(TABLES, "customer_retention_rate", "Z1", by=("distributor",), column="denominator", **ASKED) == {
        "A": 1, "B": 2,
    }
