"""The company to measure on: every order lies inside the rows that the definitions read."""

from __future__ import annotations

import shutil
from datetime import date
from math import ceil
from pathlib import Path

import polars as pl

from mlmkpi.demo import write_demo
from mlmkpi.demo.months import EXPORTED, ORDER_WEIGHTS

FIRST = date(2024, 11, 1)
"""Twelve months are printed and one more stands beside them; the first of the thirteen looks a year back, to here."""
READ = ("distributors", "enrollments", "customers")


def company(folder: Path, orders: int) -> Path:
    """About so many orders since `FIRST`, as Parquet, with a distributor for ten orders and three customers."""
    ready = folder / f"{orders}"
    if ready.is_dir():
        return ready
    aside = folder / f".{orders}"
    shutil.rmtree(aside, ignore_errors=True)
    weights = ORDER_WEIGHTS[EXPORTED.start :]
    write_demo(aside / "demo", orders=ceil(orders * weights.sum() / weights[2:].sum()))
    (aside / "exports").mkdir()
    for table in READ:
        _scan(aside / "demo", table).sink_parquet(aside / "exports" / f"{table}.parquet")
    recent = _scan(aside / "demo", "orders").filter(pl.col("ordered_on") >= FIRST)
    recent.sink_parquet(aside / "exports" / "orders.parquet", compression_level=1, row_group_size=1_000_000)
    shutil.copy(aside / "demo" / "mlmkpi.toml", aside / "exports")
    (aside / "exports").rename(ready)
    shutil.rmtree(aside)
    return ready


def _scan(folder: Path, table: str) -> pl.LazyFrame:
    """A demo's table: CSV where the company is small."""
    parquet = folder / f"{table}.parquet"
    return pl.scan_parquet(parquet) if parquet.is_file() else pl.scan_csv(folder / f"{table}.csv", try_parse_dates=True)
