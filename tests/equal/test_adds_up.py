"""Identities of the product's own figures: segments add up to totals, parts to wholes, and --where is a row of --by."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings

import mlmkpi
from equal.compare import frames
from marks import wide
from mlmkpi.settings import Settings
from oracle.companies import Company
from oracle.strategies import companies

PEOPLE = ("market", "gender", "age_band", "rank", "distributor")
ALL = ("new_signups", "distributor_retention_rate", "churn_rate", "churn_terminated", "churn_lapsed",
       "active_distributor_rate", "active_distributors", "active_customers", "personal_sales_volume", "sales_volume",
       "average_order_value", "customer_retention_rate", "repeat_purchase_rate", "retail_sales_share",
       "internal_consumption_share", "social_sales_share", "sponsor_rate")


def figures(one: Company, **asked: object) -> pl.DataFrame:
    result = mlmkpi.compute(
        frames(one.tables), kpis=ALL, as_of=one.as_of, count=4, settings=Settings(min_cell=0), **asked  # type: ignore[arg-type]
    )
    return result.frame.filter(pl.col("statistic") == "value")


def by_period(frame: pl.DataFrame, kpi: str, column: str = "value") -> dict[str, float]:
    rows = frame.filter((pl.col("kpi") == kpi) & pl.col("tenure").is_null() & pl.col(column).is_not_null())
    return dict(rows.select("period", column).iter_rows())


@settings(max_examples=2)
@given(companies())
def test_parts_make_wholes(one: Company) -> None:
    frame = figures(one)
    for parts, whole in (
        (("distributor_retention_rate", "churn_rate"), None), (("churn_terminated", "churn_lapsed"), "churn_rate"),
        (("retail_sales_share", "internal_consumption_share"), None),
    ):
        first, second = (by_period(frame, name) for name in parts)
        total = by_period(frame, whole) if whole else dict.fromkeys(first, 1.0)
        assert {p: first[p] + second[p] for p in first} == pytest.approx({p: total[p] for p in first})


@pytest.mark.parametrize("tried", [2, wide(3)])
def test_segments_add_up_to_totals(tried: int) -> None:
    settings(max_examples=tried)(given(companies())(segments_add_up_to_totals))()


def segments_add_up_to_totals(one: Company) -> None:
    total = figures(one).filter(pl.col("tenure").is_null())
    for dimension in PEOPLE:
        split = figures(one, by=[dimension]).filter(pl.col("tenure").is_null() & pl.col(dimension).is_not_null())
        sums = split.group_by("kpi", "period").agg(pl.col("numerator").sum(), pl.col("denominator").sum())
        both = sums.join(total, on=["kpi", "period"], suffix="_total")
        for part in ("numerator", "denominator"):
            known = both.filter(pl.col(f"{part}_total").is_not_null())
            assert known[part].to_list() == pytest.approx(known[f"{part}_total"].to_list(), abs=1e-6)


@pytest.mark.parametrize("tried", [2, wide(3)])
def test_where_gives_the_row_that_by_gives(tried: int) -> None:
    settings(max_examples=tried)(given(companies(without=("no_market",)))(where_gives_the_row_that_by_gives))()


def where_gives_the_row_that_by_gives(one: Company) -> None:
    split = figures(one, by=["market"])
    for market in split["market"].drop_nulls().unique():
        chosen = figures(one, where={"market": [market]})
        wanted = split.filter((pl.col("market") == market) | pl.col("market").is_null())
        assert chosen.rows() == wanted.rows()
