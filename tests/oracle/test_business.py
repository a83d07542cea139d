"""Lines, growth, buyers and places, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from oracle import oracle
from oracle.literal import LAST, Tables, cells, day, figure, line, order, parts, person


def shop() -> Tables:
    """Sales of 150, a return of 20; a tenth of the first has no line, one product has no category, one no row."""
    return {
        "distributors": [person("D1", market="US"), person("D2", market="DE")],
        "orders": [
            order(1, day(10, 1), "100", "D1", "C1"), order(2, day(10, 2), "50", "D2", "C2"),
            order(3, day(10, 9), "20", "D1", "C1", kind="return"), order(4, day(9, 9), "500", "D1", "C1"),
        ],
        "order_lines": [
            line(1, "a", "60", 3, "20"), line(1, "b", "30", 1), line(2, "c", "40", 2, "5"), line(2, "d", "10", 5),
            line(3, "a", "20", 1, "7"), line(4, "b", "500", 10), line(99, "a", "7"),
        ],
        "products": [{"product_id": name, "category": kind} for name, kind in (("a", "care"), ("b", "care"),
                                                                               ("c", "food"), ("d", None))],
    }


def test_categories_and_what_nothing_explains_add_up_to_net_sales() -> None:
    tables = shop()
    assert cells("product_mix_share", tables, "order.category") == {
        "care": Fraction(70, 130), "food": Fraction(40, 130), "(unknown)": Fraction(20, 130),
    }
    assert figure("product_mix_share", tables, statistic="herfindahl").value == Fraction(70**2 + 40**2, 110**2)
    asked = cells("product_mix_share", tables, "order.category", by=["order.category"])
    assert asked == cells("product_mix_share", tables, "order.category")
    by_market = cells("product_mix_share", tables, "order.category", where={"market": ["DE"]})
    assert by_market == {"food": Fraction(40, 50), "(unknown)": Fraction(10, 50)}


def test_best_sellers_by_net_amount_and_units() -> None:
    tables = shop()
    assert cells("best_sellers", tables, "order.product") == {"a": 40, "b": 30, "c": 40, "d": 10}
    assert cells("best_sellers", tables, "order.product", statistic="units") == {"a": 2, "b": 1, "c": 2, "d": 5}
    assert parts(figure("best_sellers", tables, statistic="pareto")) == (40, 120)


def test_only_the_first_hundred_products_are_listed() -> None:
    tables = {
        "orders": [order(1, day(10, 1), "1000", None, "C")],
        "order_lines": [line(1, f"p{number:03d}", "1") for number in range(103)],
    }
    listed = cells("best_sellers", tables, "order.product")
    assert (len(listed), min(str(name) for name in listed), max(str(name) for name in listed)) == (100, "p000", "p099")
    assert figure("best_sellers", tables, statistic="pareto").value == Fraction(21, 103)


def test_units_come_back_within_ninety_days_or_do_not_count() -> None:
    sold = day(7, 15)
    returns = [(0, "o1"), (90, "o1"), (91, "o1"), (5, "o9999"), (5, None)]
    tables: Tables = {
        "orders": [order(1, sold, "100", "D1", "C1", kind="sale", original_order_id=None)]
        + [
            order(number, sold + timedelta(days=later), "1", "D1", "C1", kind="return", original_order_id=original)
            for number, (later, original) in enumerate(returns, start=2)
        ],
        "order_lines": [line(1, "a", "100", 10)] + [line(number, "a", "1", number) for number in range(2, 7)],
    }
    tables["orders"].append(order(8, day(8, 3), "10", "D1", "C1", kind="sale", original_order_id=None))
    july = figure("product_return_rate", tables, "2026-07")
    assert (parts(july), july.complete) == ((2 + 3, 10), True)
    assert not figure("product_return_rate", tables, "2026-07", as_of=day(10, 28)).complete
    assert figure("product_return_rate", tables, "2026-08").value is None
    short = figure("product_return_rate", tables, "2026-07", definitions={"return_window_days": 30})
    assert (parts(short), short.complete) == ((2, 10), True)
    for row in tables["orders"]:
        del row["original_order_id"]
    assert parts(figure("product_return_rate", tables, "2026-07")) == (2 + 5 + 6, 10)


def test_growth_on_the_year_before() -> None:
    orders = [
        order(1, day(10, 1, 2025), "80", "D1", "C1"), order(2, day(10, 20, 2025), "20", "D2", "C2"),
        order(3, day(10, 5), "150", "D1", "C1"), order(4, day(10, 6), "25", "D1", "C1", kind="return"),
    ]
    tables = {"distributors": [person("D1", market="US"), person("D2", market="DE")], "orders": orders}
    assert parts(figure("yoy_growth", tables)) == (25, 100)
    assert cells("yoy_growth", tables, "market", by=["market"]) == {"US": Fraction(45, 80), "DE": -1}
    assert figure("yoy_growth", tables, as_of=day(10, 15)).value == Fraction(125 - 80, 80)
    assert figure("yoy_growth", tables, "2026-09").value is None
    cut = [order(9, day(10, 2, 2025), "1", None, "C"), *orders[2:]]
    assert figure("yoy_growth", {"orders": cut}).value is None


def test_growth_of_a_product_counts_its_lines() -> None:
    tables = shop()
    tables["orders"] += [order(7, day(10, 1, 2025), "40", "D1", "C1")]
    tables["order_lines"] += [line(7, "a", "25")]
    assert cells("yoy_growth", tables, "order.product", by=["order.product"]) == {
        "a": Fraction(40 - 25, 25), "b": None, "c": None, "d": None, "(unknown)": Fraction(10 - 15, 15),
    }


def test_order_size_on_the_month_before() -> None:
    orders = [
        order(1, day(9, 1), "40", "D1", "C1"), order(2, day(9, 20), "60", "D1", "C1"),
        order(3, day(10, 5), "30", "D1", "C1"), order(4, day(10, 6), "90", "D1", "C1"),
        order(5, day(10, 7), "90", "D1", "C1", kind="return"),
    ]
    trend = figure("order_size_trend", {"orders": orders})
    assert (parts(trend), trend.value) == ((10, 50), Fraction(1, 5))
    assert figure("order_size_trend", {"orders": orders}, "2026-09").value is None
    tables = shop()
    by_category = cells("order_size_trend", tables, "order.category", by=["order.category"], first=day(10, 1))
    assert set(by_category.values()) == {None}
    tables["orders"].append(order(5, day(9, 1), "0.01", None, None))
    by_category = cells("order_size_trend", tables, "order.category", by=["order.category"])
    assert by_category["care"] == Fraction(90, 500) - 1


def test_what_last_years_customers_kept() -> None:
    then, now = day(10, 10, 2025), day(10, 10)
    orders = [order(0, day(10, 1, 2025), "0.01", None, None)]
    spent = [("A", 100, 250), ("B", 100, 40), ("C", 100, 0), ("new", 0, 500)]
    for number, (who, before, after) in enumerate(spent):
        orders += [order(10 + number, then, str(before), "D", who)] if before else []
        orders += [order(20 + number, now, str(after), "D", who)] if after else []
    assert parts(figure("net_revenue_retention", {"orders": orders})) == (290, 300)
    assert parts(figure("gross_revenue_retention", {"orders": orders})) == (140, 300)
    back = [*orders, order(30, now, "70", "D", "C", kind="return"), order(31, then, "10", "D", "B", kind="return")]
    assert parts(figure("net_revenue_retention", {"orders": back})) == (220, 290)
    assert parts(figure("gross_revenue_retention", {"orders": back})) == (100 + 40 - 70, 290)


def test_seasons_of_steady_and_of_doubled_decembers() -> None:
    months = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(24)]
    flat = [order(number, month, "100", None, "C") for number, month in enumerate(months)]
    end = date(2025, 12, 31)
    steady = cells("seasonality_index", {"orders": flat}, "month", "2025-12", as_of=end)
    assert steady == {str(month): 1 for month in range(1, 13)}
    flat[11]["amount"] = Decimal(220)
    peak = cells("seasonality_index", {"orders": flat}, "month", "2025-12", as_of=end)
    assert peak["12"] == Fraction(220, 110)
    assert peak["1"] == Fraction(100, 110)
    assert peak["6"] == Fraction(100, 105)
    rows = oracle({"orders": flat}, kpis=["seasonality_index"], as_of=end)
    assert {row.period for row in rows} == {"2025-12"}
    short = oracle({"orders": flat[1:]}, kpis=["seasonality_index"], as_of=end)
    assert [(row.period, row.value) for row in short] == [("2025-12", None)]


def buyers() -> Tables:
    """Customers from before the orders, of one day, of two sales on one day, of one within 60 days and of one on it."""
    first = day(8, 1)
    sales = [("old", 0), ("once", 0), ("same day", 0), ("same day", 0), ("soon", 0), ("soon", 60), ("late", 0),
             ("late", 61)]
    return {
        "customers": [{"customer_id": "old", "joined_on": day(7, 31)}, {"customer_id": "once", "joined_on": None}],
        "orders": [
            order(number, first + timedelta(days=later), "10", "D", who) for number, (who, later) in enumerate(sales)
        ],
    }


def test_buyers_of_one_day_and_of_a_second_order() -> None:
    tables = buyers()
    assert parts(figure("one_time_buyer_share", tables, "2026-08")) == (4, 4)
    assert parts(figure("one_time_buyer_share", tables)) == (2, 4)
    second = figure("second_order_rate_60d", tables, "2026-08")
    assert (parts(second), second.complete) == ((1, 4), True)
    assert not figure("second_order_rate_60d", tables, "2026-08", as_of=day(10, 29)).complete
    assert figure("second_order_rate_60d", tables, "2026-08", as_of=day(9, 29)).value is None
    assert parts(figure("second_order_rate_60d", tables, "2026-08", as_of=day(9, 30))) == (1, 4)


def test_where_customers_live() -> None:
    sales = [("C1", "60"), ("C1", "40"), ("C2", "50"), ("C3", "30"), (None, "20")]
    tables: Tables = {
        "customers": [
            {"customer_id": "C1", "country": "US", "region": "north"},
            {"customer_id": "C2", "country": "MX", "region": None},
        ],
        "orders": [order(number, day(10, 3), amount, None, who) for number, (who, amount) in enumerate(sales)],
    }
    kpi = "customer_geographic_distribution"
    assert cells(kpi, tables, "customer.country") == {
        "US": Fraction(1, 3), "MX": Fraction(1, 3), "(unknown)": Fraction(1, 3),
    }
    assert cells(kpi, tables, "customer.country", statistic="net") == {
        "US": Fraction(100, 200), "MX": Fraction(50, 200), "(unknown)": Fraction(50, 200),
    }
    assert figure(kpi, tables, statistic="herfindahl_country").value == Fraction(1, 2)
    assert figure(kpi, tables, statistic="herfindahl_region").value == 1
    for row in tables["customers"]:
        del row["region"]
    assert figure(kpi, tables, statistic="herfindahl_region").value is None
    assert cells(kpi, tables, "customer.country", by=["customer.country"])["US"] == Fraction(1, 3)


def test_how_much_of_a_market_buys() -> None:
    orders = [order(0, day(10, 1, 2025), "1", None, None)]
    sales = [("C1", "D1"), ("C2", "D1"), ("C3", "D3"), ("C4", "D2"), ("C5", None)]
    orders += [order(number, day(1, number), "9", seller, who) for number, (who, seller) in enumerate(sales, start=1)]
    orders += [order(9, LAST, "9", "D2", "C2"), order(10, day(10, 31, 2025), "9", "D1", "long ago")]
    tables: Tables = {
        "distributors": [person("D1", market="US"), person("D2", market="DE"), person("D3", market="XX")],
        "customers": [{"customer_id": "C1", "market": "JP"}, {"customer_id": "C4", "market": None}],
        "orders": orders,
        "markets": [
            {"market": name, "population": people, "segment": segment}
            for name, people, segment in (("US", 70, "a"), ("US", 30, "b"), ("DE", 50, "a"), ("JP", 20, "a"),
                                          ("XX", 0, "a"))
        ],
    }
    assert parts(figure("market_penetration_rate", tables)) == (3, 170)
    assert cells("market_penetration_rate", tables, "market", by=["market"]) == {
        "US": 0, "DE": Fraction(2, 50), "JP": Fraction(1, 20),
    }
    assert figure("market_penetration_rate", tables, "2026-08").value is None


def test_sales_by_the_buyers_age_on_the_day_gender_and_region() -> None:
    tables: Tables = {
        "distributors": [person("D1", gender="m", birth_date=date(1990, 1, 1))],
        "customers": [{"customer_id": "C1", "gender": "f", "birth_date": date(2001, 10, 20)}],
        "orders": [
            order(0, day(9, 2), "1", None, None), order(1, day(10, 19), "40", "D1", "C1"),
            order(2, day(10, 20), "60", "D1", "C1"), order(3, day(10, 3), "30", "D1", None),
            order(4, day(10, 3), "20", "D1", "D1"), order(5, day(9, 2), "50", "D1", "C1"),
            order(6, day(9, 3), "99", "D1", "D1"),
        ],
    }
    kpi = "demographic_sales_trend"
    assert cells(kpi, tables, "buyer.age_band", min_cell=0) == {"18-24": 40, "25-34": 60, "35-44": 50}
    assert cells(kpi, tables, "buyer.gender", min_cell=0)["m"] == 50
    assert cells(kpi, tables, "seller.gender", min_cell=0, definitions={"demographic_of": "seller"})["m"] == 150
    index = cells(kpi, tables, "buyer.gender", statistic="index", min_cell=0)
    assert index["f"] is None
    tables["orders"].append(order(7, day(8, 31), "7", None, None))
    index = cells(kpi, tables, "buyer.gender", statistic="index", min_cell=0)
    assert index["f"] == 100 * Fraction(100, 50) / Fraction(150, 150)
    assert cells(kpi, tables, "buyer.gender", statistic="index_year", min_cell=0)["f"] is None
    hidden = oracle(tables, kpis=[kpi], as_of=LAST, count=1)
    assert {row.value for row in hidden} == {None}


@pytest.mark.parametrize("kpi", ["product_mix_share", "best_sellers", "product_return_rate"])
def test_without_lines_there_is_no_figure(kpi: str) -> None:
    tables: dict[str, Any] = shop()
    del tables["order_lines"]
    assert {row.value for row in oracle(tables, kpis=[kpi], as_of=LAST)} == {None}
