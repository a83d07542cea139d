"""Lays the public Olist files out as mlmkpi's exports: a marketplace whose sellers were recruited as leads.

Use: python examples/olist.py DATA OUT     (DATA holds closed_deals.parquet, orders_sample.parquet, …)
Then: mlmkpi compute OUT

An order of several sellers becomes an order for each. Olist's customer_id is one a *order*; the person is
customer_unique_id. Sellers who were never a lead enrol on the day of their first order.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from polars import col

SETTINGS = """currency = "BRL"

[definitions]
valid_status = ["delivered", "shipped", "invoiced"]
"""


def lines(data: Path) -> pl.DataFrame:
    """Every item with its order, day, buyer and price in cents."""
    orders = pl.read_parquet(data / "orders_sample.parquet")
    people = pl.read_parquet(data / "customers_sample.parquet")
    items = pl.read_parquet(data / "order_items_sample.parquet")
    return items.join(orders, on="order_id").join(people, on="customer_id").select(
        order_id=pl.concat_str("order_id", pl.lit("-"), "seller_id"),
        ordered_on=col("order_purchase_timestamp").dt.date(),
        distributor_id="seller_id",
        customer_id="customer_unique_id",
        status="order_status",
        product_id="product_id",
        region="customer_state",
        cents=(col("price") * 100).round().cast(pl.Int64),
    )


def money(cents: pl.Expr) -> pl.Expr:
    """Cents as an amount."""
    return (cents / 100).round(2)


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """Make the canonical tables, each sorted by its key."""
    items = lines(data)
    amount, units = money(col("cents").sum()), pl.len()
    order = ("order_id", "ordered_on", "distributor_id", "customer_id", "status")
    orders = items.group_by(order).agg(amount=amount).sort("order_id")
    people = items.sort("ordered_on", "order_id").group_by("customer_id").agg(col("region").last()).sort("customer_id")
    goods = items.group_by("order_id", "product_id").agg(quantity=units, amount=amount).sort("order_id", "product_id")
    products = pl.read_parquet(data / "products_full.parquet")
    return {
        "orders": orders,
        "order_lines": goods,
        "customers": people,
        "products": products.select("product_id", category="product_category_name").sort("product_id"),
        "distributors": distributors(data, orders),
        "leads": leads(data),
    }


def distributors(data: Path, orders: pl.DataFrame) -> pl.DataFrame:
    """Sellers and won leads with the day of the deal, else of the first order; nobody who has neither."""
    deals = pl.read_parquet(data / "closed_deals.parquet").select("seller_id", won=col("won_date").dt.date())
    first = orders.group_by(seller_id="distributor_id").agg(first=col("ordered_on").min())
    sellers = pl.read_parquet(data / "sellers_full.parquet").select("seller_id", "seller_state")
    everybody = sellers.join(deals, on="seller_id", how="full", coalesce=True).join(first, on="seller_id", how="left")
    known = everybody.select(
        distributor_id="seller_id", enrolled_on=pl.coalesce("won", "first"), region="seller_state"
    )
    return known.drop_nulls("enrolled_on").sort("distributor_id")


def leads(data: Path) -> pl.DataFrame:
    """Every lead, with the day it was won."""
    contacts = pl.read_parquet(data / "marketing_qualified_leads.parquet")
    deals = pl.read_parquet(data / "closed_deals.parquet").select("mql_id", converted_on=col("won_date").dt.date())
    joined = contacts.join(deals, on="mql_id", how="left").sort("mql_id")
    return joined.select(
        lead_id="mql_id",
        created_on=col("first_contact_date").dt.date(),
        converted_on="converted_on",
        outcome=pl.when(col("converted_on").is_not_null()).then(pl.lit("distributor")),
        source="origin",
    )


def main(data: Path, out: Path) -> None:
    """Write one CSV file a table, and the settings."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "mlmkpi.toml").write_text(SETTINGS, encoding="utf-8")
    for name, frame in tables(data).items():
        frame.write_csv(out / f"{name}.csv")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("use: python examples/olist.py DATA OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
