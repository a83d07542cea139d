"""Days of --from and --to inside a period are told, and only these; so is an as-of date long after the last order."""

from __future__ import annotations

import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import day, table

ORDERS = {"orders": table("order_id ordered_on amount", ("1", "2026-01-01", 5), ("2", "2026-10-31", 5))}


@pytest.mark.parametrize(
    ("first", "last", "count", "told"),
    [
        ("2026-09-01", "2026-10-31", None, []),
        ("2026-09-10", "2026-10-31", None, ["--from 2026-09-10 begins inside 2026-09: from 2026-09-01"]),
        ("2026-09-01", "2026-10-30", None, ["--to 2026-10-30 ends inside 2026-10: to 2026-10-31"]),
        ("2026-01-01", None, 2, []),
        (None, "2027-03-31", 2, []),
    ],
)
def test_what_falls_inside_a_period_is_told(
    first: str | None, last: str | None, count: int | None, told: list[str]
) -> None:
    found = mlmkpi.compute(
        frames(ORDERS), kpis=["sales_volume"], first=day(first) if first else None, last=day(last) if last else None,
        count=count, as_of=day("2026-10-31"),
    )
    assert [hint for hint in found.hints if hint.startswith("--")] == told


@pytest.mark.parametrize(("first", "count", "told"), [
    ("2026-08-15", 3, []),
    ("2026-08-15", 4, []),
    ("2026-08-15", 2, ["of the periods --from 2026-08-15 only the last 2, from 2026-09-01: --last 2"]),
    ("2026-08-31", 1, ["of the periods --from 2026-08-31 only the last, from 2026-10-01: --last 1"]),
])
def test_periods_that_last_leaves_out_of_those_from_a_day_are_told(first: str, count: int, told: list[str]) -> None:
    """August is the first of the three months up to October."""
    found = mlmkpi.compute(
        frames(ORDERS), kpis=["sales_volume"], first=day(first), count=count, as_of=day("2026-10-31")
    )
    assert found.frame.height == min(count, 3)
    assert [hint for hint in found.hints if "--last" in hint] == told


@pytest.mark.parametrize(("as_of", "told"), [
    ("2026-12-01", []),
    ("2026-12-02", ["the latest order is of 2026-10-31, 32 days before the as-of date, 2026-12-02"]),
    ("2026-10-30", ["the latest order is of 2026-01-01, 302 days before the as-of date, 2026-10-30"]),
    ("2025-06-01", []),
])
def test_an_as_of_date_long_after_the_last_order_is_told(as_of: str, told: list[str]) -> None:
    assert list(mlmkpi.compute(frames(ORDERS), kpis=["sales_volume"], as_of=day(as_of)).hints) == told


def test_a_last_day_long_after_several_others_is_taken_for_a_slip() -> None:
    """Of three days the last is 32 days after the second: the run is as of the second."""
    orders = table("order_id ordered_on amount", ("1", "10-01", 1), ("2", "10-20", 2), ("3", "11-21", 4))
    found = mlmkpi.compute(frames({"orders": orders}), kpis=["sales_volume"], count=1)
    assert found.warnings[0] == "the latest order is dated 2026-11-21, 32 days after the next: taken for a slip"
    assert found.frame["value"].to_list() == [3]
