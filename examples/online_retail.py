"""Lays the public Online Retail II file out as mlmkpi's exports: a wholesaler without sellers, all house business.

Use: python examples/online_retail.py DATA OUT     (DATA holds online_retail_II_2009_2010.parquet)
Then: mlmkpi compute OUT

The file has a row a line; an invoice becomes an order whose amount is the sum of its lines, negative for a
cancellation. Repeated lines are kept: a line has no key.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from polars import col

SETTINGS = 'currency = "GBP"\n'


def invoices(data: Path) -> pl.DataFrame:
    """One row an invoice: day, buyer, country and amount."""
    rows = pl.read_parquet(data / "online_retail_II_2009_2010.parquet")
    each = rows.select(
        order_id="Invoice",
        ordered_on=col("InvoiceDate").dt.date(),
        customer_id=col("Customer ID").cast(pl.Int64).cast(pl.String),
        country="Country",
        parts=(col("Price") * 10_000).round().cast(pl.Int64) * col("Quantity"),
    )
    whole = each.group_by("order_id").agg(
        col("ordered_on").min(), col("customer_id").first(), col("country").first(), col("parts").sum()
    )
    return whole.with_columns(amount=(col("parts") / 10_000).round(4)).drop("parts").sort("order_id")


def customers(orders: pl.DataFrame) -> pl.DataFrame:
    """One row a customer, with the country of the latest invoice."""
    known = orders.drop_nulls("customer_id").sort("ordered_on", "order_id")
    return known.group_by("customer_id").agg(col("country").last()).sort("customer_id")


def main(data: Path, out: Path) -> None:
    """Write one CSV file a table, and the settings."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "mlmkpi.toml").write_text(SETTINGS, encoding="utf-8")
    orders = invoices(data)
    orders.write_csv(out / "orders.csv")
    customers(orders).write_csv(out / "customers.csv")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("use: python examples/online_retail.py DATA OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
