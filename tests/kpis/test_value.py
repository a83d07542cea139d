"""Lifetime value: by the trailing horizon by hand, and by the models as the models give it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import Rows, figure, figures, table
from mlmkpi.statistics.bgnbd import expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import expected_value, fit_gamma_gamma

KPI = "customer_lifetime_value"
ONE: dict[str, Any] = {"as_of": "2026-10-31", "count": 1}
FEW = table(
    "order_id ordered_on amount customer_id", ("1", "2025-01-01", 500, "C1"), ("2", "2025-11-02", 40, "C1"),
    ("3", "10-31", 60, "C2"), ("4", "10-31", 20, "C2"), ("5", "10-31", -10, "C2"), ("6", "11-30", 5, "C9"),
)
CUSTOMERS = table("customer_id country", ("C1", "US"), ("C2", "MX"))


def test_with_few_buyers_the_trailing_year_counts_and_is_said() -> None:
    tables = {"orders": FEW, "customers": CUSTOMERS}
    assert figure(tables, KPI, "2026-10") == (40 + 70) / 2
    assert figure(tables, KPI, "2026-10", column="note") == "historic: fewer than 100 repeat buyers"
    assert figures(tables, KPI, "2026-10", by=("customer.country",)) == {"US": 40, "MX": 70}
    assert figure(tables, KPI, "2026-10", definitions={"margin": 0.5}) == 27.5
    assert figure(tables, KPI, "2026-10", definitions={"clv_horizon_months": 1, "clv_method": "historic"}) == 70


def many() -> Rows:
    """Three hundred customers who buy now and then over two years."""
    random = Random(7)
    rows: list[tuple[Any, ...]] = []
    for who in range(300):
        at, rate = date(2025, 1, 1) + timedelta(days=random.randrange(200)), random.gammavariate(1.5, 1) / 60
        leaves, spends = random.betavariate(0.8, 2.4), random.gammavariate(3, 15)
        while at <= date(2026, 12, 31):
            worth = round(spends * random.gammavariate(4, 0.25) + 1, 2)
            rows.append((f"{len(rows)}", at.isoformat(), worth, f"C{who:03d}"))
            if random.random() < leaves:
                break
            at += timedelta(days=1 + int(random.expovariate(rate)))
    return table("order_id ordered_on amount customer_id", ("first", "2025-01-01", 1, "X"), *rows)


def test_with_many_buyers_the_models_count() -> None:
    rows, end = many(), date(2026, 10, 31)
    days: dict[str, dict[date, float]] = {}
    for row in rows:
        if row["ordered_on"] <= end:
            mine = days.setdefault(row["customer_id"], {})
            mine[row["ordered_on"]] = mine.get(row["ordered_on"], 0) + float(row["amount"])
    x = np.array([len(mine) - 1 for mine in days.values()])
    recency = np.array([(max(mine) - min(mine)).days for mine in days.values()])
    age = np.array([(end - min(mine)).days for mine in days.values()])
    later = np.array([sum(v for day, v in mine.items() if day > min(mine)) for mine in days.values()])
    means = later / np.maximum(x, 1)
    purchases = expected_purchases(fit_bgnbd(histories(x, recency, age)), x, recency, age, 12 * 365.25 / 84)
    worth = purchases * expected_value(fit_gamma_gamma(x, means), x, means)
    assert figure({"orders": rows}, KPI, "2026-10", **ONE) == pytest.approx(worth.mean(), rel=1e-6)
    assert figure({"orders": rows}, KPI, "2026-10", **ONE, column="denominator") == len(days)
    assert figure({"orders": rows}, KPI, "2026-10", **ONE, column="note") is None


def test_who_joined_before_the_orders_start_is_left_out() -> None:
    rows = many()
    joined = table("customer_id joined_on", ("C000", "2024-06-01"), ("C001", "2025-02-01"))
    everybody = figure({"orders": rows}, KPI, "2026-10", **ONE, column="denominator")
    assert figure({"orders": rows, "customers": joined}, KPI, "2026-10", **ONE, column="denominator") == everybody - 1


def test_unless_it_is_named_the_last_two_periods_are_fitted() -> None:
    rows = mlmkpi.compute(frames({"orders": FEW, "customers": CUSTOMERS}), kpis=["customers"], count=4,
                          as_of=date(2026, 11, 15)).frame.filter(pl.col("kpi") == KPI)
    told = dict(rows.select("period", "value").iter_rows())
    assert told == {"2026-08": None, "2026-09": 40, "2026-10": 55, "2026-11": None}
    assert rows["note"][0].startswith("fitted for the last period")
