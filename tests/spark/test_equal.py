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
SPLITS: tuple[dict[str, Any], ...] = (
    {"by": ("market", "gender")},
    {"by": ("rank",), "min_cell": 0},
    {"by": ("age_band",), "every": "quarter"},
    {"by": ("distributor",), "count": 1},
    {"by": ("customer.country", "order.channel"), "min_cell": 0},
    {"where": {"market": ("US", "DE")}, "every": "week"},
)
PERIODS: tuple[dict[str, Any], ...] = (
    {"every": "period", "compare_year": True}, {"every": "day", "count": 2}, {"every": "year", "count": 1},
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


@pytest.mark.full
@pytest.mark.parametrize("definitions", PARAMETERS[1:], ids=str)
def test_every_parameter(session: Any, definitions: dict[str, Any]) -> None:
    same(Case(COMPANIES, those_with(definitions), count=1, definitions=definitions), session)


@pytest.mark.full
@pytest.mark.parametrize("split", SPLITS + PERIODS, ids=str)
def test_splits_and_periods(session: Any, split: dict[str, Any]) -> None:
    same(Case(COMPANIES, ALL, **{"count": 2} | split), session)


@pytest.mark.full
@pytest.mark.parametrize(
    "features", [("no_customer_id", "no_status"), ("no_seller", "no_distributors"), ("no_orders",)], ids=str
)
def test_exports_that_lack_something(session: Any, features: tuple[str, ...]) -> None:
    same(Case(company(2, features=features).tables, ALL, count=1), session)


@pytest.mark.full
def test_the_demo_company_from_csv(session: Any, tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", orders=2_000)
    here = mlmkpi.compute(tmp_path / "demo", count=2)
    there = mlmkpi.compute(tmp_path / "demo", count=2, engine=session)
    assert_frame_equal(here.frame, there.frame, check_exact=True)
    assert (here.hints, here.warnings, here.left_out) == (there.hints, there.warnings, there.left_out)
