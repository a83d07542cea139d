"""The Result on Spark is the Result on Polars, to the last bit: every KPI, every parameter, periods and splits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import mlmkpi
import mlmkpi.kpis
from equal.compare import Case, product
from equal.variants import PARAMETERS
from mlmkpi.demo import write_demo
from mlmkpi.kpi import KPIS
from oracle.companies import company
from spark.pack import packed

pytestmark = pytest.mark.spark

ALL = tuple(KPIS)
COMPANIES = packed((3, 5, 8))
ANOTHER: dict[str, Any] = {
    "active_counts_recruiting": False, "active_rule": "own_order", "activity_kinds": ["call"], "activity_minimum": 2,
    "clv_annual_discount": 0.1, "clv_horizon_months": 6, "clv_method": "historic", "cooling_off_days": 30,
    "coverage_minimum": 2, "customer_lapse_after_days": 45, "demographic_of": "seller",
    "digital_sources": ["web", "SOCIAL"], "engagement_base": "impressions", "event_base": "invited",
    "first_sale": "any", "lapse_after_days": 60, "lead_window_days": 5, "leader_rank": "2", "margin": 0.4,
    "payout_cap": 0.5, "refunds": "order_date", "retention_base": "active", "retention_window": "12m",
    "return_window_days": 20, "social_channels": ["shop", "WEB"], "team_depth": 2, "team_includes_self": False,
    "training_days": 9, "valid_status": ["completed", "shipped"], "volume": "cv",
}
"""A value of every parameter that is not the usual one."""
SALES = ("sales_volume", "personal_sales_volume", "retail_sales_share", "average_order_value")
STAYING = ("active_distributors", "distributor_retention_rate")
FURTHER: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"volume": "amount", "refunds": "ignore", "engagement_base": "followers", "retention_base": "on_books"},
     (*SALES, *STAYING, "social_engagement_rate")),
    ({"active_rule": "volume>=50", "retention_base": "active"}, STAYING),
    ({"active_rule": "earned"}, STAYING), ({"active_rule": "any_event"}, STAYING),
    ({"active_rule": "sale_or_recruit", "lapse_after_days": 7}, STAYING),
)
SAMPLE = (
    "new_signups", *STAYING, *SALES, "time_to_first_sale", "customer_retention_rate", "event_participation_rate",
    "customer_geographic_distribution",
)
SPLITS: tuple[dict[str, Any], ...] = (
    {"by": ("market", "gender")},
    {"by": ("distributor",), "count": 1},
    {"by": ("customer.country", "order.channel"), "min_cell": 0},
    {"where": {"market": ("US", "DE")}, "every": "week"},
    {"every": "period", "compare_year": True},
)
"""A sample of splits and periods."""
FURTHER_SPLITS: tuple[dict[str, Any], ...] = (
    {"by": ("rank",), "min_cell": 0}, {"by": ("age_band",), "every": "quarter"}, {"every": "day", "count": 2},
    {"every": "year", "count": 1},
)


def those_with(definitions: dict[str, Any]) -> tuple[str, ...]:
    """The KPIs that one of the parameters can change."""
    return tuple(name for name in ALL if set(KPIS[name].parameters) & set(definitions))


def same(case: Case, session: Any) -> pl.DataFrame:
    """The Result, which both engines give."""
    here, there = product(case), product(case, session)
    assert_frame_equal(here, there, check_exact=True)
    return here


NOTHING_THERE = {"best_sellers", "product_return_rate"}
"""KPIs for which the companies have rows, but nothing to divide by."""


def test_every_kpi_of_the_catalogue_runs_on_both_engines(session: Any) -> None:
    frame = same(Case(COMPANIES, ALL, every="quarter", count=2, definitions={"leader_rank": "3"}), session)
    assert set(frame["kpi"]) == set(ALL)
    valued = set(frame.filter(pl.col("value").is_not_null())["kpi"])
    assert set(ALL) - valued <= NOTHING_THERE


def test_every_parameter_of_every_kpi(session: Any) -> None:
    assert set(ANOTHER) == {name for kpi in KPIS.values() for name in kpi.parameters}
    for name, value in ANOTHER.items():
        assert value not in [kpi.parameters[name] for kpi in KPIS.values() if name in kpi.parameters]
    same(Case(COMPANIES, those_with(ANOTHER), every="quarter", count=1, definitions=ANOTHER), session)


@pytest.mark.parametrize(("definitions", "kpis"), FURTHER, ids=str)
def test_further_values(session: Any, definitions: dict[str, Any], kpis: tuple[str, ...]) -> None:
    same(Case(COMPANIES, kpis, count=1, definitions=definitions), session)


@pytest.mark.parametrize("split", SPLITS, ids=str)
def test_splits_and_periods(session: Any, split: dict[str, Any]) -> None:
    same(Case(COMPANIES, SAMPLE, **{"count": 1} | split), session)


@pytest.mark.full
@pytest.mark.parametrize("definitions", PARAMETERS[1:], ids=str)
def test_every_value_of_every_parameter(session: Any, definitions: dict[str, Any]) -> None:
    same(Case(COMPANIES, those_with(definitions), count=1, definitions=definitions), session)


@pytest.mark.full
@pytest.mark.parametrize("split", SPLITS + FURTHER_SPLITS, ids=str)
def test_every_kpi_by_splits_and_periods(session: Any, split: dict[str, Any]) -> None:
    same(Case(COMPANIES, ALL, **{"count": 2} | split), session)


@pytest.mark.parametrize("features", [("no_customer_id", "no_status"), ("no_seller", "no_distributors")], ids=str)
def test_exports_that_lack_something(session: Any, features: tuple[str, ...]) -> None:
    same(Case(company(2, features=features).tables, ALL, count=1), session)


@pytest.mark.full
def test_an_export_without_orders(session: Any) -> None:
    same(Case(company(2, features=("no_orders",)).tables, ALL, count=1), session)


@pytest.mark.full
def test_the_demo_company_from_csv(session: Any, tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", orders=2_000)
    here = mlmkpi.compute(tmp_path / "demo", count=2)
    there = mlmkpi.compute(tmp_path / "demo", count=2, engine=session)
    assert_frame_equal(here.frame, there.frame, check_exact=True)
    assert (here.hints, here.warnings, here.left_out) == (there.hints, there.warnings, there.left_out)
