"""The company to measure on: every order lies inside the rows that the definitions read."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from math import ceil
from pathlib import Path

import polars as pl

from benchmarks.lifetimes import customers
from mlmkpi.demo import write_demo
from mlmkpi.demo.months import EXPORTED, ORDER_WEIGHTS

FIRST = date(2024, 11, 1)
"""Twelve months are printed and one more stands beside them; the first of the thirteen looks a year back, to here."""
IDS = {
    "orders": ("order_id", "distributor_id", "customer_id", "original_order_id"),
    "distributors": ("distributor_id", "sponsor_id", "enroller_id"),
    "enrollments": ("distributor_id", "sponsor_id", "enroller_id"),
    "customers": ("customer_id", "distributor_id"),
}
"""The tables that the KPIs read, and their columns of ids."""


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
    for table in list(IDS)[1:]:
        _scan(aside / "demo", table).sink_parquet(aside / "exports" / f"{table}.parquet")
    recent = _scan(aside / "demo", "orders").filter(pl.col("ordered_on") >= FIRST)
    recent.sink_parquet(aside / "exports" / "orders.parquet", compression_level=1, row_group_size=1_000_000)
    shutil.copy(aside / "demo" / "mlmkpi.toml", aside / "exports")
    (aside / "exports").rename(ready)
    shutil.rmtree(aside)
    return ready


def whole_company(folder: Path, orders: int) -> Path:
    """As `company`, with every other table too; the lines are those of its orders."""
    ready = folder / f"{orders}-whole"
    if ready.is_dir():
        return ready
    aside = folder / f".{orders}-whole"
    shutil.rmtree(aside, ignore_errors=True)
    weights = ORDER_WEIGHTS[EXPORTED.start :]
    write_demo(aside, orders=ceil(orders * weights.sum() / weights[2:].sum()), lines=True)
    recent = _scan(aside, "orders").filter(pl.col("ordered_on") >= FIRST)
    recent.sink_parquet(aside / "recent", compression_level=1, row_group_size=1_000_000)
    kept = pl.scan_parquet(aside / "recent").select("order_id")
    lines = _scan(aside, "order_lines").join(kept, on="order_id", how="semi")
    lines.sink_parquet(aside / "lines", compression_level=1, row_group_size=1_000_000)
    for name, table in (("recent", "orders"), ("lines", "order_lines")):
        (aside / f"{table}.csv").unlink(missing_ok=True)
        (aside / name).replace(aside / f"{table}.parquet")
    aside.rename(ready)
    return ready


def with_words(exports: Path) -> Path:
    """The same company with ids that no number can stand for: letters and digits behind each."""
    ready = exports.with_name(f"{exports.name}-words")
    if not ready.is_dir():
        for table, ids in IDS.items():
            spelled = pl.col(ids) + pl.col(ids).hash(1).mod(26**4).cast(pl.String).str.pad_start(6, "x")
            _write(ready, exports, table, spelled)
        shutil.copy(exports / "mlmkpi.toml", ready)
    return ready


def as_csv(exports: Path) -> Path:
    """The same company as CSV files."""
    ready = exports.with_name(f"{exports.name}-csv")
    if not ready.is_dir():
        ready.mkdir()
        for table in IDS:
            pl.scan_parquet(exports / f"{table}.parquet").sink_csv(ready / f"{table}.csv")
        shutil.copy(exports / "mlmkpi.toml", ready)
    return ready


def _write(folder: Path, exports: Path, table: str, ids: pl.Expr) -> None:
    folder.mkdir(exist_ok=True)
    pl.scan_parquet(exports / f"{table}.parquet").with_columns(ids).sink_parquet(folder / f"{table}.parquet")


def _scan(folder: Path, table: str) -> pl.LazyFrame:
    """A demo's table: CSV where the company is small."""
    parquet = folder / f"{table}.parquet"
    return pl.scan_parquet(parquet) if parquet.is_file() else pl.scan_csv(folder / f"{table}.csv", try_parse_dates=True)


def main(folder: Path, orders: int, *, alone: bool) -> None:
    """Make a large company; unless `alone`, one of a tenth and their other forms too."""
    large = company(folder, orders)
    if not alone:
        whole_company(folder, orders)
        customers(folder)
        with_words(large)
        as_csv(company(folder, orders // 10))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), alone=sys.argv[3:] == ["alone"])
