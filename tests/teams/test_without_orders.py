"""One leader's page of an export without orders: what people's own dates and the tree tell, and what is not known."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from mlmkpi.kpi import KPIS
from mlmkpi.report.team_page import render_team_page, render_team_page_json
from teams.test_page import END, TABLES, person

PEOPLE = {name: frame for name, frame in TABLES.items() if name != "orders"}
UNKNOWN = "not known: there are no orders"


@pytest.fixture(scope="module")
def page() -> mlmkpi.TeamPage:
    return mlmkpi.team(PEOPLE, "L", depth=3, as_of=END)


def test_the_tree_is_drawn_with_the_most_people_first(page: mlmkpi.TeamPage) -> None:
    assert [(one.id, one.below, one.size, one.listed) for one in page.nodes] == [
        ("L", 0, 4, True), ("old", 1, 2, True), ("gone", 2, 1, False), ("busy", 3, 0, True), ("late", 2, 0, True),
        ("new", 1, 0, True),
    ]
    assert {(one.volume, one.change, one.previous, one.retention) for one in page.nodes} == {(None,) * 4}


def test_the_figures_are_those_that_need_no_orders(page: mlmkpi.TeamPage) -> None:
    """Leaders are TOP, L, old and gone. Below L were old, late and busy, below TOP L and OTHER too; new came to both.

    In all 11 people were on the books. The median over leaders is that of those on the books, in L's team of old alone.
    """
    figures = {(one.kpi, one.statistic): (one.value, one.company, one.median_leader) for one in page.figures}
    assert figures == {
        ("new_signups", "value"): (1, 1, 0.5),
        ("team_growth_rate", "value"): (1 / 3, 1 / 11, pytest.approx((0 + 1 / 5) / 2)),
        ("team_growth_rate", "median"): (0, 1 / 5, None),
    }


def test_who_joined_is_told_and_who_lapsed_is_not_known(page: mlmkpi.TeamPage) -> None:
    assert page.counts == {"joined": 1, "lapsed": None, "lapsing": None, "rising": None}
    [new] = page.joined
    assert (new.id, new.sponsor, new.rank, new.next_rank) == ("new", "L", "1", "2")
    assert {new.current, new.current_before, new.days_left, new.volume, new.own, new.usual_volume} == {None}


def test_for_people_every_part_says_that_there_are_no_orders(page: mlmkpi.TeamPage) -> None:
    lines = render_team_page(page, KPIS, width=80, colour=False).splitlines()
    assert lines[:2] == ["L, October 2026 · as of 31 Oct 2026", "4 people below in the sponsor tree"]
    assert [line for line in lines if UNKNOWN in line] == [
        f"  Activity, retention, volume, customers  {UNKNOWN}", f"Lapsed, still on the books  {UNKNOWN}",
        f"About to lapse  {UNKNOWN}", f"Nearest to the next rank by volume  {UNKNOWN}",
    ]
    assert [line for line in lines if line.startswith(("├", "└", "│"))] == [
        "├─ old                 2", "│  ├─ gone, gone       1", "│  │  └─ busy          0", "│  └─ late             0",
        "└─ new                 0",
    ]


def test_as_data_it_says_so_too(page: mlmkpi.TeamPage) -> None:
    told = json.loads(render_team_page_json(page))
    assert (told["has_orders"], told["counts"]["lapsed"], told["lapsed"]) == (False, None, [])
    assert json.loads(render_team_page_json(mlmkpi.team(TABLES, "L", as_of=END)))["has_orders"]


def test_enrollments_alone_are_enough() -> None:
    enrollments = PEOPLE["distributors"].select("distributor_id", "sponsor_id", "enrolled_on")
    page = mlmkpi.team({"enrollments": enrollments}, "old", as_of=END)
    assert [(one.id, one.size) for one in page.nodes] == [("old", 3), ("gone", 1), ("busy", 0), ("late", 0)]
    assert page.joined == ()


def test_without_an_as_of_date_it_is_that_of_people() -> None:
    """`new` enrolled on 20 October, which is the latest day; so the last period that ended is September."""
    people = pl.concat([PEOPLE["distributors"], frames({"distributors": [
        person("too", "OTHER", enrolled_on=date(2026, 10, 2))
    ]})["distributors"]], how="diagonal")
    page = mlmkpi.team({"distributors": people}, "L")
    assert (page.as_of.isoformat(), page.period, page.counts["joined"]) == ("2026-10-20", "2026-09", 0)


def test_orders_without_a_day_tell_no_more_than_none(page: mlmkpi.TeamPage) -> None:
    undated = TABLES["orders"].with_columns(pl.lit(None, pl.Date).alias("ordered_on"))
    for orders in (TABLES["orders"].clear(), undated):
        found = mlmkpi.team({**PEOPLE, "orders": orders}, "L", depth=3, as_of=END)
        assert (found.has_orders, found.nodes, found.figures) == (False, page.nodes, page.figures)
