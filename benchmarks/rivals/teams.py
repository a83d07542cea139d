"""Every leader's volume and active sellers by month in DuckDB SQL, the usual way: a recursive query walks each team.

The orders that count are those of kpis.sql. Left out: intervals, exact sums, `previous` and `change`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

WALKED = """
create temp table sold as
select seller, m, sum(volume) as volume, max(sale::int) as active
from o where m >= 12 and seller is not null group by all;

create temp table below as
select r.distributor_id as id, p.id as leader from roster r join people p on p.id = r.sponsor_id
where r.distributor_id in (select id from people);

with recursive walk as (
    select distinct leader, leader as id from below
    union all
    select walk.leader, below.id from walk join below on below.leader = walk.id
)
select leader, strftime(first, '%Y-%m') as period, sum(volume) as volume, sum(active) as active
from walk join sold on seller = id join months using (m) group by all order by all
"""


def figures(folder: str) -> list[tuple[str, str, float, int]]:
    """A row a leader and month in which somebody of the team has an order: the leader, month, volume and sellers."""
    script = (Path(__file__).parent / "kpis.sql").read_text(encoding="utf-8")
    orders = script.index("create temp table o as")
    database = duckdb.connect()
    database.execute("set preserve_insertion_order = false")
    database.execute("set variable folder = ?", [folder])
    database.execute(script[: script.index(";", orders) + 1])
    rows: list[tuple[str, str, float, int]] = database.execute(WALKED).fetchall()
    return rows


if __name__ == "__main__":
    print(json.dumps(figures(sys.argv[1])))
