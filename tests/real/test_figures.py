"""The SQL that the product is compared with gives the figures that the data's own notes publish."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from real.companies import OLIST_SEEN, RETAIL_SEEN, olist, online_retail
from real.distributions import median, quantile, survival, wilson
from real.figures import Figure, prepare, rates


def published(above: str, below: int | None = None) -> Figure:
    numerator = Fraction(above)
    denominator = None if below is None else Fraction(below)
    return Figure(numerator, denominator, numerator if denominator is None else numerator / denominator)


OLIST_JULY = {
    "average_order_value": published("164989.54", 1216),
    "active_distributors": published("548"),
    "active_customers": published("1189"),
    "customer_retention_rate": published("2437", 3900),
    "repeat_purchase_rate": published("65", 14338),
}
RETAIL_NOVEMBER = {
    "active_customers": published("1607"),
    "customer_retention_rate": published("2263", 2496),
    "repeat_purchase_rate": published("2758", 4266),
}


def test_the_sql_gives_the_published_figures_of_olist(real_data: Path) -> None:
    db = olist(real_data)
    prepare(db, "month", *OLIST_SEEN)
    assert db.execute("select count(*), count(*) filter (valid) from orders").fetchone() == (19847, 19772)
    assert db.execute("select sum(parts) from sales").fetchone() == (26804593400,)
    assert {kpi: rates(db, kpi)["2018-07", "value", None] for kpi in OLIST_JULY} == OLIST_JULY


def test_the_sql_gives_the_published_figures_of_online_retail(real_data: Path) -> None:
    db = online_retail(real_data)
    prepare(db, "month", *RETAIL_SEEN)
    assert db.execute("select sum(parts), count(*), max(day) from sales").fetchone() == (
        103062655940, 20952, date(2010, 12, 9),
    )
    assert db.execute("select sum(parts), count(*) from counted where parts < 0").fetchone() == (-7667809600, 4594)
    assert {kpi: rates(db, kpi)["2010-11", "value", None] for kpi in RETAIL_NOVEMBER} == RETAIL_NOVEMBER
    assert rates(db, "average_order_value")["2010-11", "value", None].denominator == 2747


def test_kaplan_meier_gives_the_worked_durations() -> None:
    people = [(5, True), (12, True), (20, False), (30, True), (45, False), (60, True), (60, False), (90, False)]
    curve = survival(people)
    assert (curve[-1], median(curve)) == ((60, Fraction(2, 5)), Fraction(60))


def test_quantiles_interpolate_and_wilson_gives_a_textbook_interval() -> None:
    assert quantile([1, 2, 4, 8], Fraction(1, 2)) == Fraction(3)
    assert quantile([1, 2, 4, 8], Fraction(9, 10)) == Fraction(34, 5)
    assert wilson(Fraction(81), Fraction(263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
