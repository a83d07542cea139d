"""Every leader's figures of eight KPIs by month in DuckDB SQL: a recursive query finds who is below whom.

The orders that count are those of kpis.sql. Left out: intervals, exact sums, `previous` and `change`, other statistics.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

KPIS = (
    "personal_sales_volume", "average_order_value", "social_sales_share", "active_distributors", "sales_volume",
    "sales_per_active_distributor", "retail_sales_share", "internal_consumption_share",
)
SUMS = ("volume", "active", "sold", "sales", "social", "net", "retail", "own")
RATIOS = {
    "personal_sales_volume": ("volume", "active"), "average_order_value": ("sold", "sales"),
    "social_sales_share": ("social", "net"), "active_distributors": ("active", None), "sales_volume": ("net", None),
    "sales_per_active_distributor": ("net", "active"), "retail_sales_share": ("retail", "net"),
    "internal_consumption_share": ("own", "net"),
}
"""The numerator and denominator of each KPI."""
SELLERS = """
create temp table each_seller as
select seller as id, m, sum(volume) as volume, max(sale::int) as active, sum(sale::int) as sales,
       sum(case when sale then net else 0 end) as sold,
       sum(case when lower(channel) in ('social', 'instagram', 'facebook', 'tiktok') then net
       else 0 end) as social, sum(net) as net, sum(case when own then 0 else net end) as retail,
       sum(case when own then net else 0 end) as own
from o where m >= 12 and seller is not null group by all;

create temp table below as
select r.distributor_id as id, p.id as leader from roster r join people p on p.id = r.sponsor_id
where r.distributor_id in (select id from people);
"""
WALKED = """
with recursive walk as (
    select distinct leader, leader as id from below
    union all
    select walk.leader, below.id from walk join below on below.leader = walk.id
)
select leader, m, {sums} from walk join {own} using (id) group by leader, m
"""


def walked(own: str, sums: tuple[str, ...]) -> str:
    """The query that adds up the sums of a table of people (`id`, `m`) over a leader and everybody below."""
    return WALKED.format(own=own, sums=", ".join(f"sum({name}) as {name}" for name in sums))


def figures(folder: str) -> pa.Table:
    """A row a leader and month in which somebody of the team has an order: `leader`, `period`, and the sums."""
    script = (Path(__file__).parent / "kpis.sql").read_text(encoding="utf-8")
    orders = script.index("create temp table o as")
    database = duckdb.connect()
    database.execute("set preserve_insertion_order = false")
    database.execute("set variable folder = ?", [folder])
    database.execute(script[: script.index(";", orders) + 1])
    database.execute(SELLERS)
    teams = f"select * exclude (m, first), strftime(first, '%Y-%m') as period from ({walked('each_seller', SUMS)}) "
    return database.sql(teams + "join (select m, first from months) using (m)").to_arrow_table()


if __name__ == "__main__":
    pq.write_table(figures(sys.argv[1]), sys.stdout.buffer, compression="zstd")
