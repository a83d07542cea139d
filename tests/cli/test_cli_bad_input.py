"""Exports that cannot be used: one error that says where, the right exit code, nothing on stdout, no traceback."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cli.ended import Run

Call = Callable[..., Run]
HEADER = "order_id,ordered_on,amount,distributor_id,status\n"
GOOD = "1,2026-02-01,9.50,A1,paid\n"
PEOPLE = "distributor_id,enrolled_on,name\nA1,2026-01-01,Jane Doe jane@example.com\n"


def after_good(row: str) -> dict[str, str]:
    return {"orders.csv": f"{HEADER}{GOOD}{row}\n"}


def write(folder: Path, files: Mapping[str, str | bytes]) -> str:
    """A folder of exports with one distributor."""
    for name, text in {"distributors.csv": PEOPLE, **files}.items():
        path = folder / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(folder / "exports")


REFUSED: dict[str, tuple[Mapping[str, str | bytes], str]] = {
    "an empty file": ({"orders.csv": ""}, "orders.csv is empty"),
    "a missing column": ({"orders.csv": "order_id,ordered_on\n1,2026-02-01\n"}, "orders.csv has no column for amount"),
    "a row with too few cells": (
        {"orders.csv": f"{HEADER}1,2026-02-01,9.50\n"}, "orders.csv row 1: not as many cells as the header has"
    ),
    "a row with too many cells": (
        after_good("2,2026-02-02,1.00,A1,paid,more"), "orders.csv row 2: not as many cells as the header has"
    ),
    "a date without a year": (after_good("2,31/12,3.00,A1,paid"), "orders.csv row 2: ordered_on is not a date"),
    "a date of another form": (after_good("2,31/12/2025,3.00,A1,paid"), "orders.csv row 2: ordered_on is not a date"),
    "a distributor's date of another form": (
        {"orders.csv": HEADER + GOOD, "distributors.csv": f"{PEOPLE}A2,31/12/2025,\n"},
        "distributors.csv row 2: enrolled_on is not a date",
    ),
    "an enrolment's date without a year": (
        {"orders.csv": HEADER + GOOD, "enrollments.csv": "distributor_id,enrolled_on\nA1,2026-01-01\nA2,31/12\n"},
        "enrollments.csv row 2: enrolled_on is not a date",
    ),
    "several currencies": (
        {"orders.csv": "order_id,ordered_on,amount,currency\n1,2026-02-01,9,USD\n2,2026-02-01,9,EUR\n"},
        "orders.currency has several currencies",
    ),
    "an unknown kind": (
        {"orders.csv": "order_id,ordered_on,amount,kind\n1,2026-02-01,9,sale\n2,2026-02-01,9,odd\n"},
        "orders.kind has codes that are not known",
    ),
    "a gzip cut short": (
        {"orders.csv.gz": gzip.compress((HEADER + GOOD * 1000).encode())[:60]}, "orders.csv.gz is damaged or cut short"
    ),
    "points and commas": (after_good('2,2026-02-02,"1.234,56",A1,paid'),
                          "orders.csv: amount has decimal points and decimal commas"),
    "letters": (after_good("2,2026-02-02,many,A1,paid"), "orders.csv row 2: amount is not a number"),
    "NaN": (after_good("2,2026-02-02,NaN,A1,paid"), "orders.csv row 2: amount is not a number"),
    "infinity": (after_good("2,2026-02-02,-inf,A1,paid"), "orders.csv row 2: amount is not a number"),
    "an amount that does not fit": (
        after_good("2,2026-02-02,99999999999999999999,A1,paid"), "orders.csv row 2: amount is not a number"
    ),
    "one key, two rows": (after_good("1,2026-02-01,3.00,A1,paid"), "orders has different rows with one order_id"),
    "an unknown status": (
        after_good("2,2026-02-01,3.00,A1,strange"), "orders.status has codes that neither count nor are known not to"
    ),
    "a table in two forms": (
        {"orders.csv": HEADER + GOOD, "orders/a.csv": HEADER + GOOD}, "orders is there in two forms"
    ),
    "bytes that are no text": ({"orders.csv": b"\xff\xfe\x00"}, "orders.csv is not utf-16 throughout"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused(run: Call, tmp_path: Path, name: str) -> None:
    files, what = REFUSED[name]
    ended = run("compute", write(tmp_path, files), "--output", str(tmp_path / "k.csv"))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines()[0] == f"error: {what}"
    assert "Traceback" not in ended.err
    assert "Jane" not in ended.err
    assert [each.name for each in tmp_path.iterdir()] == ["exports"]


LEFT_OUT = (
    "a row with too few cells", "letters", "one key, two rows", "an unknown status", "a date without a year",
    "a date of another form",
)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_rows_that_do_not_fit_can_be_left_out(run: Call, tmp_path: Path, name: str) -> None:
    files, _ = REFUSED[name]
    ended = run("compute", write(tmp_path, files), "--bad-rows", "skip", "--format", "json")
    assert (ended.code, ended.out[:2]) == (0, "[\n")


def test_a_folder_without_a_table_is_refused(run: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    ended = run("compute", str(tmp_path))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: no table found in {tmp_path}\n  found     notes.txt\n")


def test_a_cell_that_cannot_be_read_says_where_what_and_what_to_do(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, REFUSED["a date of another form"][0])
    first = "            or say how days are written in "
    assert run("compute", folder).err.splitlines()[1:] == [
        '  got       "31/12/2025"', "  expected  a day such as 2026-12-31", "  fix       correct the cell",
        f"{first}{folder}/mlmkpi.toml:", '              [input."orders.csv"]',
        '              date_format = "day-first"   or "month-first"',
        "            or leave such rows out: --bad-rows skip",
    ]


@pytest.mark.parametrize("ids", [["1", "2", "3"], ["A1", "B-2", "3"]])
@pytest.mark.parametrize("command", ["compute", "explain average_order_value", "trace sales_volume"])
def test_an_amount_of_a_typed_file_that_is_no_number_says_where(
    run: Call, tmp_path: Path, command: str, ids: list[str]
) -> None:
    days = [date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 2)]
    orders = pl.DataFrame({"order_id": ids, "ordered_on": days, "amount": [2.0, 4.0, float("nan")]})
    orders.write_parquet(tmp_path / "orders.parquet")
    ended = run(*command.split(), str(tmp_path))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines()[0] == "error: orders.parquet row 3: amount is not a number"
    left = run(*command.split(), str(tmp_path), "--bad-rows", "skip")
    assert left.code == 0


def test_a_file_that_is_not_there_is_refused(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {})
    (tmp_path / "exports" / "orders.csv").symlink_to("nowhere.csv")
    for command in ("compute", "validate"):
        ended = run(command, folder)
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.splitlines()[0] == "error: orders.csv cannot be read"


SELF = "distributor_id,enrolled_on,sponsor_id,terminated_on\nA1,2026-01-01,,\nA2,2026-01-01,A2,2025-12-01\n"


def test_who_sponsors_themselves_is_a_warning_and_an_error_where_the_tree_is_asked_for(
    run: Call, tmp_path: Path
) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "distributors.csv": SELF})
    ended = run("compute", folder, "--format", "json")
    assert (ended.code, ended.out[:2]) == (0, "[\n")
    warning = "warning: a person is their own sponsor: A2 under A2; figures of the tree are left out"
    assert ended.err.splitlines()[0].startswith(warning)
    rows = [row for row in json.loads(ended.out) if row["kpi"] == "team_sales_volume" and row["statistic"] == "value"]
    assert {row["note"] for row in rows} == {"a person is their own sponsor: A2 under A2"}
    asked = run("compute", folder, "--kpi", "team_sales_volume")
    assert (asked.code, asked.out) == (3, "")
    assert asked.err.splitlines()[:2] == ["error: a person is their own sponsor", "  got       A2 under A2"]


def test_who_is_terminated_before_they_enrolled_is_a_warning(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "distributors.csv": SELF})
    ended = run("validate", folder)
    assert ended.code == 0
    assert "  warning  terminated_on is before enrolled_on; the termination does not" in ended.out


def test_a_header_alone_is_no_error(run: Call, tmp_path: Path) -> None:
    ended = run("compute", write(tmp_path, {"orders.csv": HEADER}), "--format", "json")
    assert (ended.code, ended.out[:2]) == (0, "[\n")


def test_settings_with_an_unknown_key_name_the_nearest(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "mlmkpi.toml": '[colums.orders]\namount = "total"\n'})
    ended = run("compute", folder)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == "  fix       did you mean columns?"


def test_a_column_of_another_table_is_named_with_its_prefix(run: Call, tmp_path: Path) -> None:
    header = "order_id,ordered_on,amount,distributor_id,country\n"
    folder = write(tmp_path, {"orders.csv": f"{header}1,2026-02-01,9.50,A1,US\n"})
    ended = run("compute", folder, "--kpi", "sales_volume", "--by", "country")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith("  fix       did you mean order.country?\n")


def test_what_is_made_of_birth_days_and_trees_is_among_what_splits(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "distributors.csv": f"{PEOPLE}A2,2026-01-01,\n"})
    ended = run("compute", folder, "--kpi", "sales_volume", "--by", "age_bnd")
    assert "  expected  age_band, birth_year, city, distributor, distributor_id, " in ended.err
    assert ended.err.endswith("  fix       did you mean age_band?\n")


def test_amounts_that_were_rounded_are_counted(run: Call, tmp_path: Path) -> None:
    rows = "2,2026-02-01,9.00005,A1,paid\n3,2026-02-01,9.00006,A1,paid\n"
    for more, told in ((rows[:29], "1 row of orders: amount"), (rows, "2 rows of orders: amount")):
        ended = run("compute", write(tmp_path, {"orders.csv": HEADER + GOOD + more}), "--kpi", "sales_volume")
        assert f"warning: {told} has more than four decimals and is rounded to four · " in ended.err


def test_a_column_that_some_files_lack_is_told_by_whatever_reads_its_table(run: Call, tmp_path: Path) -> None:
    head = "order_id,ordered_on,amount,distributor_id"
    one, two = f"{head},volume\n1,2026-01-05,10,A1,4\n", f"{head}\n2,2026-01-06,20,A1\n"
    people = "distributor_id,enrolled_on\nA1,2026-01-01\n"
    folder = write(tmp_path, {"orders_1.csv": one, "orders_2.csv": two, "distributors.csv": people})
    told = f"warning: volume is not in every file of orders and is left unread · mlmkpi validate {folder}\n"
    for command in (["compute"], ["trace", "sales_volume"], ["cohorts"]):
        assert told in run(*command, folder).err, command
    for command in (["validate"], ["explain", "sales_volume"]):
        assert "volume is not in every file of orders and is left unread" in " ".join(run(*command, folder).out.split())


def test_without_orders_no_order_is_said_to_tell_the_day(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER, "distributors.csv": f"{PEOPLE}A2,2026-09-01,\n"})
    ended = run("compute", folder, "--kpi", "new_signups", "--format", "json")
    assert ended.code == 0
    assert "warning: the latest date is 2026-09-01, 243 days after the next: taken for a slip" in ended.err
    assert "note: as of 2026-01-01, the latest date in the export of what has happened" in ended.err
    ended = run("compute", folder, "--kpi", "sales_volume")
    assert ended.err.startswith("error: no date tells what day it is as of\n  got  no day in orders\n")


def test_a_kpi_of_which_no_column_is_there_is_null_with_the_reason(run: Call, tmp_path: Path) -> None:
    """Nothing that it could read tells the day then, but the other tables do."""
    folder = write(tmp_path, {"posts.csv": "posted_on,likes\n2026-01-02,5\n2026-01-31,7\n"})
    for kpi, why in (("social_engagement_rate", "needs posts.reach"), ("activity_rate", "needs the activities or")):
        ended = run("compute", folder, "--kpi", kpi, "--format", "csv", "--last", "1")
        assert (ended.code, ended.out.count("\n")) == (0, 2)
        assert f"{kpi},2026-01,2026-01-01,2026-01-31,,,,,,rate," in ended.out
        assert why in ended.out
        assert "note: as of 2026-01-31, the latest date in the export of what has happened" in ended.err


MAILS = {
    "distributors.csv": "distributor_id,enrolled_on,sponsor_id\n"
                        "ann@x.org,2026-01-01,bob@x.org\nbob@x.org,2026-01-01,ann@x.org\n",
    "orders.csv": "order_id,ordered_on,amount,distributor_id,kind,status\n1,2026-02-01,5,ann@x.org,sale,paid\n",
}


@pytest.mark.parametrize("files", [
    {},
    {"orders.csv": MAILS["orders.csv"].replace(",paid", ",zed@x.org")},
    {"orders.csv": MAILS["orders.csv"].replace(",sale", ",zed@x.org")},
    {"distributors.csv": MAILS["distributors.csv"] + "ann@x.org,2026-01-02,\n"},
    {"distributors.csv": MAILS["distributors.csv"].partition("\n")[2]},
    {"orders.csv": "1,2026-02-01,5,zed@x.org\n"},
], ids=["circle", "status", "kind", "two rows", "no header", "no header of orders"])
def test_addresses_stand_in_no_message(run: Call, tmp_path: Path, files: dict[str, str]) -> None:
    folder = write(tmp_path, {**MAILS, **files})
    asked = [
        ("validate", folder), ("validate", folder, "--format", "json"), ("compute", folder),
        ("compute", folder, "--kpi", "team_sales_volume"), ("compute", folder, "--kpi", "new_signups"),
        ("compute", folder, "--team", "ann@x.or", "--kpi", "sales_volume"),
        ("compute", folder, "--kpi", "sales_volume", "--where", "distributor=a@x.or"),
    ]
    for command in asked:
        ended = run(*command)
        assert not {"ann@x.org", "bob@x.org", "zed@x.org"} & set(re.split(r"[\s\"',:]+", ended.out + ended.err))


def test_a_file_without_a_header_is_not_shown(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"distributors.csv": "D1,2026-01-01,Ann Lee\nD2,2026-01-02,Bob Ray\n"})
    ended = run("compute", folder)
    assert ended == Run(
        3, "", "error: distributors.csv has no header\n  found     a first line that looks like a record\n"
        "  expected  a line of names, distributor_id, enrolled_on among them\n  fix       export it with its header\n",
    )


FOREIGN = "order_no,date,rep,total\n1,2026-02-01,A1,5\n"


def test_a_table_with_the_headers_of_a_stranger_is_told(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": FOREIGN})
    what = "orders.csv has no column for order_id"
    ended = run("compute", folder)
    assert ended.code == 0
    assert ended.err.startswith(f"warning: {what}: left unread · mlmkpi validate {folder}\n")
    named = run("compute", folder, "--kpi", "sales_volume")
    assert (named.code, named.out) == (3, "")
    assert named.err.startswith(f"error: {what}\n  found     order_no, date, rep, total\n")
    known = run("compute", folder, "--kpi", "sales_volume", "--as-of", "2026-02-01", "--format", "csv")
    assert known.code == 0
    assert "needs orders.amount" in known.out
    assert known.err.startswith(f"warning: {what}: left unread")
