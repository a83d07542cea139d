"""The oracle against real exports whose figures were counted before."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from oracle import find, oracle
from oracle.literal import Tables

DATA = os.environ.get("MLMKPI_DATA")


@pytest.mark.skipif(DATA is None, reason="MLMKPI_DATA does not name the folder of the public data")
def test_olist_buyers_of_one_day() -> None:
    """Of 19,362 buyers, 109 bought on several days."""
    folder = Path(DATA or "") / "olist"
    orders = pl.read_parquet(folder / "orders_sample.parquet")
    people = pl.read_parquet(folder / "customers_sample.parquet").select("customer_id", "customer_unique_id")
    items = pl.read_parquet(folder / "order_items_sample.parquet")
    amounts = items.group_by("order_id").agg(pl.col("price").sum())
    bought = orders.join(people, on="customer_id").join(amounts, on="order_id")
    bought = bought.with_columns(pl.col("order_purchase_timestamp").cast(pl.String).str.slice(0, 10).str.to_date())
    tables: Tables = {
        "orders": [
            {
                "order_id": row["order_id"], "ordered_on": row["order_purchase_timestamp"], "distributor_id": None,
                "amount": Decimal(str(round(row["price"], 2))), "customer_id": row["customer_unique_id"],
                "status": row["order_status"],
            }
            for row in bought.iter_rows(named=True)
        ]
    }
    settings = {"valid_status": ["delivered", "shipped", "invoiced"]}
    rows = oracle(tables, kpis=["one_time_buyer_share"], every="year", count=1, definitions=settings)
    share = find(rows, "one_time_buyer_share", "2018")
    assert share.numerator == 19_362 - 109
    assert share.denominator == 19_362
