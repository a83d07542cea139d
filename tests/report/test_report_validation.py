"""What validation found, as people and machines read it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mlmkpi.report.validation import CheckedTable, render_findings, render_findings_json
from mlmkpi.sources.findings import Example, Finding

AMOUNT = Finding(
    "orders", "amount", "unreadable-cell", "error", 1, 10_204_551,
    (Example("orders_2026-10.csv", 1204, None, "1.234,56"),),
    "amount is not a number\n  expected  1234.56\n  fix       correct the cell",
)
UNKNOWN = Finding(
    "orders", "distributor_id", "unknown-reference", "warning", 12, 10_204_551,
    (Example("orders_2026-10.csv", 88, "O1", "000917"), Example("orders_2026-10.csv", 89, "O2", "000917"),
     Example("orders_2026-10.csv", 91, "O3", "00912")),
    "distributor_id is not among the distributors",
)
NO_COLUMN = Finding(
    "customers", "customer_id", "missing-column", "error", 0, 0, (),
    "customers.csv has no column for customer_id\n  found  a, b\n  fix    name it",
)
CYCLE = Finding("distributors", "sponsor_id", "cycle", "warning", 2, 9, (Example(None, None, "7", None),), "a circle")
TABLES = (
    CheckedTable("distributors", 1_000_000, 1), CheckedTable("orders", 10_204_551, 3),
    CheckedTable("customers", None, 1), CheckedTable("products", 27, 1),
)


def page(*findings: Finding, width: int = 80, colour: bool = False) -> str:
    return render_findings(TABLES, findings, seconds=2.14, width=width, colour=colour)


def test_every_table_has_its_rows_and_below_them_what_was_found() -> None:
    assert page(CYCLE, AMOUNT, UNKNOWN, NO_COLUMN) == """\
distributors   1,000,000 rows in 1 file
  warning  a circle                                       2
           key 7
orders        10,204,551 rows in 3 files
  error    amount is not a number                         1
           orders_2026-10.csv row 1204   got "1.234,56"
           expected  1234.56
           fix       correct the cell
  warning  distributor_id is not among the distributors  12
           orders_2026-10.csv row 88 …   got "000917", "00912"
customers              ? rows in 1 file
  error    customers.csv has no column for customer_id
           found  a, b
           fix    name it
products              27 rows in 1 file  ✓

2 errors, 2 warnings in 11,204,578 rows (2.1 s)
"""


def test_an_empty_cell_is_told_by_its_row_and_key() -> None:
    empty = replace(UNKNOWN, count=1, message="amount is empty", examples=(Example("orders.csv", 3, "O9", None),))
    assert page(empty).splitlines()[3] == "           orders.csv row 3   key O9"


def test_nothing_found_is_said() -> None:
    assert page().splitlines()[-1] == "nothing found in 11,204,578 rows (2.1 s)"


@pytest.mark.parametrize("width", [40, 60, 120])
def test_a_page_keeps_to_its_width(width: int) -> None:
    text = page(AMOUNT, UNKNOWN, width=width)
    assert all(len(line) <= width for line in text.splitlines() if "row" not in line)


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_counts_stand_beside_what_they_count(width: int) -> None:
    """In one column, right below the longest text, which goes on below where it has no room within 80 columns."""
    short, many = replace(AMOUNT, count=1_234), replace(UNKNOWN, count=12)
    lines = page(short, many, width=width).splitlines()
    assert [line for line in lines if line.startswith(("  error", "  warning"))] == [
        "  error    amount is not a number                        1,234",
        "  warning  distributor_id is not among the distributors     12",
    ]
    long = replace(AMOUNT, message="amount " * 20)
    lines = page(long, many, width=width).splitlines()
    assert lines[2:4] == [f"  error    {'amount ' * 9}     1", f"           {('amount ' * 9).rstrip()}"]
    assert [line for line in lines if line.startswith("  warning")] == [f"  warning  {many.message:<65}  12"]


def test_a_long_line_goes_on_below_its_text_and_a_setting_stays_whole() -> None:
    """What goes into the settings is to be copied as it is: it may be wider."""
    headers = ", ".join(f"column {number}" for number in range(9))
    setting = f'[input."{"long-name-of-a-file-" * 3}.csv"]'
    fix = "name it in /exports/of/the/company/in/a/folder/far/away/mlmkpi.toml:"
    found = Finding(
        "orders", "amount", "unreadable-column", "error", 1, 9, (),
        f"no column for amount\n  found  {headers}\n  fix    {fix}\n           {setting}\n         amount = 1",
    )
    assert page(found).splitlines()[2:9] == [
        "  error    no column for amount  1",
        "           found  column 0, column 1, column 2, column 3, column 4, column 5,",
        "                  column 6, column 7, column 8",
        "           fix    name it in",
        "                  /exports/of/the/company/in/a/folder/far/away/mlmkpi.toml:",
        f"                    {setting}", "                  amount = 1",
    ]


def test_an_error_alone_is_in_the_accent_colour() -> None:
    lines = page(AMOUNT, UNKNOWN, colour=True).splitlines()
    assert [line.partition("\x1b[0m")[0].rstrip() for line in lines if "\x1b[31m" in line] == ["\x1b[31m  error"]


def test_json_has_the_fields_of_a_finding_in_order() -> None:
    (found,) = json.loads(render_findings_json([AMOUNT]))
    assert found == {
        "table": "orders", "column": "amount", "rule": "unreadable-cell", "severity": "error", "count": 1,
        "checked": 10_204_551,
        "examples": [{"file": "orders_2026-10.csv", "row": 1204, "key": None, "value": "1.234,56"}],
        "message": "amount is not a number\n  expected  1234.56\n  fix       correct the cell",
    }
    assert list(found) == ["table", "column", "rule", "severity", "count", "checked", "examples", "message"]
    assert render_findings_json([]) == "[]\n"
