"""Earnings, goals, what regulators watch, and cohorts, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from oracle import find, oracle
from oracle.cohorts import cohorts
from oracle.literal import LAST, Tables, cells, day, figure, income, line, order, parts, person


def example() -> Tables:
    """The published example: a hundred people of whom sixty earn nothing, and somebody off the books."""
    amounts = [0] * 60 + [50] * 25 + [300] * 10 + [2_000] * 4 + [20_000]
    return {
        "distributors": [person(f"D{number:03d}") for number in range(100)] + [person("gone", terminated_on=day(9, 1))],
        "commissions": [income(f"D{number:03d}", day(10, 5), str(amount)) for number, amount in enumerate(amounts)]
        + [income("gone", day(10, 5), "9999")],
    }


def test_the_income_example() -> None:
    tables = example()
    assert parts(figure("income_distribution", tables)) == (32_250, 100)
    quantiles = {name: figure("income_distribution", tables, statistic=name).value for name in (
        "median", "p10", "p25", "p75", "p90", "p95", "p99",
    )}
    assert quantiles == {
        "median": 0, "p10": 0, "p25": 0, "p75": 50, "p90": 300, "p95": 300 + Fraction(5, 100) * 1_700,
        "p99": 2_000 + Fraction(1, 100) * 18_000,
    }
    assert figure("income_distribution", tables, statistic="gross").value == 32_250
    assert figure("income_distribution", tables, statistic="net").value is None
    gini = figure("earnings_gini", tables)
    assert round(float(gini.value or 0), 3) == 0.939
    assert parts(gini) == (None, 100)
    assert parts(figure("top_1pct_earnings_share", tables)) == (20_000, 32_250)
    assert round(float(figure("top_1pct_earnings_share", tables).value or 0), 2) == 0.62
    assert parts(figure("share_earning_nothing", tables)) == (60, 100)
    assert figure("at_most_break_even_share", tables).value is None


def test_income_less_expenses_and_by_rank() -> None:
    tables: Tables = {
        "distributors": [person("A"), person("B"), person("C"), person("D", terminated_on=day(10, 1)),
                         person("E", terminated_on=day(10, 2))],
        "commissions": [income("A", day(10, 1), "100"), income("B", day(10, 1), "30"), income("C", LAST, "-10"),
                        income("nobody", LAST, "500"), income("A", day(11, 1), "7")],
        "expenses": [
            {"distributor_id": who, "spent_on": LAST, "amount": Decimal(amount)}
            for who, amount in (("A", "40"), ("B", "30"), ("D", "5"), ("nobody", "80"))
        ],
        "ranks": [{"distributor_id": "A", "rank": "2", "effective_on": day(2, 1)},
                  {"distributor_id": "B", "rank": "1", "effective_on": day(2, 1)}],
    }
    names = ("gross", "expenses", "net")
    totals = {name: figure("income_distribution", tables, statistic=name).value for name in names}
    assert totals == {"gross": 120, "expenses": 70, "net": 50}
    assert cells("income_distribution", tables, "rank") == {"2": 100, "1": Fraction(20, 3)}
    assert cells("income_distribution", tables, "rank", by=["rank"]) == {"2": 100, "1": Fraction(20, 3)}
    assert parts(figure("share_earning_nothing", tables)) == (2, 4)
    assert parts(figure("at_most_break_even_share", tables)) == (3, 4)
    assert parts(figure("top_1pct_earnings_share", tables)) == (100, 130)
    assert figure("earnings_gini", tables).value == Fraction(2 * (70 + 100 + 100 + 30 + 30), 2 * 4 * 130)
    assert parts(figure("reinvestment_rate", tables)) == (70, 120)
    assert figure("reinvestment_rate", tables, "2026-09").value is None


def test_first_income_within_thirty_days() -> None:
    joined = day(9, 1)
    paid = [("day 0", 0, "1"), ("day 30", 30, "1"), ("day 31", 31, "1"), ("before", -1, "1"), ("nothing", 5, "0")]
    tables: Tables = {
        "distributors": [person(who, joined) for who, _, _ in paid],
        "commissions": [
            {**income(who, joined + timedelta(days=90), amount), "earned_on": joined + timedelta(days=later)}
            for who, later, amount in paid
        ],
    }
    september = figure("first_income_30d", tables, "2026-09")
    assert (parts(september), september.complete) == ((2, 5), True)
    assert figure("first_income_30d", tables, "2026-09", as_of=day(9, 30)).value is None
    assert not figure("first_income_30d", tables, "2026-09", as_of=day(10, 29)).complete
    tables["orders"] = [order(1, day(9, 2), "1", None, None)]
    assert figure("first_income_30d", tables, "2026-09").value is None


def test_what_of_sales_is_paid_out_and_what_a_market_leaves() -> None:
    tables: Tables = {
        "distributors": [person("D1", market="US"), person("D2", market="DE")],
        "orders": [order(1, day(10, 2), "300", "D1", "C"), order(2, day(10, 3), "100", "D1", "C", kind="return"),
                   order(3, day(10, 4), "50", "D2", "C"), order(4, day(10, 4), "150", None, "C")],
        "order_lines": [line(1, "a", "300", 3, "90"), line(2, "a", "100", 1, "30"), line(3, "b", "50", 1, None)],
        "commissions": [income("D1", day(10, 5), "60"), income("D2", day(10, 5), "-10"), income("X", day(10, 6), "20"),
                        income("D1", day(9, 30), "99")],
        "costs": [{"market": "US", "booked_on": LAST, "amount": Decimal(25)},
                  {"market": "FR", "booked_on": LAST, "amount": Decimal(5)}],
    }
    payout = figure("payout_ratio", tables)
    assert (parts(payout), payout.value) == ((70, 400), Fraction(70, 400))
    assert parts(figure("payout_cap_headroom", tables)) == (Fraction(35, 100) * 400 - 70, 400)
    assert figure("payout_cap_headroom", tables, definitions={"payout_cap": 0.5}).value == Fraction(200 - 70, 400)
    assert figure("market_contribution", tables).value == 400 - 60 - 70 - 30
    assert cells("market_contribution", tables, "market", by=["market"]) == {
        "US": 200 - 60 - 60 - 25, "DE": 50 + 10, "FR": -5, "(unknown)": 150 - 20,
    }
    del tables["costs"]
    assert figure("market_contribution", tables).value is None


def goals() -> Tables:
    """Goals that end in October, one that runs into November, one that ended before."""
    rows = [("D1", "sales_volume", 100, day(9, 1), day(10, 31)), ("D1", "new_signups", 4, day(10, 1), day(10, 31)),
            ("D2", "sales_volume", 100, day(10, 1), day(10, 20)),
            ("D1", "personal_sales_volume", 60, day(10, 2), day(11, 30)),
            ("D1", "sales_volume", 7, day(9, 1), day(9, 30))]
    return {
        "goals": [
            {"distributor_id": who, "kpi": kpi, "goal": Decimal(goal), "starts_on": starts, "ends_on": ends}
            for who, kpi, goal, starts, ends in rows
        ],
        "distributors": [person("D1"), person("D2"), person("N1", day(10, 5), sponsor_id="D1"),
                         person("N2", day(9, 5), sponsor_id="D1")],
        "orders": [
            order(1, day(9, 1), "70", "D1", "C", volume=Decimal(7)),
            order(2, day(10, 3), "50", "D1", "C", volume=Decimal(12)),
            order(3, day(10, 21), "90", "D2", "C", volume=Decimal(1)),
            order(4, day(10, 4), "10", "D2", "C", volume=Decimal(1)),
        ],
    }


def test_goals_reached_and_goals_under_way() -> None:
    tables = goals()
    reached = oracle(tables, kpis=["goal_attainment"], as_of=LAST, count=1)
    assert {row.dims["goal_kpi"]: parts(row) for row in reached} == {
        "sales_volume": (70 + 50 + 10, 200), "new_signups": (1, 4),
    }
    running = oracle(tables, kpis=["goal_pace"], as_of=LAST, count=1)
    assert {row.dims["goal_kpi"]: parts(row) for row in running} == {
        "sales_volume": (120, 100), "new_signups": (1, 4), "personal_sales_volume": (12, Fraction(60 * 30, 60)),
    }
    halfway = find(oracle(tables, kpis=["goal_pace"], as_of=day(10, 15), count=1), "goal_pace", "2026-10",
                   goal_kpi="sales_volume")
    assert parts(halfway) == (120 + 10, Fraction(100 * 45, 61) + 100 * Fraction(15, 20))
    del tables["orders"]
    without = oracle(tables, kpis=["goal_attainment"], as_of=LAST, count=1)
    assert {row.dims["goal_kpi"]: row.value for row in without} == {
        "sales_volume": None, "new_signups": Fraction(1, 4),
    }


def test_ten_customers_in_the_month() -> None:
    sales: list[tuple[str, date, str | None]] = [("ten", day(10, number), f"C{number}") for number in range(1, 11)]
    sales += [("nine", day(10, number), f"C{min(number, 9)}") for number in range(1, 11)]
    sales += [("unpaid", day(10, number), f"C{number}") for number in range(1, 12)]
    sales += [("own", day(10, number), None) for number in range(1, 12)]
    sales += [("ten", day(9, number), f"C{number}") for number in range(1, 6)]
    tables: Tables = {
        "orders": [order(number, on, "1", who, customer) for number, (who, on, customer) in enumerate(sales)],
        "commissions": [income(who, LAST, "5") for who in ("ten", "nine", "own")]
        + [income("ten", day(9, 9), "5"), income("unpaid", LAST, "5"), income("unpaid", LAST, "-5")],
    }
    assert parts(figure("ten_customer_share", tables)) == (1, 3)
    quarter = oracle(tables, kpis=["ten_customer_share"], every="quarter", as_of=LAST, count=2)
    assert [parts(row) for row in quarter] == [(0, 1), (1, 3)]


def test_more_than_half_of_the_volume_from_customers() -> None:
    sales = [("half", "C", 10), ("half", None, 10), ("most", "C", 11), ("most", None, 10), ("unpaid", "C", 5),
             ("back", "C", 5)]
    tables: Tables = {
        "orders": [order(number, LAST, str(amount), who, buyer) for number, (who, buyer, amount) in enumerate(sales)]
        + [order(9, LAST, "7", "back", "C", kind="return")],
        "commissions": [income(who, LAST, "5") for who in ("half", "most", "none", "back")],
    }
    assert parts(figure("majority_retail_share", tables)) == (1, 4)


def test_kits_from_orders_else_from_enrolments() -> None:
    tables: Tables = {
        "orders": [order(1, LAST, "80", "D", "C", kind="sale"), order(2, LAST, "20", "D", None, kind="kit"),
                   order(3, day(9, 1), "9", "D", "C", kind="sale")],
        "enrollments": [{"distributor_id": "D", "enrolled_on": day(10, 3), "kit_amount": Decimal(50)},
                        {"distributor_id": "E", "enrolled_on": day(9, 3), "kit_amount": None}],
    }
    assert parts(figure("kit_revenue_share", tables)) == (20, 100)
    tables["orders"][1]["kind"] = "replacement"
    assert parts(figure("kit_revenue_share", tables)) == (50, 130)
    assert parts(figure("kit_revenue_share", tables, "2026-09")) == (0, 9)
    for row in tables["orders"]:
        del row["kind"]
    del tables["enrollments"]
    assert figure("kit_revenue_share", tables).value is None


def test_own_purchases_at_the_end_of_the_month() -> None:
    sales = [(28, "10"), (29, "20"), (31, "30"), (1, "40")]
    orders = [order(number, day(10, on), amount, "D", None) for number, (on, amount) in enumerate(sales)]
    orders += [order(8, LAST, "500", "D", "C"), order(9, LAST, "5", "D", None, kind="return")]
    assert parts(figure("month_end_loading_share", {"orders": orders})) == (20 + 30 - 5, 95)
    february = [order(1, day(2, 25), "1", "D", None), order(2, day(2, 26), "2", "D", None)]
    assert parts(figure("month_end_loading_share", {"orders": february}, "2026-02")) == (2, 3)


def test_autoships_flagged_and_by_their_subscription() -> None:
    flags = [(True, None, 10), (False, "s1", 20), (None, "s1", 30), (None, None, 40)]
    orders = [
        order(number, LAST, str(amount), "D", "C", is_autoship=flag, autoship_id=code)
        for number, (flag, code, amount) in enumerate(flags)
    ]
    assert parts(figure("autoship_share", {"orders": orders})) == (40, 100)
    for row in orders:
        del row["is_autoship"]
    assert parts(figure("autoship_share", {"orders": orders})) == (50, 100)
    for row in orders:
        del row["autoship_id"]
    assert figure("autoship_share", {"orders": orders}).value is None


def test_how_long_autoships_go_on() -> None:
    spells: list[tuple[str | None, str, Sequence[int]]] = [
        ("one", "D1", [0]), ("seen", "D1", [0, 30, 32]), ("runs", "D1", [0, 33]), (None, "D2", [0, 15]),
    ]
    start = LAST - timedelta(days=77)
    sales = [(start + timedelta(days=later), who, buyer) for buyer, who, days in spells for later in days]
    orders = [
        order(number, on, "9", who, buyer, is_autoship=True) for number, (on, who, buyer) in enumerate(sales)
    ]
    found = oracle({"orders": orders}, kpis=["autoship_survival"], as_of=LAST, count=3)
    august = find(found, "autoship_survival", "2026-08")
    assert august.value == 60
    assert august.denominator == 4
    assert find(found, "autoship_survival", "2026-08", "within_90").value is None
    ended = oracle({"orders": orders}, kpis=["autoship_survival"], as_of=LAST + timedelta(days=13), count=4)
    assert find(ended, "autoship_survival", "2026-08", "within_90").value == 1


def test_how_volume_is_spread() -> None:
    sales = [("D1", 0), ("D2", 10), ("D3", 30), ("D4", 5)]
    orders = [order(number, LAST, str(amount + 1), who, "C") for number, (who, amount) in enumerate(sales)]
    orders += [order(number + 10, LAST, "1", who, "C", kind="return") for number, (who, _) in enumerate(sales)]
    orders += [order(20, LAST, "50", "D4", "C", kind="return"), order(21, LAST, "400", None, "C")]
    apart = 10 + 30 + 0 + 20 + 10 + 30
    assert figure("volume_concentration", {"orders": orders}).value == Fraction(2 * apart, 2 * 4 * 40)
    assert parts(figure("volume_concentration", {"orders": orders}, statistic="top_1pct")) == (30, 40)


def test_cohorts_count_leavers_and_stop_at_the_last_ended_month() -> None:
    tables: Tables = {
        "distributors": [person("D1", day(7, 1)), person("D2", day(7, 20), terminated_on=day(8, 9)),
                         person("D3", day(9, 1)), person("early", day(6, 30))],
        "orders": [order(1, day(7, 1), "1", "D1", "C1"), order(2, day(9, 30), "1", "D1", "C1"),
                   order(3, day(8, 1), "1", "D2", "C2"), order(4, day(10, 1), "1", "D3", "C1")],
    }
    active = [(row.cohort, row.month, row.value) for row in cohorts(tables, as_of=day(10, 30))]
    assert active == [("2026-07", 0, Fraction(1, 2)), ("2026-07", 1, Fraction(1, 2)), ("2026-07", 2, Fraction(1, 2)),
                      ("2026-09", 0, 0)]
    assert len(cohorts(tables, as_of=LAST)) == 4 + 2
    books = [row.value for row in cohorts(tables, as_of=day(9, 30), curve="on_books")]
    assert books == [1, Fraction(1, 2), Fraction(1, 2), 1]
    current = [row.value for row in cohorts(tables, as_of=day(9, 30), curve="current")]
    assert current == [None, None, Fraction(1, 2), 1]
    buyers = cohorts(tables, of="customers", as_of=day(9, 30))
    assert [row.cohort for row in buyers] == ["2026-07"] * 3 + ["2026-08"] * 2
    assert [row.there for row in buyers] == [1, 0, 1, 1, 0]
    later = cohorts(tables, of="customers", curve="on_books", as_of=day(9, 30))
    assert later == cohorts(tables, of="customers", curve="current", as_of=day(9, 30))


@pytest.mark.parametrize("kpi", ["payout_ratio", "ten_customer_share", "earnings_gini", "first_income_30d"])
def test_without_commissions_there_is_no_figure(kpi: str) -> None:
    tables: Tables = {"distributors": [person("D1")], "orders": [order(1, LAST, "9", "D1", "C")]}
    assert {row.value for row in oracle(tables, kpis=[kpi], as_of=LAST)} == {None}
