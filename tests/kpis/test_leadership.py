"""Ranks between two days, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import figure, figures, table
from mlmkpi.errors import SettingsError

PEOPLE = table(
    "distributor_id enrolled_on terminated_on gender", *((who, "2025-01-01", None, "f") for who in "ABCDE"),
    ("GONE", "2025-01-01", "10-31", "m"), ("NEW", "10-01", None, "m"),
)
RANKS = table(
    "distributor_id rank effective_on kind",
    ("A", "bronze", "09-30", None), ("A", "silver", "10-31", "paid_as"), ("A", "gold", "11-01", None),
    ("B", "gold", "01-01", None), ("B", "silver", "10-15", None), ("B", "bronze", "10-15", None),
    ("C", "gold", "01-01", None), ("D", "silver", "09-01", "title"), ("D", "bronze", "10-02", None),
    ("GONE", "gold", "10-02", None), ("NEW", "gold", "10-02", None), ("E", "tin", "10-02", None),
    ("C", "silver", "02-01", "title"), ("B", "gold", "10-20", "title"),
)
LADDER: dict[str, Any] = {"rank_ladder": ("bronze", "silver", "gold")}
TABLES = {"distributors": PEOPLE, "ranks": RANKS}


def test_advancement_is_of_those_who_could_rise() -> None:
    assert figure(TABLES, "rank_advancement_rate", "2026-10", column="numerator", **LADDER) == 1
    assert figure(TABLES, "rank_advancement_rate", "2026-10", column="denominator", **LADDER) == 3
    assert figure(TABLES, "rank_advancement_rate", "2026-10", statistic="demotion", **LADDER) == 1 / 2
    assert figure(TABLES, "rank_advancement_rate", "2026-11", column="denominator", **LADDER) == 4


def test_moves_count_people_by_where_they_stood_and_stand() -> None:
    moves = figures(TABLES, "rank_advancement_rate", "2026-10", statistic="moves", **LADDER)
    assert moves == {
        ("bronze", "silver"): 1, ("bronze", "bronze"): 2, ("gold", "silver"): 1, ("gold", "gold"): 1,
    }
    units = figures(TABLES, "rank_advancement_rate", "2026-10", statistic="moves", column="unit", **LADDER)
    assert set(units.values()) == {"count"}


def test_ranks_are_known_however_they_are_spelled() -> None:
    """The ladder's own spelling is what comes out."""
    shouted = [{**row, "rank": f" {str(row['rank']).upper()}"} for row in RANKS]
    tables, moves = {**TABLES, "ranks": shouted}, {"statistic": "moves", "column": "numerator"}
    for asked in ({}, {"statistic": "demotion"}, moves):
        same = figures(TABLES, "rank_advancement_rate", "2026-10", **asked, **LADDER)
        assert figures(tables, "rank_advancement_rate", "2026-10", **asked, **LADDER) == same
    for kpi in ("rank_advancement_rate", "new_signups"):
        by: dict[str, Any] = {"by": ("rank",), "column": "numerator"}
        same = figures(TABLES, kpi, "2026-10", **by, **LADDER)
        assert figures(tables, kpi, "2026-10", **by, **LADDER) == same
    by_title = figures(TABLES, "rank_maintenance_rate", "2026-10", **LADDER)
    assert figures(tables, "rank_maintenance_rate", "2026-10", **LADDER) == by_title
    assert leaders("2026-10", definitions={"leader_rank": "SILVER"}) == leaders("2026-10")


def test_few_movers_of_a_gender_are_hidden() -> None:
    asked: dict[str, Any] = {**LADDER, "by": ("gender",), "statistic": "moves", "min_cell": 2}
    assert figures(TABLES, "rank_advancement_rate", "2026-10", **asked) == {
        ("f", "bronze", "silver"): None, ("f", "bronze", "bronze"): 2, ("f", "gold", "silver"): None,
        ("f", "gold", "gold"): None,
    }


def test_ranks_that_are_words_need_a_ladder_and_numbers_none() -> None:
    assert figure(TABLES, "rank_advancement_rate", "2026-10", column="note") == "set rank_ladder"
    numbers = table("distributor_id rank effective_on", ("A", "2", "10-02"), ("B", "10", "01-01"), ("B", "9", "10-02"))
    tables = {"distributors": PEOPLE, "ranks": numbers}
    assert figure(tables, "rank_advancement_rate", "2026-10") == 0
    assert figure(tables, "rank_advancement_rate", "2026-10", statistic="demotion") == 1
    unranked = {"distributors": PEOPLE}
    assert figure(unranked, "rank_advancement_rate", "2026-10", column="note") == "needs the ranks export"


def test_a_title_is_held_by_who_is_paid_at_it() -> None:
    assert figure(TABLES, "rank_maintenance_rate", "2026-10", column="denominator", **LADDER) == 3
    assert figure(TABLES, "rank_maintenance_rate", "2026-10", column="numerator", **LADDER) == 1
    assert figure(TABLES, "rank_maintenance_rate", "2026-01", **LADDER) is None
    untold = {**TABLES, "ranks": [{k: v for k, v in row.items() if k != "kind"} for row in RANKS]}
    assert figure(untold, "rank_maintenance_rate", "2026-10", column="note", **LADDER) == "needs ranks.kind"


SOLD = table(
    "order_id ordered_on amount distributor_id", ("0", "2025-01-01", 1, "A"),
    *((f"{who}{day}", day, 1, who) for who in "ABCD" for day in ("07-15", "09-15")),
)


def leaders(period: str, **asked: Any) -> Any:
    """New leaders, from silver up."""
    definitions = {"leader_rank": "silver", **asked.pop("definitions", {})}
    tables = {**TABLES, "orders": SOLD}
    return figure(tables, "leadership_emergence_rate", period, definitions=definitions, **LADDER, **asked)


def test_a_leader_emerges_once() -> None:
    assert leaders("2026-10") == 1 / 2
    assert leaders("2026-11", column="numerator") == 0
    assert leaders("2026-11", column="denominator") == 1
    assert leaders("2026-10", definitions={"lapse_after_days": 10}) is None


def test_who_leads_must_be_said_and_be_on_the_ladder() -> None:
    tables = {**TABLES, "orders": SOLD}
    assert figure(tables, "leadership_emergence_rate", "2026-10", column="note", **LADDER) == "set leader_rank"
    with pytest.raises(SettingsError, match="leader_rank is not a rank of the ladder"):
        leaders("2026-10", definitions={"leader_rank": "platinum"})
