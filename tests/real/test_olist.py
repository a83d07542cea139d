"""Every KPI that Olist's files allow equals the SQL's, to the last digit, in all 24 months and 8 quarters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

import mlmkpi
from real.companies import OLIST_SEEN, olist
from real.distributions import around_mean, quantiles, times_to_first_sale, wilson
from real.figures import RATES, prepare, rates
from real.reading import computed, expected

SETTINGS = """currency = "BRL"
[definitions]
valid_status = ["delivered", "shipped", "invoiced"]
active_counts_recruiting = false
"""
KPIS = [*RATES, "time_to_first_sale"]
SHARES = ("distributor_retention_rate", "churn_rate", "churn_lapsed", "customer_retention_rate", "repeat_purchase_rate")

Compute = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def database(real_data: Path) -> duckdb.DuckDBPyConnection:
    return olist(real_data)


@pytest.fixture(scope="module")
def frames(olist_exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Compute:
    config = tmp_path_factory.mktemp("settings") / "mlmkpi.toml"
    config.write_text(SETTINGS)
    made: dict[str, pl.DataFrame] = {}

    def frame(every: str) -> pl.DataFrame:
        if every not in made:
            result = mlmkpi.compute(olist_exports, kpis=KPIS, every=every, first=date(2016, 9, 1), config=config)
            made[every] = result.frame
        return made[every]

    return frame


@pytest.mark.parametrize("every", ["month", "quarter"])
@pytest.mark.parametrize("kpi", RATES)
def test_a_kpi_equals_the_sql(kpi: str, every: str, database: duckdb.DuckDBPyConnection, frames: Compute) -> None:
    prepare(database, every, date(2016, 7, 1) if every == "quarter" else OLIST_SEEN[0], OLIST_SEEN[1])
    figures = rates(database, kpi)
    if kpi in ("average_order_value", "personal_sales_volume"):
        figures |= quantiles(database, kpi)
    assert computed(frames(every), kpi) == expected(figures)


@pytest.mark.parametrize("every", ["month", "quarter"])
def test_kaplan_meier_equals_the_sql_but_for_rounding_of_its_products(
    every: str, database: duckdb.DuckDBPyConnection, frames: Compute
) -> None:
    prepare(database, every, date(2016, 7, 1) if every == "quarter" else OLIST_SEEN[0], OLIST_SEEN[1])
    figures = expected(times_to_first_sale(database))
    shown = computed(frames(every), "time_to_first_sale")
    assert {key: (above, count) for key, (above, count, _) in shown.items()} == {
        key: (None, count) for key, (_, count, _) in figures.items()
    }
    assert [shown[key][2] for key in figures] == pytest.approx([value for _, _, value in figures.values()], rel=1e-12)


def test_a_share_of_people_has_its_score_interval(database: duckdb.DuckDBPyConnection, frames: Compute) -> None:
    prepare(database, "month", *OLIST_SEEN)
    rows = frames("month").filter(pl.col("kpi").is_in(SHARES), pl.col("value").is_not_null())
    shown = {(r["kpi"], r["period"], r["tenure"]): (r["low"], r["high"]) for r in rows.iter_rows(named=True)}
    assert shown == {
        (kpi, label, tenure): pytest.approx(wilson(figure.numerator, figure.denominator), rel=1e-5)
        if figure.denominator > 1
        else (None, None)
        for kpi in SHARES
        for (label, _, tenure), figure in rates(database, kpi).items()
        if figure.numerator is not None and figure.denominator
    }


def test_the_average_order_has_the_interval_of_a_mean(database: duckdb.DuckDBPyConnection, frames: Compute) -> None:
    rows = frames("month").filter(kpi="average_order_value", statistic="value")
    shown = {r["period"]: (r["low"], r["high"]) for r in rows.iter_rows(named=True) if r["low"] is not None}
    orders: dict[str, list[int]] = {}
    for label, parts in database.execute(
        "select strftime(day, '%Y-%m'), parts from orders where valid and parts > 0"
    ).fetchall():
        orders.setdefault(label, []).append(parts)
    intervals = {label: around_mean(values) for label, values in orders.items()}
    assert shown == {label: pytest.approx(pair, rel=1e-5) for label, pair in intervals.items() if pair}


def test_what_olist_has_no_column_for_is_null_with_the_reason(olist_exports: Path) -> None:
    asked = ["active_distributor_rate", "sponsor_rate", "social_sales_share"]
    result = mlmkpi.compute(olist_exports, kpis=asked, count=1)
    assert result.frame.filter(statistic="value").select("kpi", "value", "note").sort("kpi").rows() == [
        ("active_distributor_rate", None, "needs distributors.enroller_id or distributors.sponsor_id"),
        ("social_sales_share", None, "needs orders.channel"),
        ("sponsor_rate", None, "needs distributors.enroller_id or distributors.sponsor_id"),
    ]
