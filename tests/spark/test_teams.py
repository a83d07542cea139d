"""Figures by team on Spark are those of Polars, and only sums by person come to the driver for them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import mlmkpi
from equal.compare import Case, frames, settings_of
from mlmkpi.engines.spark_server import Server
from mlmkpi.pipeline.team_page import team
from spark.pack import packed

pytestmark = pytest.mark.spark

KPIS = ("new_signups", "team_sales_volume", "personal_sales_volume", "distributor_retention_rate", "team_growth_rate",
        "team_retention_rate", "active_customers")
TABLES = packed((3, 8))
SETTINGS = settings_of(Case(TABLES, KPIS, min_cell=0))
SPANS = 4
"""Two periods, the one before and the year before."""


def leaders(count: int) -> list[str]:
    """Those who sponsor most people."""
    above = pl.Series([row["sponsor_id"] for row in TABLES["distributors"] if row.get("sponsor_id")])
    return above.value_counts().sort("count", "", descending=True)[:, 0].head(count).to_list()


@pytest.mark.parametrize("asked", [
    {"by": ("team",)},
    {"by": ("team", "market"), "tree": "enroller"},
    {"where": {"team": leaders(3)}},
    {"where": {"team": leaders(3)}, "depth": 2, "tree": "enroller", "by": ("market",)},
])
def test_teams_are_the_same(session: Any, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]) -> None:
    heights: list[int] = []

    def counted(server: Server, native: Any) -> pl.DataFrame:
        found = collect(server, native)
        if found.columns != ["day"]:
            heights.append(found.height)
        return found

    collect = Server.collect
    monkeypatch.setattr(Server, "collect", counted)
    run: dict[str, Any] = {"kpis": KPIS, "count": 2, "settings": SETTINGS, **asked}
    here, there = mlmkpi.compute(frames(TABLES), **run), mlmkpi.compute(frames(TABLES), **run, engine=session)
    assert_frame_equal(there.frame, here.frame, check_exact=True)
    assert there.frame["team"].n_unique() > 2
    assert max(heights) <= SPANS * len(TABLES["distributors"]) < len(TABLES["orders"])


def test_sign_ups_by_kind_are_the_same(session: Any) -> None:
    run: dict[str, Any] = {"kpis": ["new_signups"], "count": 2, "settings": SETTINGS, "by": ("kind",)}
    here, there = mlmkpi.compute(frames(TABLES), **run), mlmkpi.compute(frames(TABLES), **run, engine=session)
    assert_frame_equal(there.frame, here.frame, check_exact=True)
    assert here.frame["kind"].n_unique() > 1


@pytest.mark.full
def test_a_leaders_page_is_the_same(session: Any) -> None:
    (leader,) = leaders(1)
    here, there = (team(frames(TABLES), leader, settings=SETTINGS, engine=engine) for engine in (None, session))
    assert there == here


def test_a_leaders_page_without_orders_is_the_same(session: Any) -> None:
    (leader,) = leaders(1)
    people = frames({"distributors": TABLES["distributors"]})
    here, there = (team(people, leader, settings=SETTINGS, engine=engine) for engine in (None, session))
    assert there == here
    assert there.nodes[0].size > 0
