"""The KPIs of answers, leads, posts, links, followers, claims and ranks, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import pytest

from oracle import find, oracle
from oracle.literal import october, parts

LAST = date(2026, 10, 31)
EARLY = date(2026, 1, 1)
Tables = dict[str, list[dict[str, Any]]]


def answer(day: int, score: int, respondent: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"answered_on": date(2026, 10, day), "score": score, "respondent_id": respondent}
    return {**row, "customer_id": None, "distributor_id": None, **more}


def test_the_latest_valid_answer_of_everybody() -> None:
    surveys = [
        answer(1, 0, "changed"), answer(9, 9, "changed"), answer(10, 11, "changed"),
        answer(5, 10, "torn"), answer(5, 6, "torn"),
        answer(3, 7, customer_id="C1"), answer(4, 10, customer_id="C1"),
        answer(3, 6, distributor_id="C1"),
        answer(2, 8), answer(2, 8),
        answer(2, -1), {**answer(2, 0, "changed"), "answered_on": date(2026, 11, 1)},
    ]
    row = october("net_promoter_score", {"surveys": surveys})
    assert parts(row) == (100 * (2 - 2), 6)
    for statistic in ("promoters", "detractors"):
        assert parts(october("net_promoter_score", {"surveys": surveys}, statistic)) == (2, None)
    half = 1.959964 * sqrt(4 * 100**2 / 5 / 6)
    assert [row.low, row.high] == pytest.approx([-half, half], rel=1e-5)


def test_weights_and_the_ends_of_the_scale() -> None:
    surveys = [answer(1, 10, "a", weight=Decimal("1.5")), answer(1, 2, "b", weight=Decimal("0.5"))]
    row = october("net_promoter_score", {"surveys": [*surveys, answer(1, 0, "c", weight=None)]})
    assert [*parts(row), row.value] == [100, 2, 50]
    half = 1.959964 * sqrt(2 * ((150 - 75) ** 2 + (-50 - 25) ** 2)) / 2
    assert half > 50
    assert [row.low, row.high] == [pytest.approx(50 - half, rel=1e-5), 100]
    assert october("net_promoter_score", {"surveys": [answer(1, 11, "a")]}).value is None


def test_small_cells_of_answers() -> None:
    surveys = [answer(1, 10, f"r{number}", gender="f" if number < 6 else "m") for number in range(12)]
    surveys.append(answer(1, 0, "sad", gender="f"))
    rows = oracle({"surveys": surveys}, kpis=["net_promoter_score"], as_of=LAST, count=1, by=["gender"])
    found = {(row.dims["gender"], row.statistic): row.value for row in rows}
    assert found["f", "value"] == Fraction(500, 7)
    assert found["m", "promoters"] == 6
    assert found["f", "detractors"] is None


def test_leads_that_become_something_in_time() -> None:
    first = date(2026, 8, 1)
    days = [(0, "customer"), (30, "distributor"), (31, "customer"), (-1, "customer"), (5, None), (None, "customer")]
    leads = [
        {
            "lead_id": f"l{number}", "created_on": first, "outcome": outcome,
            "source": ("Web", "fair", None)[number % 3],
            "converted_on": None if after is None else first + timedelta(days=after),
        }
        for number, (after, outcome) in enumerate(days)
    ]
    leads += [leads[0], {**leads[0], "lead_id": "late", "created_on": first + timedelta(days=1)}]
    names = ("lead_conversion_rate", "prospect_to_customer_rate", "prospect_to_distributor_rate")
    for kpi, count in zip(names, (3, 1, 1), strict=True):
        for as_of, more in ((date(2026, 8, 31), 0), (date(2026, 9, 1), 1)):
            row = find(oracle({"leads": leads}, kpis=[kpi], as_of=as_of, count=2), kpi, "2026-08")
            assert (parts(row), row.complete) == ((count, 6 + more), False)
        row = find(oracle({"leads": leads}, kpis=[kpi], as_of=date(2026, 9, 30), count=2), kpi, "2026-08")
        assert (parts(row), row.complete) == ((count, 7), True)
    settings = {"lead_window_days": 5, "digital_sources": ["web"]}
    rows = oracle({"leads": leads}, kpis=names[:1], as_of=LAST, count=3, definitions=settings)
    assert parts(rows[0]) == (1, 3)
    by = oracle({"leads": leads}, kpis=names[:1], as_of=LAST, count=3, by=["source"])
    assert {row.dims["source"]: parts(row) for row in by} == {"Web": (1, 3), "fair": (2, 2), "(unknown)": (0, 2)}


def posts() -> list[dict[str, Any]]:
    """Two posts that count, one that reached nobody, one of which nobody knows, one of September."""
    counts = ("likes", "comments", "shares", "reposts", "mentions", "saves", "messages")
    names = ("post_id", "reach", "impressions", *counts)
    rows = [
        ("a", 100, 400, 10, 2, 3, 1, 1, 3, 4), ("b", 300, None, None, 2, None, 0, 0, 0, None),
        ("c", 0, 50, 5, 5, 5, 5, 5, 5, 5), ("d", None, 0, 7, 7, 7, 7, 7, 7, 7), ("e", 9, 9, 9, 9, 9, 9, 9, 9, 9),
    ]
    found: list[dict[str, Any]] = []
    for row in rows:
        day = date(2026, 9, 30) if row[0] == "e" else date(2026, 10, 20)
        found.append({"posted_on": day, "gender": "f" if row[0] == "a" else None, **dict(zip(names, row, strict=True))})
    return found


def test_what_posts_draw() -> None:
    tables: Tables = {"posts": [*posts(), posts()[0]]}
    assert parts(october("social_engagement_rate", tables)) == (20 + 2, 400)
    seen = october("social_engagement_rate", tables, definitions={"engagement_base": "impressions"})
    assert parts(seen) == (20 + 30, 450)
    assert parts(october("customer_interaction_rate", tables)) == (6 + 2, 400)
    assert parts(october("content_sharing_rate", tables)) == (5 + 0 + 15 + 21, 4)
    rows = oracle(tables, kpis=["segment_engagement_rate"], as_of=LAST, count=1)
    assert {row.dims["gender"]: parts(row) for row in rows} == {"f": (20, 100), "(unknown)": (2, 300)}
    without = [{name: value for name, value in row.items() if name != "reach"} for row in posts()]
    assert october("social_engagement_rate", {"posts": without}).value is None


def test_posts_by_followers_of_the_same_account_then() -> None:
    more = {"platform": "tiktok", "distributor_id": "a"}
    tables = {
        "posts": [{**posts()[0], **more}, {**posts()[1], "platform": "instagram", "distributor_id": "a"}],
        "followers": [
            {"account_id": "x", "counted_on": date(2026, 9, 18), "followers": 7, **more},
            {"account_id": "x", "counted_on": date(2026, 9, 19), "followers": 40, **more},
            {"account_id": "x", "counted_on": date(2026, 10, 21), "followers": 90, **more},
        ],
    }
    settings = {"engagement_base": "followers"}
    assert parts(october("social_engagement_rate", tables, definitions=settings)) == (20, 40)
    del tables["followers"][1]
    assert parts(october("social_engagement_rate", tables, definitions=settings)) == (0, 0)


def test_clicks_of_links_shown_and_of_links_alone() -> None:
    rows = [(5, 100, "k1"), (3, 0, "k1"), (4, None, "k1"), (2, None, "k2"), (9, None, None), (1, 50, None)]
    clicks = [
        {"clicked_on": LAST, "clicks": number, "impressions": shown, "link_id": link} for number, shown, link in rows
    ]
    tables: Tables = {"clicks": clicks}
    assert parts(october("affiliate_click_through_rate", tables)) == (6, 150)
    assert parts(october("affiliate_click_through_rate", tables, "clicks_per_link")) == (9, 2)
    for row in clicks:
        del row["impressions"]
    assert october("affiliate_click_through_rate", tables).value is None
    assert parts(october("affiliate_click_through_rate", tables, "clicks_per_link")) == (14, 2)


def test_followers_of_accounts_counted_at_both_ends() -> None:
    counts = [
        ("both", date(2026, 8, 30), 100), ("both", LAST, 130), ("both", date(2026, 11, 1), 999),
        ("stale", date(2026, 8, 29), 50), ("stale", LAST, 80), ("new", LAST, 10),
        ("fell", date(2026, 9, 30), 20), ("fell", date(2026, 9, 30), 20), ("fell", date(2026, 9, 1), 5),
        ("fell", date(2026, 9, 30) + timedelta(days=1), 10),
    ]
    rows = [{"account_id": name, "counted_on": day, "followers": number} for name, day, number in counts]
    assert parts(october("follower_growth_rate", {"followers": rows})) == (30 - 10, 120)
    days = ((date(2026, 9, 30), 0), (LAST, 5))
    nobody = [{"account_id": "x", "counted_on": day, "followers": number} for day, number in days]
    row = october("follower_growth_rate", {"followers": nobody})
    assert (parts(row), row.value) == ((5, 0), None)


def test_violations_in_a_thousand_reviews() -> None:
    claims = [{"reviewed_on": LAST, "violation": verdict} for verdict in (True, False, False, False, None)]
    row = october("claims_violation_rate", {"claims": claims})
    assert [*parts(row), row.value] == [1_000, 4, 250]


def company_of_ranks(kinds: bool = True) -> Tables:
    """Who rises, falls, stays, leaves, has a title alone; a rank nobody knows, and two of one day."""
    start, later = date(2026, 9, 30), date(2026, 10, 15)
    held: list[tuple[str, str, date, str | None]] = [
        ("rises", "1", EARLY, "paid_as"), ("rises", "3", later, None), ("rises", "2", later, "paid_as"),
        ("falls", "3", start, "paid_as"), ("falls", "2", later, "paid_as"), ("falls", "3", EARLY, "title"),
        ("stays", "2", EARLY, "paid_as"), ("stays", "1", date(2026, 11, 1), "paid_as"), ("stays", "2", EARLY, "title"),
        ("gone", "1", EARLY, "paid_as"), ("gone", "3", later, "paid_as"),
        ("titled", "2", later, "title"), ("first", "2", LAST, "paid_as"),
    ]
    people = [
        {"distributor_id": who, "enrolled_on": EARLY, "terminated_on": later if who == "gone" else None}
        for who in dict.fromkeys(row[0] for row in held)
    ]
    ranks = [
        {"distributor_id": who, "rank": rank, "effective_on": day, **({"kind": kind} if kinds else {})}
        for who, rank, day, kind in held
        if kinds or kind != "title"
    ]
    orders = [
        {"order_id": who, "ordered_on": day, "amount": Decimal(5), "distributor_id": who}
        for who in dict.fromkeys(row[0] for row in held)
        for day in [EARLY if who == "stays" else date(2026, 9, 1)]
    ]
    return {"distributors": people, "ranks": ranks, "orders": orders}


@pytest.mark.parametrize("kinds", [True, False])
def test_who_climbs_and_who_falls(kinds: bool) -> None:
    tables = company_of_ranks(kinds)
    people = 5 if kinds else 4
    if not kinds:
        tables["distributors"] = [row for row in tables["distributors"] if row["distributor_id"] != "titled"]
    row = october("rank_advancement_rate", tables)
    assert parts(row) == (2, people - 1)
    assert row.low is not None
    assert parts(october("rank_advancement_rate", tables, "demotion")) == (1, 2)
    rows = oracle(tables, kpis=["rank_advancement_rate"], as_of=LAST, count=1)
    moves = {(row.dims["rank_from"], row.dims["rank_to"]): row.value for row in rows if row.statistic == "moves"}
    assert moves == {("1", "3"): 1, ("3", "2"): 1, ("2", "2"): 1, ("1", "2"): 1, **({("1", "1"): 1} if kinds else {})}


def test_a_ladder_that_does_not_know_every_rank() -> None:
    tables = company_of_ranks()
    row = october("rank_advancement_rate", tables, rank_ladder=("3", "1"))
    assert parts(row) == (0, 4)
    for rank in tables["ranks"]:
        rank["rank"] = f"star {rank['rank']}"
    assert october("rank_advancement_rate", tables).value is None
    named = october("rank_advancement_rate", tables, rank_ladder=("star 1", "star 2", "star 3"))
    assert parts(named) == (2, 4)


def test_who_is_paid_at_their_title() -> None:
    assert parts(october("rank_maintenance_rate", company_of_ranks())) == (1, 3)
    assert october("rank_maintenance_rate", company_of_ranks(kinds=False)).value is None


def test_who_becomes_a_leader_for_the_first_time() -> None:
    tables = company_of_ranks()
    assert october("leadership_emergence_rate", tables).value is None
    for rank, count, people in (("3", 2, 4), ("2", 3, 4)):
        row = october("leadership_emergence_rate", tables, definitions={"leader_rank": rank})
        assert parts(row) == (count, people), rank
    unknown = october("leadership_emergence_rate", tables, rank_ladder=("1", "2"), definitions={"leader_rank": "3"})
    assert unknown.value is None
