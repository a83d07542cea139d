"""What a script asks in another form than the library takes is refused, not taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from mlmkpi.errors import UsageError
from mlmkpi.validate import validate

ORDERS = pl.DataFrame({
    "order_id": ["1"], "ordered_on": [date(2026, 10, 1)], "amount": [5.0], "distributor_id": ["A"],
})
PEOPLE = pl.DataFrame({"distributor_id": ["A"], "enrolled_on": [date(2026, 1, 1)]})
TABLES = {"orders": ORDERS, "distributors": PEOPLE}


@pytest.mark.parametrize(("asked", "said"), [
    ({"kpis": "sales_volume"}, "kpis is 'sales_volume'\n  expected  a list: ['sales_volume']"),
    ({"by": "market"}, "by is 'market'\n  expected  a list: ['market']"),
    ({"where": {"market": "US"}}, "market is 'US'\n  expected  a list: ['US']"),
    ({"kpis": ["sales_volume", None]}, "kpis has None\n  expected  texts, such as '1'"),
    ({"kpis": 3}, "kpis has 3\n  expected  texts"),
    ({"where": {"market": [1]}}, "market has 1\n  expected  texts, such as '1'"),
    ({"where": ["market=US"]}, "where is ['market=US']\n  expected  values by dimension: {"),
    ({"count": 1.5}, "count is 1.5\n  expected  1 or more"),
    ({"min_team": "3", "by": ["team"]}, "min_team is '3'\n  expected  a whole number"),
    ({"where": {1: ["US"]}}, "where has 1\n  expected  texts, such as '1'"),
    ({"every": 5}, "every is 5\n  expected  day, week, month"),
    ({"compare_year": "year"}, "compare_year is 'year'\n  expected  True or False"),
    ({"where": {"team": ["A"]}, "depth": "2"}, "a team's depth counts from 0\n  got       '2'"),
    ({"where": {"team": ["A"]}, "generation": 1.5}, "a team's generation counts from 0\n  got       1.5"),
    ({"config": 5}, "config is a int\n  expected  the path of a mlmkpi.toml"),
    ({"engine": 5}, "engine is a int\n  expected  polars, spark, an address"),
    ({"count": 0}, "count is 0\n  expected  1 or more"),
    ({"first": "2026-01-01"}, "first is '2026-01-01'\n  expected  a day: datetime.date(2026, 10, 31)"),
    ({"as_of": datetime(2026, 1, 1)}, "as_of is datetime.datetime(2026, 1, 1, 0, 0)\n  expected  a day: "),
])
def test_another_sort_of_value_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        mlmkpi.compute(TABLES, **{"kpis": ["sales_volume"], **asked})
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("run", [mlmkpi.cohorts, lambda tables, **asked: mlmkpi.team(tables, "A", **asked)])
def test_a_day_that_is_none_is_refused_wherever_one_is_asked_for(run: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="as_of is '2026-01-01'"):
        run(TABLES, as_of="2026-01-01")


def test_other_counts_and_ids_are_refused_wherever_they_are_asked_for() -> None:
    for last in (0, -1):
        with pytest.raises(UsageError, match=f"last is {last}"):
            mlmkpi.cohorts(TABLES, last=last)
    with pytest.raises(UsageError, match="leader has 5"):
        mlmkpi.team(TABLES, 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("asked", "said"), [
    ({"kpi": 5}, "kpi is 5\n  expected  a KPI's name, such as 'churn_rate'"),
    ({"kpi": ["churn_rate"]}, "kpi is ['churn_rate']\n  expected  a KPI's name"),
    ({"period": 202610}, "period is 202610\n  expected  its label, such as '2026-10'"),
    ({"period": date(2026, 10, 1)}, "period is datetime.date(2026, 10, 1)\n  expected  its label"),
    ({"period": "2026-10", "every": "moth"}, "every is 'moth'\n  expected  day, week, month"),
])
@pytest.mark.parametrize("run", [mlmkpi.work_out, mlmkpi.trace])
def test_another_sort_of_kpi_or_period_is_refused_where_one_is_meant(
    run: Callable[..., Any], asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        run(TABLES, **{"kpi": "sales_volume", **asked})
    assert str(caught.value).startswith(said)


def test_another_sort_of_split_is_refused_of_traced_rows_too() -> None:
    with pytest.raises(UsageError, match="by has 5"):
        mlmkpi.trace(TABLES, "sales_volume", by=5)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="where is 'market'"):
        mlmkpi.trace(TABLES, "sales_volume", where="market")  # type: ignore[arg-type]


def test_other_ways_with_bad_rows_are_refused_of_cohorts_too() -> None:
    with pytest.raises(UsageError, match="bad_rows is 'skp'\n  expected  stop or skip"):
        mlmkpi.cohorts(TABLES, bad_rows="skp")


def test_a_drawn_depth_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="a tree's depth counts from 0\n  got       'all'"):
        mlmkpi.team(TABLES, "A", depth="all")  # type: ignore[arg-type]


def test_a_column_of_names_of_kpis_will_do() -> None:
    found = mlmkpi.compute(TABLES, kpis=pl.Series(["sales_volume"]), count=1)  # type: ignore[arg-type]
    assert found.frame["value"].to_list() == [5.0]


@pytest.mark.parametrize("run", [mlmkpi.compute, mlmkpi.cohorts, validate, partial(mlmkpi.team, leader="A")])
@pytest.mark.parametrize(("exports", "said"), [
    (pl.DataFrame({"name": ["Zyxa Marquis"]}), "exports is a DataFrame\n  expected  a folder, a file, a glob"),
    (None, "exports is a NoneType"),
    ([ORDERS], "exports is a list"),
    ({5: ORDERS}, "there is no table 5\n  expected  distributors, orders"),
])
def test_exports_of_another_sort_are_refused_and_not_shown(run: Callable[..., Any], exports: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(exports)
    assert str(caught.value).startswith(said)
    assert "Zyxa" not in str(caught.value)


def test_the_settings_file_may_be_named_as_a_text(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('currency = "EUR"')
    found = mlmkpi.compute(TABLES, kpis=["sales_volume"], count=1, config=str(tmp_path / "own.toml"))
    assert found.frame["unit"].to_list() == ["EUR"]


def test_no_tables_are_no_exports() -> None:
    with pytest.raises(UsageError, match="there is no table"):
        mlmkpi.compute({}, kpis=["sales_volume"])
