"""What reading brings up, and what validate says where a table cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlmkpi.errors import DataError
from mlmkpi.settings import Settings
from mlmkpi.validate import Example, Finding, validate
from validate.company import Company, finding

ORDERS = "order_id,ordered_on,amount,volume"

RAGGED = """\
the row has more or fewer cells than the header
  fix  correct the row (a text that holds the delimiter stands in quotes)"""
NUMBER = """\
amount is not a number
  expected  a number such as 1234.56, up to 99,999,999,999,999
  fix       correct the cell"""


def no_day(company: Company, table: str, column: str) -> str:
    """What is said of cells that are no days."""
    return (
        f"{column} is not a date\n  expected  a day such as 2026-12-31\n  fix       correct the cell\n"
        f"            or say how days are written in {company.folder / 'mlmkpi.toml'}:\n"
        f'              [input."{table}.csv"]\n              date_format = "%d.%m.%y"'
    )


def test_cells_that_are_empty_or_cannot_be_read(company: Company) -> None:
    company.put(
        "orders", ORDERS, "O1,2026-03-01,5,1", ",2026-03-01,5,1", "O3,,5,1", "O4,2026-03-01,,1", "O5,31/12,5,1",
        "O6,2026-03-01,12a,1", "O7,2026-03-01,5",
    )
    assert company.findings() == [
        finding("orders", "ragged-row", "error", 7, RAGGED, (7, None, None)),
        finding(
            "orders.ordered_on", "unreadable-cell", "error", 7, no_day(company, "orders", "ordered_on"),
            (5, "O5", "31/12"),
        ),
        finding("orders.amount", "unreadable-cell", "error", 7, NUMBER, (6, "O6", "12a")),
        finding("orders.order_id", "empty-cell", "error", 7, "order_id is empty", (2, None, None)),
        finding("orders.ordered_on", "empty-cell", "error", 7, "ordered_on is empty", (3, "O3", None)),
        finding("orders.amount", "empty-cell", "error", 7, "amount is empty", (4, "O4", None)),
    ]


def test_an_empty_cell_beside_one_that_cannot_be_read(company: Company) -> None:
    company.put("followers", "counted_on,account_id,followers", "2026-03-01,a,5", "soon,,5", "2026-03-02,b,5")
    assert company.findings() == [
        finding("followers.counted_on", "unreadable-cell", "error", 3, no_day(company, "followers", "counted_on"),
                (2, None, "soon")),
        finding("followers.account_id", "empty-cell", "error", 3, "account_id is empty", (2, None, None)),
    ]


def test_a_verdict_may_be_empty(company: Company) -> None:
    company.put("claims", "reviewed_on,violation", "2026-03-01,", "2026-03-01,yes")
    assert company.findings() == []


def test_amounts_with_more_than_four_decimals(company: Company) -> None:
    company.put("orders", ORDERS, "O1,2026-03-01,5.12345,1", "O2,2026-03-01,5.1234,1")
    message = "amount has more than four decimals and is rounded to four"
    expected = [finding("orders.amount", "rounded", "warning", 2, message, (1, "O1", "5.12345"))]
    assert company.findings() == expected


def test_a_missing_column_is_said_and_the_other_tables_are_checked(company: Company) -> None:
    company.put("orders", "order_no,date,total", "1,2026-03-01,5")
    company.put("customers", "customer_id,kind", "C1,odd")
    first, second = company.findings()[:2]
    assert [(each.table, each.column, each.rule, each.count) for each in (first, second)] == [
        ("orders", "order_id", "unreadable-column", 0), ("orders", "ordered_on", "unreadable-column", 0),
    ]  # fmt: skip
    assert first.message.startswith("orders.csv has no column for order_id\n  found     order_no, date, total\n")
    assert [(each.table, each.rule) for each in company.findings()[3:]] == [("customers", "unknown-code")]


def test_a_column_that_can_be_read_in_two_ways(company: Company) -> None:
    company.put("customers", "customer_id,joined_on,kind", "C1,01/02/2026,odd", "C2,03/02/2026,retail")
    found = company.findings()
    assert [(each.column, each.rule, each.severity) for each in found] == [
        ("joined_on", "unreadable-column", "error"), ("kind", "unknown-code", "error"),
    ]  # fmt: skip
    assert found[0].message.startswith("customers.csv: joined_on can be read day first or month first\n")


def test_a_column_in_some_files_only(company: Company) -> None:
    company.put("orders_1", ORDERS, "O1,2026-03-01,5,1")
    company.put("orders_2", "order_id,ordered_on,amount", "O2,2026-03-01,5")
    assert company.findings() == [
        Finding(
            "orders", "volume", "column-in-some-files", "warning", 1, 2,
            (Example("orders_2.csv", None, None, None),),
            "volume is not in every file of orders and is left unread",
        )
    ]


def test_a_header_alone(company: Company) -> None:
    company.put("orders", ORDERS)
    expected = [Finding("orders", None, "no-rows", "warning", 1, 1, (), "the export has a header and no rows")]
    assert company.findings() == expected


def test_a_clean_company_has_no_findings(company: Company) -> None:
    company.put("orders", ORDERS, "O1,2026-03-01,5,1")
    company.put("customers", "customer_id,kind", "C1,retail")
    assert company.findings() == []


def test_names_never_stand_in_a_finding(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,name", "D1,2026-03-01,Ann Lee", "D1,2026-03-01,Bob Ray")
    (found,) = company.findings()
    assert found.rule == "differing-rows"
    assert "Ann" not in str(found)
    assert "Bob" not in str(found)


def test_birth_dates_never_stand_in_a_finding(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,birth_date", "D1,2026-03-01,2015-05-06", "D2,2026-03-01,x7")
    company.put("customers", "customer_id,birth_date,birth_year", "C1,03/04/1990,1891", "C2,05/06/1990,")
    found = company.findings()
    assert [(each.rule, each.column, [(one.row, one.key, one.value) for one in each.examples]) for each in found] == [
        ("unreadable-cell", "birth_date", [(2, "D2", None)]), ("under-18", "birth_date", [(1, "D1", None)]),
        ("unreadable-column", "birth_date", []), ("over-110", "birth_year", [(1, "C1", None)]),
    ]
    assert not any(cell in str(found) for cell in ("2015", "x7", "1990", "1891"))


def test_errors_come_first_in_each_table(company: Company) -> None:
    company.put("surveys", "answered_on,score", "2026-03-01,11", "2026-03-01,x")
    assert [found.severity for found in company.findings()] == ["error", "warning"]


def test_settings_are_found_beside_the_exports(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.put("customers", "customer_id,kind", "C1,vip")
    monkeypatch.chdir(company.folder)
    (company.folder / "mlmkpi.toml").write_text('[codes.customers.kind]\npreferred = "vip"\n')
    assert validate(company.folder) == []
    (company.folder / "other.toml").write_text("")
    assert [found.rule for found in validate(company.folder, config=company.folder / "other.toml")] == ["unknown-code"]


def test_what_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no table found"):
        validate(tmp_path, settings=Settings())
