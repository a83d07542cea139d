"""Lifetime value: by the trailing horizon by hand, and by the models as the models give it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

import mlmkpi
from equal.compare import Case, frames, product
from kpis.orders import Rows, figure, figures, table
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS
from mlmkpi.report.worked import render_worked
from mlmkpi.settings import Settings
from mlmkpi.statistics.bgnbd import expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import expected_value, fit_gamma_gamma
from oracle import oracle
from oracle.companies import company
from oracle.definitions import Definitions
from oracle.export import Export
from oracle.world import World

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


def test_without_models_a_year_of_which_a_part_is_known_is_not_taken_for_one() -> None:
    """What was bought in two months is no year's worth, in all or by country; of two months it is."""
    tables = {"orders": FEW[2:], "customers": CUSTOMERS}
    why = "fewer than 100 repeat buyers; without models it needs 335 days of history; orders start on 2026-10-31"
    for by in ((), ("customer.country",)):
        assert figures(tables, KPI, "2026-11", by=by, as_of="2026-11-30") == {(): None}
        assert figures(tables, KPI, "2026-11", by=by, as_of="2026-11-30", column="note") == {(): why}
    assert figure(tables, KPI, "2026-11", as_of="2026-11-30", definitions={"clv_horizon_months": 1}) == 5
    historic = {"clv_method": "historic"}
    why = "needs 335 days of history; orders start on 2026-10-31"
    assert figure(tables, KPI, "2026-11", as_of="2026-11-30", definitions=historic, column="note") == why


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


BUYING = table(
    "order_id ordered_on amount distributor_id customer_id", ("0", "2026-01-01", 1, "D1", "X"),
    ("1", "09-01", 10, "D1", "C1"), ("2", "09-02", 10, "D1", "C2"), ("3", "09-30", 10, "D1", "C3"),
    ("4", "10-05", 30, "D1", "C1"), ("5", "10-05", 50, "D1", "C1"), ("6", "10-06", 20, "D1", "C4"),
    ("7", "10-07", 100, "D1", None), ("8", "10-08", -5, "D1", "C1"), ("9", "10-09", 60, None, None),
)


def test_by_formula_by_hand() -> None:
    """October has five sales of 260, three of them to the customers C1 and C4; of C1, C2, C3, the last two are lost.

    With 30 days to lapse C3, who bought on 30 September, is not current on 31 October any more.
    """
    asked = {"clv_method": "formula", "customer_lapse_after_days": 30, "margin": 0.5}
    given: dict[str, Any] = {"definitions": asked, "as_of": "2026-10-31"}
    worth, lost = (260 / 5) * (3 / 2) * 0.5, 2 / 3
    assert figure({"orders": BUYING}, KPI, "2026-10", **given) == worth / lost
    assert figure({"orders": BUYING}, KPI, "2026-10", **given, column="numerator") == worth
    assert figure({"orders": BUYING}, KPI, "2026-10", **given, column="denominator") == lost
    asked["customer_lapse_after_days"] = 90
    assert figure({"orders": BUYING}, KPI, "2026-10", **given) is None
    assert figure({"orders": BUYING}, KPI, "2026-10", **given, column="note").startswith("nothing to divide by")
    assert figure({"orders": BUYING}, KPI, "2026-Q3", **given, every="quarter", column="note").startswith(
        "told by calendar month alone"
    )


@pytest.mark.parametrize("by", [(), ("customer.country",)])
@pytest.mark.parametrize("definitions", [{}, {"retention_base": "active"}, {"customer_lapse_after_days": 30}])
def test_by_formula_as_the_oracle_has_its_parts(definitions: dict[str, Any], by: tuple[str, ...]) -> None:
    """AOV × sales to customers ÷ active customers × margin ÷ (1 − retention), each restated in plain Python."""
    one = company(2, features=())
    asked: dict[str, Any] = {"as_of": one.as_of, "count": 6, "by": by}
    parts = ("average_order_value", "active_customers", "customer_retention_rate")
    rows = oracle(one.tables, kpis=parts, definitions=definitions, min_cell=0, **asked)
    told = {(row.kpi, row.period, *row.dims.values()): row.value for row in rows if row.statistic == "value"}
    world = World(Export(one.tables), Definitions.of(definitions), "month", one.as_of)
    country = {row["customer_id"]: row.get("country") or "(unknown)" for row in one.tables["customers"]}
    sales = Counter(
        (order.day.strftime("%Y-%m"), *((country.get(who, "(unknown)"),) if by else ()))
        for who, bought in world.bought.items() for order in bought
    )
    case = Case(one.tables, (KPI,), definitions={**definitions, "clv_method": "formula", "margin": 0.25}, min_cell=0,
                **asked)
    known = 0
    for row in product(case).iter_rows(named=True):
        at = (row["period"], *(row[name] for name in by))
        order, buyers, kept = (told.get((kpi, *at)) for kpi in parts)
        if row["value"] is None:
            assert not order or not buyers or kept in (None, 1), at
            continue
        known += 1
        assert order
        assert buyers
        assert kept is not None
        assert row["value"] == float(order * sales[at] / buyers * Fraction(1, 4) / (1 - kept))
    assert known


