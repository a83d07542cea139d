"""The oracle itself, against companies small enough to work out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from oracle import KPIS, find, oracle
from oracle.literal import order, parts

RATES = ("distributor_retention_rate", "churn_rate", "churn_terminated", "churn_lapsed")
LAST = date(2026, 10, 31)


def person(who: str, joined: date, **more: Any) -> dict[str, Any]:
    return {"distributor_id": who, "enrolled_on": joined, "terminated_on": None, "sponsor_id": None, **more}


def test_eight_durations() -> None:
    as_of = date(2026, 10, 31)
    lasted = [(5, 1), (12, 1), (20, 0), (30, 1), (45, 0), (60, 1), (60, 0), (90, 0)]
    people, orders = [], [order(0, date(2026, 1, 1), "1", None, "C0")]
    for number, (days, sold) in enumerate(lasted):
        joined = as_of - timedelta(days=100 if sold else days)
        people.append(person(f"D{number}", joined))
        if sold:
            orders.append(order(number + 1, joined + timedelta(days=days), "10", f"D{number}", "C1"))
    rows = oracle(
        {"distributors": people, "orders": orders}, kpis=["time_to_first_sale"], every="year", as_of=as_of, count=1
    )
    assert find(rows, "time_to_first_sale", "2026").value == 60
    assert find(rows, "time_to_first_sale", "2026").denominator == 8
    for days, share in ((30, Fraction(2, 5)), (60, Fraction(3, 5)), (90, Fraction(3, 5))):
        assert find(rows, "time_to_first_sale", "2026", f"within_{days}").value == share


def test_a_thousand_people_at_the_start() -> None:
    joined, day = date(2026, 1, 1), date(2026, 9, 15)
    people = [person(f"D{number:04d}", joined) for number in range(1_000)]
    orders = [order(5_000, date(2026, 1, 1), "1", None, "C")]
    for number, row in enumerate(people):
        orders.append(order(number, day if number >= 140 else date(2026, 7, 20), "10", row["distributor_id"], "C"))
    for row in people[:60]:
        row["terminated_on"] = date(2026, 10, 20)
    rows = oracle({"distributors": people, "orders": orders}, kpis=RATES, as_of=date(2026, 10, 31), count=1)
    figures = {row.kpi: parts(row) for row in rows if "tenure" not in row.dims}
    assert figures == {
        "distributor_retention_rate": (860, 1_000), "churn_rate": (140, 1_000),
        "churn_terminated": (60, 1_000), "churn_lapsed": (80, 1_000),
    }
    assert find(rows, "churn_rate", "2026-10", tenure=">=90 days").denominator == 1_000


def books(row: dict[str, Any], enrollments: list[tuple[date, str]], day: date) -> bool:
    tables = {"distributors": [row], "orders": [order(0, date(2025, 1, 1), "1", None, "C")]}
    tables["enrollments"] = [
        {"distributor_id": row["distributor_id"], "enrolled_on": joined, "kind": kind} for joined, kind in enrollments
    ]
    rows = oracle(
        tables, kpis=["distributor_retention_rate"], every="day", first=day + timedelta(days=1),
        as_of=day + timedelta(days=1), definitions={"retention_base": "on_books"},
    )
    return find(rows, rows[0].kpi, rows[0].period).denominator == 1


def test_who_is_on_the_books() -> None:
    joined, left = date(2026, 3, 1), date(2026, 5, 1)
    gone = person("D", joined, terminated_on=left)
    assert not books(gone, [], joined - timedelta(days=1))
    assert books(gone, [], joined)
    assert books(gone, [], left - timedelta(days=1))
    assert not books(gone, [], left)
    assert books(gone, [(left, "rejoin")], left)
    assert not books(gone, [(left + timedelta(days=1), "rejoin")], left)
    assert books(gone, [(left + timedelta(days=1), "rejoin")], left + timedelta(days=1))
    assert not books(person("D", joined, terminated_on=joined), [], joined)
    assert books(person("D", joined, terminated_on=joined - timedelta(days=1)), [], joined)
    without_date = person("D", joined, status="terminated")
    assert books(without_date, [], joined)
    assert not books(without_date, [], joined + timedelta(days=1))


def test_a_sale_89_days_before_keeps_somebody_current_and_one_of_90_does_not() -> None:
    end = date(2026, 10, 31)
    people = [person("D1", date(2026, 1, 1)), person("D2", date(2026, 1, 1))]
    orders = [order(0, date(2026, 1, 1), "1", None, "C0")]
    for number, back in ((1, 89), (2, 90)):
        orders.append(order(number, end - timedelta(days=back), "10", f"D{number}", f"C{number}"))
    rows = oracle(
        {"distributors": people, "orders": orders},
        kpis=["distributor_retention_rate", "customer_retention_rate"], as_of=end, count=1,
    )
    for kpi in ("distributor_retention_rate", "customer_retention_rate"):
        assert parts(find(rows, kpi, "2026-10")) == (1, 2)


def test_every_sort_of_order() -> None:
    day = date(2026, 10, 5)
    sorts = [
        ("100", "D1", "C1", {}),
        ("40", "D1", None, {}),
        ("30", "D2", "D1", {}),
        ("8", None, "C2", {}),
        ("5", None, None, {}),
        ("7", "D9", "C1", {}),
        ("1000", "D1", "C1", {"status": "void"}),
        ("1000", "D1", None, {"kind": "kit"}),
        ("0", "D1", "C3", {}),
        ("-20", "D2", None, {"original_order_id": "o0"}),
        ("15", "D1", "C1", {"kind": "return", "original_order_id": "o1"}),
        ("9", "D1", "C1", {"kind": "return", "original_order_id": "o7"}),
        ("-2", "D1", "C1", {"original_order_id": "o6"}),
    ]
    base = {"status": "paid", "kind": None, "original_order_id": None}
    orders = [
        order(number, day, amount, seller, customer, **{**base, **more})
        for number, (amount, seller, customer, more) in enumerate(sorts)
    ]
    tables = {"distributors": [person("D1", date(2026, 1, 1)), person("D2", date(2026, 1, 1))], "orders": orders}
    rows = oracle(tables, kpis=list(KPIS), as_of=day, count=1)
    figures = {(row.kpi, row.statistic): parts(row) for row in rows if "tenure" not in row.dims}
    assert figures["sales_volume", "value"] == (153, None)
    assert figures["retail_sales_share", "value"] == (100 + 8 + 5 + 7 - 20 - 2, 153)
    assert figures["internal_consumption_share", "value"] == (40 + 30 - 15, 153)
    assert figures["average_order_value", "value"] == (190, 6)
    assert figures["personal_sales_volume", "value"] == (140, 3)
    assert figures["personal_sales_volume", "own"] == (55, 3)
    assert figures["customer_to_distributor_ratio", "value"] == (2, 3)
    assert figures["average_order_value", "median"] == (None, 6)
    assert find(rows, "personal_sales_volume", "2026-10", "median").value == 10


def test_small_cells_hide_and_take_the_next_smallest_with_them() -> None:
    day = date(2026, 10, 5)
    sizes = {"a": 2, "f": 6, "m": 9, "x": 7}
    people = [
        person(f"{gender}{number}", day, gender=gender) for gender, size in sizes.items() for number in range(size)
    ]
    rows = oracle({"distributors": people}, kpis=["new_signups"], by=["gender"], as_of=day, count=1)
    assert {row.dims["gender"]: row.value for row in rows} == {"a": None, "f": None, "m": 9, "x": 7}
    shown = oracle({"distributors": people}, kpis=["new_signups"], by=["gender"], as_of=day, count=1, min_cell=0)
    assert {row.dims["gender"]: row.value for row in shown} == sizes


def test_a_quarter_pools_its_ended_months_and_counts_recruiters() -> None:
    people = [person("D1", date(2026, 7, 1)), person("D2", date(2026, 8, 10), sponsor_id="D1")]
    orders = [order(0, date(2026, 7, 2), "1", "D1", "C"), order(1, date(2026, 9, 3), "1", "D2", "C")]
    tables = {"distributors": people, "orders": orders}
    quarterly: dict[str, Any] = {"kpis": ["active_distributor_rate"], "every": "quarter", "count": 1}
    quarter = find(oracle(tables, as_of=date(2026, 9, 30), **quarterly), "active_distributor_rate", "2026-Q3")
    assert (parts(quarter), quarter.complete) == ((3, 5), True)
    cut = find(oracle(tables, as_of=date(2026, 9, 29), **quarterly), "active_distributor_rate", "2026-Q3")
    assert (parts(cut), cut.complete) == ((2, 3), False)
    sellers = oracle(tables, as_of=date(2026, 9, 30), definitions={"active_counts_recruiting": False}, **quarterly)
    assert parts(find(sellers, "active_distributor_rate", "2026-Q3")) == (2, 5)


def test_returns_are_booked_where_the_settings_say() -> None:
    orders = [
        order(0, date(2026, 9, 5), "100", "D1", "C", original_order_id=None, kind="sale"),
        order(1, date(2026, 10, 5), "30", "D1", "C", original_order_id="o0", kind="return"),
    ]
    for refunds, september, october in (("refund_date", 100, -30), ("order_date", 70, 0), ("ignore", 100, 0)):
        rows = oracle({"orders": orders}, kpis=["sales_volume"], count=2, definitions={"refunds": refunds})
        assert [row.value for row in rows] == [september, october]


@pytest.mark.parametrize(
    ("rule", "active"),
    [("any_order", 2), ("own_order", 1), ("volume>=50", 1), ("earned", 1), ("any_event", 2), ("sale_or_recruit", 3)],
)
def test_who_is_active_by_each_rule(rule: str, active: int) -> None:
    joined = date(2026, 1, 1)
    people = [person(f"D{number}", joined) for number in range(5)]
    people.append(person("D9", date(2026, 10, 9), sponsor_id="D4"))
    orders = [order(0, date(2026, 10, 1), "60", "D0", "C"), order(1, date(2026, 10, 31), "10", "D1", None)]
    tables = {
        "distributors": people,
        "orders": orders,
        "commissions": [
            {"distributor_id": "D2", "paid_on": date(2026, 11, 15), "earned_on": LAST, "amount": Decimal(5)},
            {"distributor_id": "D3", "paid_on": LAST, "earned_on": None, "amount": Decimal(5)},
            {"distributor_id": "D3", "paid_on": LAST, "earned_on": None, "amount": Decimal(-5)},
        ],
        "events": [{"event_id": "v", "held_on": LAST}],
        "attendance": [
            {"event_id": "v", "distributor_id": who, "attended": came}
            for who, came in (("D0", True), ("D1", None), ("D2", False))
        ],
    }
    rows = oracle(tables, kpis=["active_distributors"], count=1, definitions={"active_rule": rule})
    assert find(rows, "active_distributors", "2026-10").value == active


def test_who_leaves_within_the_cooling_off_is_no_new_signup() -> None:
    people = [person("D1", date(2026, 10, 1), terminated_on=date(2026, 10, 15)), person("D2", date(2026, 10, 1))]
    for days, count in ((0, 2), (13, 2), (14, 1)):
        settings = {"cooling_off_days": days}
        rows = oracle({"distributors": people}, kpis=["new_signups"], as_of=LAST, count=1, definitions=settings)
        assert rows[0].value == count


def test_a_lone_late_date_is_not_the_as_of_date() -> None:
    days = [date(2026, 10, 1), LAST, date(2027, 3, 1)]
    orders = [order(number, day, "10", None, "C") for number, day in enumerate(days)]
    assert oracle({"orders": orders}, kpis=["sales_volume"])[-1].period == "2026-10"
    assert oracle({"orders": orders[:2]}, kpis=["sales_volume"])[-1].complete
    orders[2]["ordered_on"] = date(2026, 12, 1)
    assert oracle({"orders": orders}, kpis=["sales_volume"])[-1].period == "2026-12"


def test_a_customer_of_two_sellers_goes_to_the_latest() -> None:
    people = [person("D1", date(2026, 1, 1), market="US"), person("D2", date(2026, 1, 1), market="DE")]
    sales = [(date(2026, 10, 1), "D2"), (LAST, "D1"), (LAST, "D2")]
    orders = [order(number, day, "10", seller, "C") for number, (day, seller) in enumerate(sales)]
    rows = oracle({"distributors": people, "orders": orders}, kpis=["active_customers"], by=["market"], count=1)
    assert {row.dims["market"]: row.value for row in rows} == {"DE": Fraction(1)}


def test_first_sales_leave_out_who_cannot_tell() -> None:
    start = date(2026, 9, 1)
    people = [person(who, joined) for who, joined in (
        ("early", date(2026, 8, 31)), ("sold before", date(2026, 10, 2)), ("own only", start), ("sold", start),
    )]
    orders = [
        order(0, start, "1", "early", "C"), order(1, start, "1", "sold before", "C"),
        order(2, start, "1", "own only", None),
        order(3, date(2026, 9, 11), "1", "sold", "C"), order(4, LAST, "1", None, "C"),
    ]
    tables = {"distributors": people, "orders": orders}
    rows = oracle(tables, kpis=["time_to_first_sale"], every="year", as_of=LAST, count=1)
    assert find(rows, "time_to_first_sale", "2026").value == 10
    assert find(rows, "time_to_first_sale", "2026").denominator == 2
    assert find(rows, "time_to_first_sale", "2026", "within_30").value == Fraction(1, 2)
    settings = {"first_sale": "any"}
    any_sale = oracle(tables, kpis=["time_to_first_sale"], every="year", as_of=LAST, count=1, definitions=settings)
    assert any_sale[0].value == 0
