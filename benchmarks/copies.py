"""How many orders one machine holds: the same company several times over under other ids."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import polars as pl

from benchmarks.cases import KPIS
from benchmarks.data import IDS, company
from benchmarks.process import HERE, measure

DIGITS = 9
"""Of the copies' ids, which are a letter and a number."""

OWNERS = ("customers", "orders", "distributors")
"""The tables whose rows ids name."""


def copies(exports: Path, count: int) -> Path:
    """The company so many times, each table a folder with a file a copy; the copies' ids differ, and nothing else."""
    ready = exports.with_name(f"{exports.name}-times-{count}")
    if ready.is_dir():
        return ready
    aside = exports.with_name(f".{ready.name}")
    shutil.rmtree(aside, ignore_errors=True)
    room = {table: _largest(exports, table) for table in OWNERS}
    for table, ids in IDS.items():
        rows = pl.scan_parquet(exports / f"{table}.parquet")
        (aside / table).mkdir(parents=True)
        for copy in range(count):
            shifted = [_shifted(name, copy * room[_owner(name)]) for name in ids]
            rows.with_columns(shifted).sink_parquet(aside / table / f"{table}_{copy}.parquet", compression="snappy")
    shutil.copy(exports / "mlmkpi.toml", aside)
    return aside.rename(ready)


def _largest(exports: Path, owner: str) -> int:
    """The largest number among such ids, those included that their own table does not have."""
    named = {table: [name for name in ids if _owner(name) == owner] for table, ids in IDS.items()}
    numbers = [
        pl.scan_parquet(exports / f"{table}.parquet").select(pl.max_horizontal(_number(name).max() for name in names))
        for table, names in named.items() if names
    ]
    return max(int(one.collect(engine="streaming").item()) for one in numbers)


def _owner(column: str) -> str:
    """The table whose rows a column of ids names."""
    return next((table for table in OWNERS if table[:-1] in column), "distributors")


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.slice(1).cast(pl.Int64)


def _shifted(column: str, by: int) -> pl.Expr:
    number = (_number(column) + by).cast(pl.String).str.zfill(DIGITS)
    return pl.concat_str(pl.col(column).str.head(1), number).alias(column)


def main() -> None:
    """Compute the twenty KPIs of each of the numbers of copies, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copies", description=__doc__)
    parser.add_argument("--orders", type=int, default=46_000_000, help="orders of the company that is copied")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 2, 4, 5], help="how often it is there")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the companies are kept")
    chosen = parser.parse_args()
    exports = company(chosen.folder, chosen.orders)
    print("| orders | seconds | MiB |\n|--:|--:|--:|")
    for count in chosen.copies:
        many = copies(exports, count)
        asked = ("--last", "12", "--format", "parquet", "--kpi", ",".join(KPIS))
        cost = measure((HERE, "compute", str(many), *asked), chosen.folder / "output")
        print(f"| {count * chosen.orders:,} | {cost.seconds:.0f} | {cost.mib:,.0f} |", flush=True)
        shutil.rmtree(many)


if __name__ == "__main__":
    main()
