"""KPI figures of real files by DuckDB SQL, written from the definitions and sharing nothing with mlmkpi.

A company is three relations: `orders` (order_id, day, parts, seller, buyer, valid; parts are ten-thousandths),
`people` (id, enrolled) and `spans` (label, s, e, c: first day, last day, and the last day seen). No company here has
returns of kits, own purchases, rejoins or terminations, so the SQL has none either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import duckdb

MONEY = 10_000
Key = tuple[str, str, str | None]


@dataclass(frozen=True)
class Figure:
    """A row of a Result as far as it matters here; a statistic has no numerator."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None


def prepare(db: duckdb.DuckDBPyConnection, every: str, first: date, as_of: date) -> None:
    """Add the spans of a calendar, and what the figures share: sales, and who stands where at a boundary."""
    db.execute(f"""
        create or replace table spans as
        select case '{every}' when 'month' then strftime(s, '%Y-%m') else year(s) || '-Q' || quarter(s) end as label,
               s, e, least(e, date '{as_of}') as c
        from (select s::date as s, (s + interval 1 {every} - interval 1 day)::date as e
              from range(timestamp '{first}', timestamp '{as_of}' + interval 1 day, interval 1 {every}) t(s));
        create or replace view start as select min(day) as d from orders;
        create or replace view sales as select * from orders where valid and parts > 0;
        create or replace view counted as select * from orders where valid and parts <> 0;
        create or replace view bounds as select label, s - 1 as t from spans union select label, c from spans;
        create or replace view clocks as
        select label, t, id, enrolled,
               greatest(enrolled, (select max(day) from sales where seller = id and day <= t)) as latest
        from bounds, people where enrolled <= t;
        create or replace view standing as
        select label, id, enrolled,
               bool_or(t = s - 1 and latest > t - 90) as at_start, bool_or(t = c and latest > t - 90) as at_end
        from clocks join spans using (label) group by all;
        create or replace view bought as
        select label, t, buyer, max(day) as latest from bounds join sales on day <= t
        where buyer is not null group by all;
        create or replace view buying as
        select label, buyer,
               bool_or(t = s - 1 and latest > t - 90) as at_start, bool_or(t = c and latest > t - 90) as at_end
        from bought join spans using (label) group by all;
        create or replace view selling as
        select label, seller, sum(parts) filter (valid) as parts, bool_or(valid and parts > 0) as active
        from spans join orders on day between s and c where seller is not null group by all;
    """)


_KNOWN = "s - 90 >= (select d from start)"
_SEEN = "e >= (select d from start)"
_YEAR = "(c + 1 - interval 1 year)::date >= (select d from start)"
_STANDING = f"""
    from spans left join standing using (label) left join
         (select label, id, (s - 1 - enrolled < 90) as young from spans, people) using (label, id)
    where {_KNOWN} group by"""


def _whole(numerator: str, band: str = "null") -> str:
    """A rate over those current at the start."""
    measured = f"'value', count(*) filter ({numerator}), count(*) filter (at_start)"
    return f"select label, {band}, {measured} {_STANDING} all"


def _tenured(numerator: str) -> str:
    """The same, and by tenure at the start."""
    bands = _whole(numerator, "case when young then '<90 days' else '>=90 days' end")
    return f"{_whole(numerator)} union all {bands} having count(*) filter (at_start) > 0"


def _per_active(numerator: str, denominator: str, statistic: str = "value") -> str:
    """One scalar query of the period over another."""
    return f"select label, null, '{statistic}', ({numerator}), ({denominator}) from spans where {_SEEN}"


_ACTIVE = "select count(*) from selling x where x.label = spans.label and active"
_BUYERS = "select count(distinct buyer) from sales where day between s and c"
_NET = "select coalesce(sum(parts), 0) from counted where day between s and c"
_PSV = "select coalesce(sum(parts), 0) from selling x where x.label = spans.label"
_MONTHS = """(select (m + interval 1 month - interval 1 day)::date as last, m::date as first
              from (select unnest(range(s::timestamp, e::timestamp + interval 1 day, interval 1 month)) as m))"""
_IN_YEAR = "day between (c + 1 - interval 1 year)::date and c and buyer is not null"

RATES = {
    "new_signups": "select label, null, 'value', count(id), null from spans left join people"
    " on enrolled between s and c group by all",
    "distributor_retention_rate": _tenured("at_start and at_end"),
    "churn_rate": _tenured("at_start and not at_end"),
    "churn_lapsed": _whole("at_start and not at_end"),
    "active_distributor_rate": f"""
        select label, null, 'value', sum(active), sum(booked) from (
            select label,
                   (select count(distinct seller) from sales join people on id = seller and enrolled <= last
                    where day between first and last) as active,
                   (select count(*) from people where enrolled <= last) as booked
            from spans, lateral {_MONTHS} where last <= c and {_SEEN}) group by all""",
    "personal_sales_volume": _per_active(_PSV, _ACTIVE)
    + " union all " + _per_active(_PSV, _ACTIVE, "customer")
    + " union all " + _per_active("0", _ACTIVE, "own"),
    "average_order_value": _per_active(
        "select sum(parts) from sales where day between s and c",
        "select count(*) from sales where day between s and c",
    ),
    "customer_to_distributor_ratio": _per_active(_BUYERS, _ACTIVE),
    "customer_retention_rate": f"""
        select label, null, 'value', count(*) filter (at_start and at_end), count(*) filter (at_start)
        from spans left join buying using (label) where {_KNOWN} group by all""",
    "repeat_purchase_rate": f"""
        select label, null, 'value', count(*) filter (days > 1), count(*) from (
            select label, buyer, count(distinct day) as days from spans join sales on {_IN_YEAR}
            where {_YEAR} group by all) group by all""",
    "active_distributors": f"select label, null, 'value', ({_ACTIVE}), null from spans where {_SEEN}",
    "active_customers": f"select label, null, 'value', ({_BUYERS}), null from spans where {_SEEN}",
    "sales_volume": f"select label, null, 'value', ({_NET}), null from spans where {_SEEN}",
    "sales_per_active_distributor": _per_active(_NET, _ACTIVE),
    "retail_sales_share": _per_active(_NET, _NET),
    "internal_consumption_share": _per_active("0", _NET),
}
_MONEY_ABOVE = {"personal_sales_volume", "average_order_value", "sales_volume", "sales_per_active_distributor"}
_MONEY_BELOW = {"retail_sales_share", "internal_consumption_share"}


def rates(db: duckdb.DuckDBPyConnection, kpi: str) -> dict[Key, Figure]:
    """The figures of a ratio or count, by (label, statistic, tenure)."""
    figures = {}
    for label, tenure, statistic, above, below in db.execute(RATES[kpi]).fetchall():
        numerator = None if above is None else Fraction(above, MONEY if kpi in _MONEY_ABOVE | _MONEY_BELOW else 1)
        denominator = None if below is None else Fraction(below, MONEY if kpi in _MONEY_BELOW else 1)
        figures[(label, statistic, tenure)] = Figure(numerator, denominator, _divided(numerator, denominator))
    return figures


def _divided(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    if numerator is None or denominator is None:
        return numerator
    return numerator / denominator if denominator > 0 else None
