"""Published figures of a survey, a marketplace's leads, a brand's posts and its ads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars import col

import mlmkpi
from mlmkpi.settings import Settings

DAY = pl.lit(date(2017, 5, 1))
Frames = Mapping[str, pl.DataFrame]


def of_2017(tables: Frames, kpi: str, **asked: Any) -> pl.DataFrame:
    """The KPI's figures of the whole year."""
    result = mlmkpi.compute(tables, kpis=[kpi], every="year", as_of=date(2017, 12, 31), count=1, **asked)
    return result.frame


def figure(frame: pl.DataFrame, column: str = "value", statistic: str = "value", **split: str) -> float:
    """The one figure of a statistic and segment."""
    rows = frame.filter(col("statistic") == statistic, *(col(name) == value for name, value in split.items()))
    return float(rows[column].item())


def answers(data: Path, *columns: pl.Expr) -> Frames:
    survey = pl.read_parquet(data / "nps" / "sfo_2017_survey.parquet").filter(col("NETPRO").is_not_null())
    day = col("inferred_date").cast(pl.String).str.to_date()
    score = col("NETPRO").cast(pl.Int64)
    asked = survey.select(answered_on=day, score=score, gender="Q20GENDER_LBL")
    return {"surveys": asked.hstack(survey.select(columns))}


def test_an_airport_asks_its_passengers(real_data: Path) -> None:
    plain = of_2017(answers(real_data), "net_promoter_score")
    assert [figure(plain, name) for name in ("numerator", "denominator")] == [100 * (1436 - 342), 2746]
    assert [figure(plain, statistic=name) for name in ("promoters", "detractors")] == [1436, 342]
    assert round(figure(plain), 2) == 39.84
    assert plain.filter(col("statistic") == "value")["note"].item() == "answers off the scale: 84"
    weighted = of_2017(answers(real_data, col("WEIGHT").alias("weight")), "net_promoter_score")
    assert round(figure(weighted), 2) == 40.40
    named = of_2017(
        answers(real_data, col("RESPNUM").cast(pl.String).alias("respondent_id")), "net_promoter_score", by=["gender"]
    )
    by_gender = of_2017(answers(real_data), "net_promoter_score", by=["gender"])
    for frame in (named, by_gender):
        assert [round(figure(frame, gender=name), 3) for name in ("Female", "Male")] == [44.895, 34.672]


def leads(data: Path) -> pl.DataFrame:
    contacts = pl.read_parquet(data / "olist" / "marketing_qualified_leads.parquet")
    deals = pl.read_parquet(data / "olist" / "closed_deals.parquet")
    both = contacts.join(deals.select("mql_id", "won_date"), on="mql_id", how="left")
    return both.select(
        lead_id="mql_id", created_on=col("first_contact_date").dt.date(), converted_on=col("won_date").dt.date(),
        source="origin",
    )


WON = {
    "organic search": (271, 2296), "paid search": (195, 1586), "social": (75, 1350), "unknown": (179, 1099),
    "direct traffic": (56, 499), "email": (15, 493), "referral": (24, 284),
}


def test_a_marketplace_wins_sellers(real_data: Path) -> None:
    found = leads(real_data)
    early = found.filter(col("converted_on") < col("created_on"))["source"].to_list()
    result = mlmkpi.compute(
        {"leads": found}, kpis=["lead_conversion_rate"], every="year", as_of=date(2022, 12, 31), by=["source"],
        first=date(2017, 1, 1), settings=Settings.model_validate({"definitions": {"lead_window_days": 1000}}),
    )
    sums = result.frame.group_by("source").agg(col("numerator", "denominator").sum().cast(pl.Int64))
    assert sums.select(col("numerator", "denominator").sum()).row(0) == (842 - len(early), 8000)
    won = {source: (above + early.count(source), below) for source, above, below in sums.iter_rows()}
    assert won["(unknown)"][1] == 60
    assert {source: won[source] for source in WON} == WON


def test_a_brand_posts(real_data: Path) -> None:
    file = pl.read_parquet(real_data / "social" / "facebook_metrics_uci368.parquet")
    posts = file.select(
        posted_on=DAY, reach="Lifetime Post Total Reach", likes="like", comments="comment", shares="share"
    )
    frame = of_2017({"posts": posts}, "social_engagement_rate")
    assert figure(frame, "numerator") == file["Total Interactions"].sum()
    assert round(figure(frame), 6) == 0.015257


def test_a_brand_advertises(real_data: Path) -> None:
    ads = pl.read_parquet(real_data / "social" / "facebook_ads_kag_1143.parquet")
    clicks = ads.select(clicked_on=DAY, clicks="Clicks", impressions="Impressions")
    frame = of_2017({"clicks": clicks}, "affiliate_click_through_rate")
    assert [figure(frame, name) for name in ("numerator", "denominator")] == [38165, 213434828]
    assert figure(frame) == pytest.approx(0.00017881, abs=5e-9)
