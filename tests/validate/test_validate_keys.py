"""Rows with one key: equal ones count once, different ones contradict each other."""

from __future__ import annotations

import pytest

from mlmkpi.validate import Example
from validate.company import Company, finding

TWICE = "a row that repeats one with its order_id; it is counted once"
ORDERS = "order_id,ordered_on,amount,bank_account"


def test_a_repeated_row_is_a_warning_whatever_nobody_reads(company: Company) -> None:
    company.put("orders", ORDERS, "O1,2026-03-01,5,x", "O2,2026-03-01,5,x", "O1,2026-03-01,5.00,y", "O1,2026-03-01,5,z")
    assert company.findings() == [
        finding("orders.order_id", "duplicate-row", "warning", 4, TWICE, (3, "O1", "O1"), (4, "O1", "O1"))
    ]


def test_different_rows_with_one_key_are_an_error(company: Company) -> None:
    company.put(
        "orders", ORDERS, "O1,2026-03-01,5,x", "O2,2026-03-01,5,x", "O1,2026-03-01,5,x", "O1,2026-03-02,5,x",
        "O2,2026-03-01,5,x",
    )
    assert company.findings() == [
        finding(
            "orders.order_id", "differing-rows", "error", 5, "different rows with one order_id", (1, "O1", "O1"),
            (3, "O1", "O1"), (4, "O1", "O1"),
        ),
        finding("orders.order_id", "duplicate-row", "warning", 5, TWICE, (5, "O2", "O2")),
    ]


def test_rows_without_a_key_are_no_repeats(company: Company) -> None:
    company.put("orders", ORDERS, ",2026-03-01,5,x", "O1,2026-03-01,5,x", "O1,2026-03-01,5,x", ",2026-03-01,5,x")
    assert company.findings() == [
        finding("orders.order_id", "empty-cell", "error", 4, "order_id is empty", (1, None, None), (4, None, None)),
        finding("orders.order_id", "duplicate-row", "warning", 4, TWICE, (3, "O1", "O1")),
    ]


def test_a_key_repeated_in_another_file(company: Company) -> None:
    company.put("orders_1", ORDERS, "O1,2026-03-01,5,x")
    company.put("orders_2", ORDERS, "O2,2026-03-01,5,x", "O1,2026-03-01,5,x")
    (found,) = company.findings()
    assert (found.rule, found.examples) == ("duplicate-row", (Example("orders_2.csv", 2, "O1", "O1"),))


@pytest.mark.parametrize(
    ("table", "header", "rows"),
    [
        ("attendance", "event_id,distributor_id,attended", ["E1,D1,yes", "E1,D2,yes", "E2,D1,no", "E1,D1,no"]),
        ("followers", "counted_on,account_id,followers",
         ["2026-03-01,a,5", "2026-03-02,a,5", "2026-03-01,b,5", "2026-03-01,a,6"]),
        ("markets", "market,population,segment", ["US,5,a", "US,6,b", "US,5,", "US,6,a"]),
        ("rates", "currency,valid_from,rate",
         ["EUR,2026-03-01,2", "EUR,2026-03-02,1", "GBP,2026-03-01,2", "EUR,2026-03-01,1"]),
    ],
)  # fmt: skip
def test_a_key_of_two_columns(company: Company, table: str, header: str, rows: list[str]) -> None:
    company.put(table, header, *rows)
    (found,) = company.findings()
    assert (found.rule, found.count, [example.row for example in found.examples]) == ("differing-rows", 2, [1, 4])


def test_a_market_without_a_segment_is_one_row(company: Company) -> None:
    company.put("markets", "market,population", "US,5", "UK,6", "US,7")
    (found,) = company.findings()
    assert (found.rule, found.count, found.examples[0].key) == ("differing-rows", 2, "US")


def test_two_rows_without_a_segment_are_of_one_key(company: Company) -> None:
    company.put("markets", "market,population,segment", "US,5,", "US,6,a", "US,7,")
    (found,) = company.findings()
    assert (found.rule, [example.row for example in found.examples]) == ("differing-rows", [1, 3])


def test_posts_without_an_id_do_not_repeat_each_other(company: Company) -> None:
    company.put("posts", "posted_on,post_id,likes", "2026-03-01,,1", "2026-03-01,,1", "2026-03-01,T1,1")
    assert company.findings() == []


def test_every_row_of_a_table_without_a_key_counts(company: Company) -> None:
    company.put("commissions", "distributor_id,paid_on,amount", "D1,2026-03-01,5", "D1,2026-03-01,5")
    assert company.findings() == []
