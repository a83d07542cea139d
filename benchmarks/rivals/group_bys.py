"""Two bare streaming group-bys over the same rows: the least that any tool must do for these KPIs.

Left out: every definition. No status or kind is read, no roster, no state, no ratio, no check of ids.
"""

from __future__ import annotations

import sys

import polars as pl


def main(folder: str) -> None:
    """Sum the amounts of distributors by month, and of customers by month."""
    orders = pl.scan_parquet(f"{folder}/orders.parquet")
    for unit in ("distributor_id", "customer_id"):
        month = pl.col("ordered_on").dt.truncate("1mo")
        sums = orders.group_by(unit, month).agg(pl.col("amount").sum()).select(pl.len(), pl.col("amount").sum())
        print(sums.collect(engine="streaming"))


if __name__ == "__main__":
    main(sys.argv[1])
