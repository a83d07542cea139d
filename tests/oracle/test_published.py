"""The oracle against published figures of real files: a survey, a marketplace's leads, a brand's posts and ads."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from oracle import Row, find, oracle

DAY = date(2017, 5, 1)


def read(name: str) -> list[dict[str, Any]]:
    """The rows of a real file; the folder is not part of the repository, since licences differ."""
    folder = os.environ.get("MLMKPI_DATA")
    if not folder:
        pytest.skip("MLMKPI_DATA does not name the folder of real files")
    return pl.read_parquet(Path(folder, f"{name}.parquet")).to_dicts()


def of_the_year(kpi: str, tables: dict[str, list[dict[str, Any]]], **more: Any) -> list[Row]:
    """The KPI's rows of 2017."""
    return oracle(tables, kpis=[kpi], every="year", as_of=date(2017, 12, 31), count=1, **more)


def test_an_airport_asks_its_passengers() -> None:
    surveys = [
        {
            "answered_on": date.fromisoformat(row["inferred_date"]), "score": int(row["NETPRO"]),
            "respondent_id": str(row["RESPNUM"]), "gender": row["Q20GENDER_LBL"], "weight": row["WEIGHT"],
        }
        for row in read("nps/sfo_2017_survey")
        if row["NETPRO"] is not None
    ]
    kpi = "net_promoter_score"
    weighted = find(of_the_year(kpi, {"surveys": surveys}), kpi, "2017")
    assert round(float(weighted.value or 0), 2) == 40.40
    for row in surveys:
        del row["weight"]
    rows = of_the_year(kpi, {"surveys": surveys})
    plain = find(rows, kpi, "2017")
    assert [plain.numerator, plain.denominator] == [100 * (1_436 - 342), 2_746]
    assert round(float(plain.value or 0), 2) == 39.84
    assert [find(rows, kpi, "2017", name).value for name in ("promoters", "detractors")] == [1_436, 342]
    assert Counter(row["score"] for row in surveys)[11] == 84
    cells = of_the_year(kpi, {"surveys": surveys}, by=["gender"])
    shown = {row.dims["gender"]: round(float(row.value or 0), 3) for row in cells if row.statistic == "value"}
    assert [shown["Female"], shown["Male"]] == [44.895, 34.672]


def test_a_marketplace_wins_sellers() -> None:
    won = {row["mql_id"]: row["won_date"].date() for row in read("olist/closed_deals")}
    leads = [
        {
            "lead_id": row["mql_id"], "created_on": row["first_contact_date"].date(), "source": row["origin"],
            "converted_on": won.get(row["mql_id"]),
        }
        for row in read("olist/marketing_qualified_leads")
    ]
    early = [row for row in leads if row["converted_on"] and row["converted_on"] < row["created_on"]]
    assert len(early) == 1
    rows = oracle(
        {"leads": leads}, kpis=["lead_conversion_rate"], every="year", as_of=date(2022, 12, 31), by=["source"],
        first=date(2017, 1, 1), definitions={"lead_window_days": 1_000},
    )
    above: Counter[str | None] = Counter()
    below: Counter[str | None] = Counter()
    for row in rows:
        above[row.dims["source"]] += int(row.numerator or 0)
        below[row.dims["source"]] += int(row.denominator or 0)
    assert [sum(above.values()), sum(below.values())] == [842 - 1, 8_000]
    above[early[0]["source"] or "(unknown)"] += 1
    published = {
        "organic search": (271, 2_296), "paid search": (195, 1_586), "social": (75, 1_350), "unknown": (179, 1_099),
        "direct traffic": (56, 499), "email": (15, 493), "referral": (24, 284),
    }
    assert below["(unknown)"] == 60
    assert {name: (above[name], below[name]) for name in published} == published


def test_a_brand_posts() -> None:
    posts = [
        {
            "posted_on": DAY, "reach": row["Lifetime Post Total Reach"], "likes": row["like"],
            "comments": row["comment"], "shares": row["share"],
        }
        for row in read("social/facebook_metrics_uci368")
    ]
    row = find(of_the_year("social_engagement_rate", {"posts": posts}), "social_engagement_rate", "2017")
    assert round(float(row.value or 0), 6) == 0.015257


def test_a_brand_advertises() -> None:
    ads = read("social/facebook_ads_kag_1143")
    clicks = [{"clicked_on": DAY, "clicks": row["Clicks"], "impressions": row["Impressions"]} for row in ads]
    rows = of_the_year("affiliate_click_through_rate", {"clicks": clicks})
    row = find(rows, "affiliate_click_through_rate", "2017")
    assert [row.numerator, row.denominator] == [38_165, 213_434_828]
    assert row.value == Fraction(38_165, 213_434_828)
    assert sum(1 for row in clicks if row["clicks"] == 0) == 207
