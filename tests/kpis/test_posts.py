"""What posts, links and followers bring, and what reviews of claims find, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import Rows, figure, figures, table

POSTS = "post_id posted_on distributor_id platform reach likes comments shares messages age_band gender"


def test_engagement_is_pooled_over_the_posts_that_reached_somebody() -> None:
    posts = table(
        POSTS, ("1", "10-01", "D1", "x", 100, 4, 1, None, 1, "18-24", "f"),
        ("2", "10-02", "D1", "y", 900, 10, None, 5, None, "18-24", "m"),
        ("3", "10-03", "D2", "y", 0, 7, 7, 7, 7, None, "f"), ("4", "10-04", "D2", "y", None, 7, 7, 7, 7, None, None),
    )
    tables = {"posts": posts}
    assert figure(tables, "social_engagement_rate", "2026-10") == 20 / 1000
    assert figure(tables, "social_engagement_rate", "2026-10", column="note") == "posts without a base, left out: 2"
    assert figure(tables, "customer_interaction_rate", "2026-10") == 2 / 1000
    assert figure(tables, "content_sharing_rate", "2026-10") == 19 / 4
    assert figures(tables, "social_engagement_rate", "2026-10", by=("platform",)) == {"x": 5 / 100, "y": 15 / 900}
    assert figures(tables, "segment_engagement_rate", "2026-10") == {"18-24": 20 / 1000, "f": 5 / 100, "m": 15 / 900}
    assert figures(tables, "segment_engagement_rate", "2026-10", by=("gender",)) == {
        ("f", "18-24"): 5 / 100, ("m", "18-24"): 15 / 900, "f": 5 / 100, "m": 15 / 900,
    }


def test_a_post_counts_in_a_whole_month_and_in_the_part_of_it_beside_which_a_running_one_is_set() -> None:
    """By 20 October 2026 the month stands beside the first twenty days of October 2025, which is shown whole too."""
    posts = table(
        "posted_on reach likes", ("2025-10-05", 100, 4), ("2025-10-25", 100, 10), ("10-02", 100, 9),
    )
    asked: dict[str, Any] = {"as_of": "2026-10-20", "compare_year": True}
    assert figure({"posts": posts}, "social_engagement_rate", "2025-10", **asked) == 14 / 200
    assert figure({"posts": posts}, "social_engagement_rate", "2026-10", **asked) == 9 / 100
    assert figure({"posts": posts}, "social_engagement_rate", "2026-10", column="year_ago", **asked) == 4 / 100


def test_an_audience_that_is_small_is_hidden() -> None:
    posts = table("posted_on distributor_id reach likes gender", ("10-01", "D1", 4, 1, "f"), ("10-01", "D1", 9, 1, "m"))
    tables = {"posts": posts}
    assert figures(tables, "segment_engagement_rate", "2026-10") == {"f": None, "m": None}
    assert figures(tables, "segment_engagement_rate", "2026-10", min_cell=4) == {"f": 1 / 4, "m": 1 / 9}


def test_posts_without_a_column_of_their_base_or_of_any_response_are_unknown() -> None:
    tables = {"posts": table("posted_on reach messages", ("10-01", 10, 3))}
    assert figure(tables, "social_engagement_rate", "2026-10") is None
    assert figure(tables, "customer_interaction_rate", "2026-10") == 3 / 10
    ask: dict[str, Any] = {"column": "note", "definitions": {"engagement_base": "impressions"}}
    note = figure(tables, "social_engagement_rate", "2026-10", **ask)
    assert note.startswith("needs posts.likes or posts.comments")
    assert figure(tables, "segment_engagement_rate", "2026-10", column="note").startswith("needs posts.")
    assert figures(tables, "customer_interaction_rate", "2026-10", column="note", by=("distributor",)) == {
        (): "needs posts.distributor_id",
    }


def test_what_posts_are_split_by_alone_is_looked_for_among_their_columns() -> None:
    ask: dict[str, Any] = {"column": "note", "by": ("platform",)}
    known = {"posts": table("posted_on reach messages distributor_id", ("10-01", 10, 3, "D1"))}
    assert figures(known, "customer_interaction_rate", "2026-10", **ask) == {(): "needs posts.platform"}
    nobodys = {"posts": table("posted_on reach messages", ("10-01", 10, 3))}
    assert figures(nobodys, "customer_interaction_rate", "2026-10", **ask) == {(): "needs posts.platform"}


def test_by_followers_a_post_is_measured_by_the_posters_fresh_counts_on_that_platform() -> None:
    posts = table(
        "post_id posted_on distributor_id platform likes", ("1", "10-31", "D1", "x", 6), ("2", "11-01", "D1", "x", 6),
        ("3", "10-31", "D1", "y", 6), ("4", "10-31", None, "x", 6),
    )
    followers = table(
        "account_id counted_on followers distributor_id platform", ("a", "09-30", 50, "D1", "x"),
        ("a", "09-01", 9, "D1", "x"), ("b", "10-05", 10, "D1", "x"), ("b", "11-02", 99, "D1", "x"),
        ("c", "10-30", 7, "D2", "x"), ("d", "10-30", 30, None, "x"),
    )
    tables = {"posts": posts, "followers": followers}
    ask: dict[str, Any] = {"definitions": {"engagement_base": "followers"}}
    assert figure(tables, "social_engagement_rate", "2026-10", column="denominator", **ask) == 60 + 30
    assert figure(tables, "social_engagement_rate", "2026-10", column="numerator", **ask) == 12
    assert figure(tables, "social_engagement_rate", "2026-11", column="denominator", **ask) == 10


@pytest.mark.parametrize(
    ("posts_lack", "followers_lack", "base"),
    [("", "", 50), ("", "distributor_id", 50 + 10), ("", "platform", 50 + 7), ("distributor_id", "", 50 + 10),
     ("platform", "", 50 + 7), ("distributor_id", "platform", 50 + 10 + 7)],
)
def test_an_account_is_the_posters_by_what_both_tables_tell(posts_lack: str, followers_lack: str, base: int) -> None:
    posts = table("posted_on likes distributor_id platform", ("10-31", 6, "D1", "x"))
    followers = table(
        "account_id counted_on followers distributor_id platform", ("a", "10-30", 50, "D1", "x"),
        ("b", "10-30", 10, "D2", "x"), ("c", "10-30", 7, "D1", "y"),
    )
    tables = {"posts": _without(posts, posts_lack), "followers": _without(followers, followers_lack)}
    ask: dict[str, Any] = {"column": "denominator", "definitions": {"engagement_base": "followers"}}
    assert figure(tables, "social_engagement_rate", "2026-10", **ask) == base


def _without(rows: Rows, column: str) -> Rows:
    return [{name: value for name, value in row.items() if name != column} for row in rows]


def test_clicks_by_impressions_and_by_link_where_nobody_counted_them() -> None:
    clicks = table(
        "clicked_on clicks impressions link_id campaign", ("10-01", 3, 100, "k", "spring"),
        ("10-02", 1, 300, "k", None), ("10-03", 8, None, "k", "fall"), ("10-04", 1, 0, "l", "fall"),
        ("10-04", 1, 0, "l", "fall"), ("10-05", 9, None, None, "fall"),
    )
    tables = {"clicks": clicks}
    assert figure(tables, "affiliate_click_through_rate", "2026-10") == 4 / 400
    assert figure(tables, "affiliate_click_through_rate", "2026-10", statistic="clicks_per_link") == 10 / 2
    note = figure(tables, "affiliate_click_through_rate", "2026-10", column="note")
    assert note == "rows without impressions, left out: 4"
    assert figures(tables, "affiliate_click_through_rate", "2026-10", by=("campaign",)) == {
        "spring": 3 / 100, "(unknown)": 1 / 300,
    }
    ask: dict[str, Any] = {"statistic": "clicks_per_link", "by": ("campaign",)}
    assert figures(tables, "affiliate_click_through_rate", "2026-10", **ask) == {"fall": 10 / 2}


def test_an_export_without_impressions_still_has_clicks_by_link() -> None:
    tables = {"clicks": table("clicked_on clicks link_id", ("10-01", 3, "k"), ("10-02", 4, "l"))}
    assert figure(tables, "affiliate_click_through_rate", "2026-10") is None
    assert figure(tables, "affiliate_click_through_rate", "2026-10", column="note") == "needs clicks.impressions"
    assert figure(tables, "affiliate_click_through_rate", "2026-10", statistic="clicks_per_link") == 7 / 2


def test_a_link_that_two_of_a_team_share_is_one_of_its_links() -> None:
    """B and C, both below A, have k; D, below C, has l: three links by person, two in A's team, k and l in C's."""
    tables = {
        "distributors": table("distributor_id enrolled_on sponsor_id", ("A", "01-01", None), ("B", "01-01", "A"),
                              ("C", "01-01", "A"), ("D", "01-01", "C")),
        "clicks": table("clicked_on clicks link_id distributor_id", ("10-01", 3, "k", "B"), ("10-02", 4, "k", "C"),
                        ("10-03", 9, "l", "D")),
    }
    asked: dict[str, Any] = {"statistic": "clicks_per_link", "by": ("team",)}
    kpi = "affiliate_click_through_rate"
    assert figures(tables, kpi, "2026-10", **asked, where={"team": ["A", "C"]}) == {"A": 16 / 2, "C": 13 / 2}
    assert figures(tables, kpi, "2026-10", **asked) == {(): None}
    assert figure(tables, kpi, "2026-10", **asked, column="note") == "by team only for the teams asked for: --team ID"


def test_followers_grow_over_accounts_counted_at_both_ends() -> None:
    followers = table(
        "account_id counted_on followers platform", ("a", "08-30", 100, "x"), ("a", "09-15", 200, "x"),
        ("a", "10-31", 250, "x"), ("b", "08-29", 100, "x"), ("b", "10-31", 900, "x"), ("c", "09-30", 100, "y"),
        ("c", "09-29", 900, "y"), ("d", "08-30", 0, "y"), ("d", "10-02", 40, "y"), ("e", "10-20", 5, "y"),
    )
    tables = {"followers": followers}
    assert figure(tables, "follower_growth_rate", "2026-10", column="numerator") == 50 + 0 + 40
    assert figure(tables, "follower_growth_rate", "2026-10", column="denominator") == 200 + 100 + 0
    assert figures(tables, "follower_growth_rate", "2026-10", by=("platform",)) == {"x": 50 / 200, "y": 40 / 100}
    assert figure(tables, "follower_growth_rate", "2026-06") is None


def test_violations_in_a_thousand_reviews_with_a_verdict() -> None:
    claims = table("reviewed_on violation", *(("10-01", n == 0) for n in range(8)), ("10-02", None), ("11-01", None))
    tables = {"claims": claims}
    assert figure(tables, "claims_violation_rate", "2026-10") == 125
    assert figure(tables, "claims_violation_rate", "2026-10", column="denominator") == 8
    assert figure(tables, "claims_violation_rate", "2026-10", column="note") == "reviews without a verdict, left out: 1"
    assert figure(tables, "claims_violation_rate", "2026-11") is None


def test_counts_in_notes_have_their_thousands_apart() -> None:
    clicks = table("clicked_on clicks impressions link_id", ("10-01", 1, 5, "k"), *[("10-02", 1, None, "k")] * 1_200)
    note = figure({"clicks": clicks}, "affiliate_click_through_rate", "2026-10", column="note")
    assert note == "rows without impressions, left out: 1,200"
