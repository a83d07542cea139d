"""The figures of real files that are no ratio of sums: quantiles, Kaplan–Meier, intervals; by plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

import duckdb

from real.figures import MONEY, Figure, Key

Z = 1.959964
WITHIN = (30, 60, 90)


def quantile(values: Sequence[int], at: Fraction) -> Fraction:
    """Linear interpolation between the two nearest of the sorted values (type 7)."""
    place = (len(values) - 1) * at
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def quantiles(db: duckdb.DuckDBPyConnection, kpi: str) -> dict[Key, Figure]:
    """The median, and for PSV the 90th percentile, of each period's values in money."""
    query, asked = {
        "average_order_value": (
            "select label, parts from spans join sales on day between s and c order by all",
            {"median": Fraction(1, 2)},
        ),
        "personal_sales_volume": (
            "select label, parts from selling where active order by all",
            {"median": Fraction(1, 2), "p90": Fraction(9, 10)},
        ),
    }[kpi]
    values: dict[str, list[int]] = {}
    for label, parts in db.execute(query).fetchall():
        values.setdefault(label, []).append(parts)
    return {
        (label, name, None): Figure(None, Fraction(len(each)), quantile(each, at) / MONEY)
        for label, each in values.items()
        for name, at in asked.items()
    }


def times_to_first_sale(db: duckdb.DuckDBPyConnection) -> dict[Key, Figure]:
    """Median and shares within 30, 60, 90 days, of those who enrolled in the period, on or after the data start."""
    rows = db.execute("""
        select label, coalesce(first, seen) - enrolled, first is not null
        from spans left join (
            select id, enrolled, min(day) filter (day >= enrolled) as first, min(day) as ever
            from people left join sales on seller = id and buyer is not null group by all
        ) on enrolled between s and c, (select max(c) as seen from spans)
        where enrolled >= (select d from start) and (ever is null or ever >= enrolled)
    """).fetchall()
    spans: dict[str, list[tuple[int, bool]]] = {}
    for label, days, sold in rows:
        spans.setdefault(label, []).append((days, sold))
    figures: dict[Key, Figure] = {}
    for label, people in spans.items():
        count = Fraction(len(people))
        curve = survival(people)
        figures[label, "value", None] = Figure(None, count, median(curve))
        for days in WITHIN:
            observed = max(each for each, _ in people) >= days or curve[-1][1] == 0
            left = [share for day, share in curve if day <= days][-1]
            figures[label, f"within_{days}", None] = Figure(None, count, 1 - left if observed else None)
    return figures


def survival(people: Sequence[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """Kaplan–Meier: the share without the event after each day that has one, from day −1 on."""
    curve = [(-1, Fraction(1))]
    for day in sorted({days for days, event in people if event}):
        at_risk = sum(days >= day for days, _ in people)
        events = sum(days == day and event for days, event in people)
        curve.append((day, curve[-1][1] * (1 - Fraction(events, at_risk))))
    return curve


def median(curve: Sequence[tuple[int, Fraction]]) -> Fraction | None:
    """The first day on which half or fewer are left."""
    return next((Fraction(day) for day, share in curve if share <= Fraction(1, 2)), None)


def wilson(numerator: Fraction, denominator: Fraction) -> tuple[float, float]:
    """The 95 % score interval of a share of people."""
    n, p = float(denominator), float(numerator / denominator)
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return middle - reach, middle + reach


def around_mean(values: Sequence[int]) -> tuple[float, float] | None:
    """The 95 % interval of a mean of money, from the spread of the values; None below two of them."""
    n = len(values)
    if n < 2:
        return None
    mean = Fraction(sum(values), n)
    spread = sum((value - mean) ** 2 for value in values) * Fraction(n, n - 1)
    reach = Z * sqrt(spread) / n
    return (float(mean) - reach) / MONEY, (float(mean) + reach) / MONEY
