"""Exports that cannot be used: one error that says where, the right exit code, nothing on stdout, no traceback."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path

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


@pytest.mark.parametrize("name", ["a row with too few cells", "letters", "one key, two rows", "an unknown status"])
def test_rows_that_do_not_fit_can_be_left_out(run: Call, tmp_path: Path, name: str) -> None:
    files, _ = REFUSED[name]
    ended = run("compute", write(tmp_path, files), "--bad-rows", "skip", "--format", "json")
    assert (ended.code, ended.out[:2]) == (0, "[\n")


def test_a_folder_without_a_table_is_refused(run: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    ended = run("compute", str(tmp_path))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: no table found in {tmp_path}\n  found     notes.txt\n")


def test_a_header_alone_is_no_error(run: Call, tmp_path: Path) -> None:
    ended = run("compute", write(tmp_path, {"orders.csv": HEADER}), "--format", "json")
    assert (ended.code, ended.out[:2]) == (0, "[\n")


def test_settings_with_an_unknown_key_name_the_nearest(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "mlmkpi.toml": '[colums.orders]\namount = "total"\n'})
    ended = run("compute", folder)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == "  fix       did you mean columns?"
