"""Cohort curves at the command line: the triangle as people see it, and as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from cli.ended import Run
from cli.test_cli_terminal import on_terminal

Call = Callable[..., Run]

PEOPLE = """distributor_id,enrolled_on,terminated_on
D1,2025-12-31,
D2,2026-01-05,2026-03-10
D3,2026-01-20,
D4,2026-02-03,
"""
ORDERS = """order_id,ordered_on,amount,distributor_id,customer_id
1,2026-01-01,9,D1,C1
2,2026-01-06,9,D2,C2
3,2026-02-07,9,D3,C1
4,2026-03-31,9,D4,C1
5,2026-04-02,9,D4,C3
"""
ACTIVE = """Distributors by month of first enrolment · as of 2 Apr 2026
% with a sale in the month, by months since

          people   0   1   2
  Jan 2026     2  50  50   0
  Feb 2026     1   0 100
  all          3  33  67   0

all: of the classes that have come to that month, everybody together
cohorts(of=distributors, curve=active, valid_status=[], active_rule=any_order)
"""
CURRENT = """Customers by month of first sale · as of 2 Apr 2026
% current at the month's end, by months since

          people   0   1   2
  Jan 2026     2   –   – 100

– the orders do not reach back to 2025-12-01
cohorts(of=customers, curve=current, valid_status=[],
customer_lapse_after_days=90)
"""


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A company of four distributors and three customers."""
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "distributors.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return str(tmp_path)


def test_of_people_alone_the_latest_of_their_days_is_the_as_of_date(run: Call, tmp_path: Path) -> None:
    """Of 100,000 who enrolled in January, the number of a class stands apart from its name."""
    rows = "".join(f"D{number},2026-01-05\n" for number in range(100_000))
    (tmp_path / "distributors.csv").write_text(f"distributor_id,enrolled_on\n{rows}E,2026-01-31\n")
    ended = run("cohorts", str(tmp_path), "--curve", "on_books")
    assert ended.out.splitlines()[3:5] == ["            people   0", "  Jan 2026 100,001 100"]
    told = "as of 2026-01-31, the latest date in the export of what has happened"
    assert ended.err == f"note: {told}; another: --as-of YYYY-MM-DD\n"


def test_the_triangle_is_plain_where_it_is_piped(run: Call, exports: str) -> None:
    ended = run("cohorts", exports)
    assert (ended.code, ended.out) == (0, ACTIVE)
    assert ended.err.splitlines() == [
        "note: as of 2026-04-02, the latest order in the export; another: --as-of YYYY-MM-DD",
        "note: orders start on 2026-01-01: who enrolled before that is in no class",
    ]


def test_what_cannot_be_known_is_a_dash_with_the_reason(run: Call, exports: str) -> None:
    assert run("cohorts", exports, "--of", "customers", "--curve", "current").out == CURRENT


def test_a_terminal_shades_it_and_not_under_no_color(exports: str) -> None:
    code, shaded = on_terminal("cohorts", exports, COLUMNS="80")
    assert code == 0
    assert "\x1b[38;5;16;48;5;195m   0\x1b[0m\x1b[38;5;231;48;5;19m 100\x1b[0m" in shaded
    plain = on_terminal("cohorts", exports, NO_COLOR="1")[1].splitlines()
    assert "\n".join(ACTIVE.splitlines()[1:]) in "\n".join(plain)


def test_two_years_of_classes_keep_to_eighty_columns(
    run: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlmkpi.demo import write_demo

    monkeypatch.setenv("COLUMNS", "80")
    write_demo(tmp_path, orders=1000)
    lines = run("cohorts", str(tmp_path)).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[3].split() == ["people", *map(str, range(13)), "18", "24"]
    monkeypatch.setenv("COLUMNS", "200")
    assert run("cohorts", str(tmp_path)).out.splitlines()[3].split() == ["people", *map(str, range(26))]


def test_data_has_a_row_a_class_and_month(run: Call, exports: str, tmp_path: Path) -> None:
    rows = json.loads(run("cohorts", exports, "--format", "json").out)
    assert rows[0] == {
        "cohort": "2026-01", "month": 0, "period": "2026-01", "there": 1, "size": 2, "value": 0.5, "note": None,
    }
    assert [(row["cohort"], row["month"], row["value"]) for row in rows] == [
        ("2026-01", 0, 0.5), ("2026-01", 1, 0.5), ("2026-01", 2, 0), ("2026-02", 0, 0), ("2026-02", 1, 1),
    ]
    written = run("cohorts", exports, "--output", str(tmp_path / "made.csv"))
    assert (written.code, written.out) == (0, "")
    assert (tmp_path / "made.csv").read_text(encoding="utf-8").splitlines()[1] == "2026-01,0,2026-01,1,2,0.5,"
    run("cohorts", exports, "--output", str(tmp_path / "made.parquet"))
    assert pl.read_parquet(tmp_path / "made.parquet").rows(named=True) == rows
    page = run("cohorts", exports, "--format", "markdown").out
    assert "| Feb 2026 | 1 | 0 | 100 |  |\n" in page
    assert "_" not in page.replace("\\_", "")


def test_the_latest_classes_alone(run: Call, exports: str) -> None:
    rows = json.loads(run("cohorts", exports, "--last", "1", "--format", "json").out)
    assert {row["cohort"] for row in rows} == {"2026-02"}


def test_what_cannot_be_drawn_says_what_is_lacking(run: Call, exports: str, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").unlink()
    ended = run("cohorts", exports)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: a cohort's curve needs the distributors export\n  fix  add it to the exports")
    assert "error: --curve does not take gone" in run("cohorts", exports, "--curve", "gone").err


def test_a_company_whose_first_month_has_not_ended_has_no_class(run: Call, exports: str) -> None:
    ended = run("cohorts", exports, "--as-of", "2026-01-20")
    assert (ended.code, "no class has come to the end of a month" in ended.out) == (0, True)


def test_a_day_before_the_first_order_has_no_class(exports: str, run: Call) -> None:
    ended = run("cohorts", exports, "--as-of", "2025-12-31", "--format", "json")
    assert (ended.code, json.loads(ended.out)) == (0, [])
