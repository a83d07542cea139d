"""Bare scans, each the least work that a part of mlmkpi must do: `python -m benchmarks.rivals.scans NAME FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

ORDERS = ("order_id", "ordered_on", "amount", "status", "kind", "original_order_id")


def order_values(folder: str) -> object:
    """Read the columns of the average order value, sum the amounts, and count the order ids."""
    orders = pl.scan_parquet(f"{folder}/orders.parquet").select(ORDERS)
    sums = orders.select(
        pl.col("order_id").n_unique(), pl.col("amount").sum(), *(pl.col(name).count() for name in ORDERS[3:])
    )
    return sums.collect(engine="streaming")


def nulls(folder: str) -> object:
    """Count the nulls of every column of every table."""
    return [
        pl.scan_parquet(f"{folder}/{table}.parquet").null_count().collect(engine="streaming")
        for table in ("orders", "distributors", "enrollments", "customers")
    ]


def other_tables(folder: str) -> object:
    """Read every column of every table but the orders, what belongs to them, and their lines."""
    tables = [path for path in sorted(Path(folder).glob("*.parquet")) if path.stem not in ("orders", "order_lines")]
    return [pl.scan_parquet(path).select(pl.all().max()).collect(engine="streaming") for path in tables]


def lines(folder: str) -> object:
    """Units and amounts of the lines by product and order's month: the least that any KPI of products must do."""
    month = pl.scan_parquet(f"{folder}/orders.parquet").select("order_id", pl.col("ordered_on").dt.truncate("1mo"))
    rows = pl.scan_parquet(f"{folder}/order_lines.parquet").join(month, on="order_id", how="left")
    grouped = rows.group_by("product_id", "ordered_on").agg(pl.col("quantity", "amount").sum())
    return grouped.collect(engine="streaming")


def read_csv(folder: str) -> object:
    """DuckDB's own read of orders.csv, into memory."""
    database = duckdb.connect()
    database.execute(f"create table orders as from read_csv('{folder}/orders.csv')")
    return database.execute("select count(*) from orders").fetchone()


SCANS: dict[str, Callable[[str], object]] = {
    "order-values": order_values, "nulls": nulls, "read-csv": read_csv, "other-tables": other_tables,
    "lines": lines,
}

if __name__ == "__main__":
    print(SCANS[sys.argv[1]](sys.argv[2]))
