"""Dates out of order, in the future of the others, and periods that overlap."""

from __future__ import annotations

import pytest

from validate.company import Company, finding


def late(where: str, checked: int, *examples: tuple[int, str | None, str]) -> object:
    message = f"{where.partition('.')[2]} is more than 31 days after the latest date of the other rows"
    return finding(where, "future-date", "warning", checked, message, *examples)


def test_an_order_long_after_the_others(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount", "O1,2026-03-01,5", "O2,2026-03-31,5", "O3,2026-05-02,5",
        "O4,2026-05-02,5",
    )
    assert company.findings() == [late("orders.ordered_on", 4, (3, "O3", "2026-05-02"), (4, "O4", "2026-05-02"))]


def test_orders_long_before_the_others(company: Company) -> None:
    """2016-03-01 and 3,654 days later; a day later there is no slip, and neither where the others are no more."""
    orders = ("O1,1026-01-01,5", "O2,2016-03-01,5", "O3,2026-03-03,5", "O4,2026-03-04,5", "O5,2026-03-05,5")
    company.put("orders", "order_id,ordered_on,amount", *orders)
    early = "ordered_on is more than ten years before the others; orders start after it"
    expected = finding("orders.ordered_on", "past-date", "warning", 5, early,
                       (1, "O1", "1026-01-01"), (2, "O2", "2016-03-01"))
    assert company.findings() == [expected]
    company.put("orders", "order_id,ordered_on,amount", orders[1].replace("03-01", "03-02"), *orders[2:])
    assert company.findings() == []
    company.put("orders", "order_id,ordered_on,amount", "O9,2016-02-29,5", *orders[1:4])
    assert company.findings() == []


def test_dates_a_century_before_the_as_of_date(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-03-31,5")
    company.put("customers", "customer_id,joined_on", "C1,1026-03-31", "C2,1926-03-31")
    early = "joined_on is more than a hundred years before the as-of date"
    assert company.findings() == [
        finding("customers.joined_on", "past-date", "warning", 2, early, (1, "C1", "1026-03-31"))
    ]


def test_thirty_one_days_are_not_long(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-03-01,5", "O2,2026-03-31,5", "O3,2026-05-01,5")
    assert company.findings() == []


def test_other_tables_are_held_against_the_orders(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-03-31,5")
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-05-01", "D2,2026-05-02")
    company.put("events", "event_id,held_on", "E1,2026-12-01")
    assert company.findings() == [late("distributors.enrolled_on", 2, (2, "D2", "2026-05-02"))]


def test_without_orders_the_tables_are_held_against_each_other(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-03-01")
    company.put("activities", "distributor_id,occurred_on,kind", "D1,2099-03-02,login", "D1,2026-03-05,login")
    assert company.findings() == [late("activities.occurred_on", 2, (1, None, "2099-03-02"))]


@pytest.mark.parametrize(
    ("table", "header", "bad", "good", "rule", "later", "earlier"),
    [
        ("leads", "lead_id,created_on,converted_on", "L1,2026-03-02,2026-03-01", "L2,2026-03-02,2026-03-02",
         "converted-before-created", "converted_on", "created_on"),
        ("trainings", "distributor_id,course,assigned_on,completed_on", "D1,a,2026-03-02,2026-03-01",
         "D1,b,,2026-03-01", "completed-before-assigned", "completed_on", "assigned_on"),
        ("goals", "distributor_id,kpi,goal,starts_on,ends_on", "D1,sales_volume,5,2026-03-02,2026-03-01",
         "D1,new_signups,5,2026-03-02,2026-03-02", "ends-before-start", "ends_on", "starts_on"),
        ("targets", "kpi,goal,starts_on,ends_on", "x,5,2026-03-02,2026-03-01", "x,5,,", "ends-before-start",
         "ends_on", "starts_on"),
    ],
)  # fmt: skip
def test_an_end_before_its_start(
    company: Company, table: str, header: str, bad: str, good: str, rule: str, later: str, earlier: str
) -> None:
    company.put(table, header, bad, good)
    (found,) = company.findings()
    key = "L1" if table == "leads" else None
    assert found == finding(
        f"{table}.{later}", rule, "warning", 2, f"{later} is before {earlier}", (1, key, "2026-03-01")
    )


def test_periods_that_overlap_or_end_before_they_start(company: Company) -> None:
    company.put(
        "periods", "period,starts_on,ends_on", "P3,2026-03-29,2026-04-25", "P1,2026-02-01,2026-02-28",
        "P2,2026-02-28,2026-03-28", "P4,2026-05-02,2026-05-01", "P5,2026-03-30,2026-04-01",
    )
    overlap = "starts_on is not after the end of the period before"
    assert company.findings() == [
        finding(
            "periods.ends_on", "ends-before-start", "error", 5, "ends_on is before starts_on", (4, "P4", "2026-05-01")
        ),
        finding(
            "periods.starts_on", "overlapping-periods", "error", 5, overlap, (3, "P2", "2026-02-28"),
            (5, "P5", "2026-03-30"),
        ),
    ]
