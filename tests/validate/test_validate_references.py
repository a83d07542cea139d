"""Ids that the table they refer to does not have."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mlmkpi.settings import Settings
from mlmkpi.validate import Example, Finding, Severity, validate
from validate.company import Company, finding

PEOPLE = ("distributor_id,enrolled_on,sponsor_id,enroller_id", "D1,2026-01-01,,", "D2,2026-01-01,D1,D1")
ORDERS = "order_id,ordered_on,amount,distributor_id,customer_id,kind,original_order_id"


def unknown(
    where: str, severity: Severity, checked: int, target: str, *examples: tuple[int, str | None, str]
) -> Finding:
    message = f"{where.partition('.')[2]} is not among the {target}"
    return finding(where, "unknown-reference", severity, checked, message, *examples)


def test_orders_by_unknown_sellers_and_buyers(company: Company) -> None:
    company.put("distributors", *PEOPLE)
    company.put("customers", "customer_id,distributor_id", "C1,D1", "C2,D9")
    company.put(
        "orders", ORDERS, "O1,2026-02-01,5,D1,C1,sale,", "O2,2026-02-01,5,D9,C9,sale,", "O3,2026-02-01,5,,,sale,",
        "O4,2026-02-01,5,D2,D1,sale,", "O5,2026-02-02,-5,D2,C1,return,O1", "O6,2026-02-02,-5,D2,C1,return,O99",
    )
    assert company.findings() == [
        unknown("orders.distributor_id", "warning", 6, "distributors", (2, "O2", "D9")),
        unknown("orders.original_order_id", "warning", 6, "orders", (6, "O6", "O99")),
        unknown("orders.customer_id", "info", 6, "customers", (2, "O2", "C9")),
        unknown("customers.distributor_id", "warning", 2, "distributors", (2, "C2", "D9")),
    ]


def test_a_table_that_is_not_there_makes_nothing_unknown(company: Company) -> None:
    company.put("orders", ORDERS, "O1,2026-02-01,5,D1,C1,sale,")
    assert company.findings() == []


def test_who_has_an_enrolment_is_known(company: Company) -> None:
    company.put("distributors", *PEOPLE)
    company.put("enrollments", "distributor_id,enrolled_on,sponsor_id", "D3,2026-01-05,D1", "D2,2026-01-01,D4")
    company.put("orders", ORDERS, "O1,2026-02-01,5,D3,,sale,")
    assert company.findings() == [
        unknown("enrollments.distributor_id", "warning", 2, "distributors", (1, None, "D3")),
        unknown("enrollments.sponsor_id", "warning", 2, "distributors", (2, None, "D4")),
    ]


def test_whose_enrolment_has_no_day_is_known(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-01-01", "D2,")
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-02-01,5,D2", "O2,2026-02-01,5, D2 ")
    assert company.findings() == [
        finding("distributors.enrolled_on", "empty-cell", "error", 2, "enrolled_on is empty", (2, "D2", None))
    ]


def test_unknown_sponsors_and_enrollers(company: Company) -> None:
    company.put("distributors", PEOPLE[0], "D1,2026-01-01,D7,", "D2,2026-01-01,D1,D8")
    assert company.findings() == [
        unknown("distributors.sponsor_id", "warning", 2, "distributors", (1, "D1", "D7")),
        unknown("distributors.enroller_id", "warning", 2, "distributors", (2, "D2", "D8")),
    ]


def test_what_figures_do_without_is_only_said(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-02-01,5")
    company.put("order_lines", "order_id,product_id,quantity,amount", "O1,P1,1,5", "O2,P2,1,5")
    company.put("products", "product_id,category", "P1,care")
    company.put("markets", "market,population", "US,1000")
    company.put("events", "event_id,held_on,market", "E1,2026-02-01,US", "E2,2026-02-01,UK", "E3,2026-02-01,")
    company.put("attendance", "event_id,distributor_id", "E1,D1", "E4,D1")
    assert company.findings() == [
        unknown("order_lines.order_id", "warning", 2, "orders", (2, None, "O2")),
        unknown("order_lines.product_id", "info", 2, "products", (2, None, "P2")),
        unknown("events.market", "info", 3, "markets", (2, "E2", "UK")),
        unknown("attendance.event_id", "warning", 2, "events", (2, "E4 / D1", "E4")),
    ]


@pytest.mark.parametrize("as_text", [True, False])
def test_ids_are_compared_as_text_whatever_their_type(tmp_path: Path, as_text: bool) -> None:
    people = pl.DataFrame({"distributor_id": [7, 8], "enrolled_on": ["2026-01-01"] * 2})
    orders = {"order_id": ["1", "2"], "ordered_on": ["2026-01-02"] * 2, "amount": [1.0, 2.0]}
    given = pl.DataFrame(orders | {"distributor_id": ["7", "007"] if as_text else [7, 9]})
    assert validate({"distributors": people, "orders": given}, settings=Settings()) == [
        Finding(
            "orders", "distributor_id", "unknown-reference", "warning", 1, 2,
            (Example("the orders frame", 2, "2", "007" if as_text else "9"),),
            "distributor_id is not among the distributors",
        )
    ]


def test_the_first_five_of_several_files_are_shown(company: Company) -> None:
    company.put("distributors", *PEOPLE)
    company.put("orders_1", "order_id,ordered_on,amount,distributor_id", "O1,2026-02-01,5,X1", "O2,2026-02-01,5,D1")
    company.put(
        "orders_2", "order_id,ordered_on,amount,distributor_id", *(f"P{n},2026-02-01,5,X{n}" for n in range(2, 9))
    )
    (found,) = company.findings()
    assert (found.count, found.checked) == (8, 9)
    assert found.examples == (
        Example("orders_1.csv", 1, "O1", "X1"), Example("orders_2.csv", 1, "P2", "X2"),
        Example("orders_2.csv", 2, "P3", "X3"), Example("orders_2.csv", 3, "P4", "X4"),
        Example("orders_2.csv", 4, "P5", "X5"),
    )  # fmt: skip
