"""Olist and Online Retail as three relations each, read from the public files without the importing examples."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

OLIST_SEEN = (date(2016, 9, 1), date(2018, 8, 29))
RETAIL_SEEN = (date(2009, 12, 1), date(2010, 12, 9))


def olist(data: Path) -> duckdb.DuckDBPyConnection:
    """Sellers as people, an order a seller, the person behind every customer id."""
    db = duckdb.connect()
    db.execute(f"""
        create table orders as
        select order_id || '-' || seller_id as order_id, order_purchase_timestamp::date as day,
               sum(round(price * 100)::bigint * 100)::bigint as parts, seller_id as seller,
               customer_unique_id as buyer, order_status in ('delivered', 'shipped', 'invoiced') as valid
        from '{data}/olist/orders_sample.parquet'
        join '{data}/olist/order_items_sample.parquet' using (order_id)
        join '{data}/olist/customers_sample.parquet' using (customer_id)
        group by order_id, day, seller, buyer, order_status;
        create table people as
        select id, enrolled from (
            select id, coalesce(won, first) as enrolled
            from (select seller_id as id from '{data}/olist/sellers_full.parquet'
                  union select seller_id from '{data}/olist/closed_deals.parquet')
            left join (select seller_id as id, won_date::date as won from '{data}/olist/closed_deals.parquet')
                 using (id)
            left join (select seller as id, min(day) as first from orders group by all) using (id)
        ) where enrolled <= date '{OLIST_SEEN[1]}';
    """)
    return db


def online_retail(data: Path) -> duckdb.DuckDBPyConnection:
    """An order an invoice; nobody sells."""
    db = duckdb.connect()
    db.execute(f"""
        create table orders as
        select Invoice as order_id, min(InvoiceDate)::date as day,
               sum(round(Price * 10000)::bigint * Quantity)::bigint as parts, null::varchar as seller,
               min("Customer ID")::bigint::varchar as buyer, true as valid
        from '{data}/online_retail/online_retail_II_2009_2010.parquet' group by Invoice;
        create table people (id varchar, enrolled date);
    """)
    return db