def test_the_hold_out_check_sets_what_came_beside_what_was_expected() -> None:
    """Fitted on everything up to 31 October 2025, restated for the customers of that day."""
    rows, cut, end = many(), date(2025, 10, 31), date(2026, 10, 31)
    days: dict[str, dict[date, float]] = {}
    for row in rows:
        mine = days.setdefault(row["customer_id"], {})
        if row["ordered_on"] <= end:
            mine[row["ordered_on"]] = mine.get(row["ordered_on"], 0) + float(row["amount"])
    seen = {who: {d: v for d, v in mine.items() if d <= cut} for who, mine in days.items() if min(mine) <= cut}
    x = np.array([len(mine) - 1 for mine in seen.values()])
    recency = np.array([(max(mine) - min(mine)).days for mine in seen.values()])
    age = np.array([(cut - min(mine)).days for mine in seen.values()])
    means = np.array([sum(v for d, v in mine.items() if d > min(mine)) for mine in seen.values()]) / np.maximum(x, 1)
    due = expected_purchases(fit_bgnbd(histories(x, recency, age)), x, recency, age, 12 * 365.25 / 84)
    money = due * expected_value(fit_gamma_gamma(x, means), x, means)
    came = {who: [v for d, v in days[who].items() if d > cut] for who in seen}
    found = mlmkpi.work_out(frames({"orders": rows}), KPI, period="2026-10").check
    assert found
    assert found.note is None
    whole, *tenths = found.rows
    assert (whole.customers, whole.purchases) == (len(seen), sum(map(len, came.values())))
    assert (whole.purchases_expected, whole.expected) == pytest.approx((due.sum(), money.sum()), rel=1e-5)
    assert whole.came == pytest.approx(sum(map(sum, came.values())))
    assert [one.part for one in tenths] == [f"{at:02d}" for at in range(1, 11)]
    assert sorted((one.expected / one.customers for one in tenths), reverse=True) == [
        one.expected / one.customers for one in tenths
    ]
    first = sorted(seen, key=lambda who: -money[list(seen).index(who)])[: int(tenths[0].customers)]
    assert tenths[0].came == pytest.approx(sum(sum(came[who]) for who in first))
    for name in ("customers", "purchases", "purchases_expected", "expected", "came"):
        assert sum(getattr(one, name) for one in tenths) == pytest.approx(getattr(whole, name))
    page = render_worked(mlmkpi.work_out(frames({"orders": rows}), KPI, period="2026-10"), explanation(KPIS[KPI]),
                         "exports/", width=80, colour=False)
    assert re.search(r"all +\d+ +[\d.]+ +\d+ ", page)
    assert max(len(line) for line in page.splitlines() if "mlmkpi trace" not in line) <= 80


def test_the_hold_out_check_says_why_there_is_none() -> None:
    tables = frames({"orders": FEW, "customers": CUSTOMERS})
    few = mlmkpi.work_out(tables, KPI, period="2025-12", as_of=date(2026, 10, 31)).check
    assert few
    assert few.rows == ()
    assert few.note == "needs 335 days of history; orders start on 2025-01-01"
    fewer = mlmkpi.work_out(tables, KPI, period="2026-10").check
    assert fewer
    assert fewer.note == "fewer than 100 repeat buyers"
    historic = Settings.model_validate({"definitions": {"clv_method": "historic"}})
    assert mlmkpi.work_out(tables, KPI, period="2026-10", settings=historic).check is None


def test_the_formula_is_worked_sum_by_sum() -> None:
    asked = Settings.model_validate({"definitions": {"clv_method": "formula", "customer_lapse_after_days": 30}})
    found = mlmkpi.work_out(frames({"orders": BUYING}), KPI, period="2026-10", settings=asked, as_of=date(2026, 10, 31))
    assert [step.value for step in found.steps] == [5, 260, 2, 3, 3, 2]
    assert found.division == "(260 ÷ 5) × (3 ÷ 2) ÷ (2 ÷ 3)"
    assert found.value == 117


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
