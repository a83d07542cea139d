"""Every KPI that Online Retail's file allows equals the SQL's, to the last digit, month by month."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import mlmkpi
from real.companies import RETAIL_SEEN, online_retail
from real.distributions import quantiles
from real.figures import prepare, rates
from real.reading import computed, expected

KPIS = ["average_order_value", "active_customers", "sales_volume", "customer_retention_rate", "repeat_purchase_rate"]
SELLERS = ["active_distributors", "personal_sales_volume", "customer_to_distributor_ratio"]


@pytest.fixture(scope="module")
def frame(retail_exports: Path) -> pl.DataFrame:
    return mlmkpi.compute(retail_exports, kpis=KPIS + SELLERS).frame


@pytest.mark.parametrize("kpi", KPIS)
def test_a_kpi_equals_the_sql(kpi: str, real_data: Path, frame: pl.DataFrame) -> None:
    database = online_retail(real_data)
    prepare(database, "month", *RETAIL_SEEN)
    figures = rates(database, kpi)
    if kpi == "average_order_value":
        figures |= quantiles(database, kpi)
    assert computed(frame, kpi) == expected(figures)


def test_without_sellers_their_kpis_are_null_with_the_reason(frame: pl.DataFrame) -> None:
    rows = frame.filter(pl.col("kpi").is_in(SELLERS), pl.col("value").is_not_null() | pl.col("note").is_null())
    assert rows.is_empty()
    assert set(frame.filter(pl.col("kpi").is_in(SELLERS))["note"]) == {"needs orders.distributor_id"}
