"""Which file is which table, and what is said of a folder that has none, or one twice."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlmkpi.errors import DataError, MlmkpiError, SettingsError, UsageError
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports
from mlmkpi.sources.discovery import holds_a_table
from sources.folder import Folder

ORDERS = "order_id,ordered_on,amount\n1,2026-10-01,5\n"


def refusal(exports: Folder, kind: type[MlmkpiError], settings: dict[str, Any] | None = None, given: Any = None) -> str:
    with pytest.raises(kind) as caught:
        exports.open(settings, given)
    return str(caught.value)


def test_tables_are_found_by_their_files_names(exports: Folder) -> None:
    for name in ("orders.csv", "order_lines-2026.csv", "Customers 2026.CSV", "ranks.tsv", "leads_old.txt"):
        exports.put(name, "x\n1\n")
    for name in ("orderly.csv", "notes.md", ".orders.csv", "_SUCCESS", "mlmkpi.toml"):
        exports.put(name, "x\n1\n")
    opened = exports.open()
    assert {name: source.files for name, source in opened.tables.items()} == {
        "orders": ("orders.csv",), "customers": ("Customers 2026.CSV",), "order_lines": ("order_lines-2026.csv",),
        "ranks": ("ranks.tsv",), "leads": ("leads_old.txt",),
    }  # fmt: skip
    assert opened.leftover == ("notes.md", "orderly.csv")


def test_what_is_hidden_in_a_folder_that_the_settings_name_is_left_out(exports: Folder) -> None:
    for name in ("part-1.csv", "_delta_log/1.csv", ".old/part-1.csv", "2026/part-2.csv", "2026/_tmp/3/part-3.csv"):
        exports.put(f"sold/{name}", ORDERS)
    assert exports.source(settings={"files": {"orders": "sold"}}).files == ("sold/2026/part-2.csv", "sold/part-1.csv")


def test_a_folder_with_a_table_in_two_forms_holds_a_table(exports: Folder) -> None:
    exports.put("notes.csv", ORDERS)
    assert not holds_a_table(str(exports.path), Settings())
    for name in ("orders.csv", "orders.tsv"):
        exports.put(name, ORDERS)
    assert holds_a_table(str(exports.path), Settings())


def test_several_files_and_folders_of_one_form_are_one_table(exports: Folder) -> None:
    exports.put("orders_2026-01.csv", ORDERS)
    exports.put("orders_2026-02.csv.gz", gzip.compress(ORDERS.replace("1,", "2,", 1).encode()))
    source = exports.source()
    assert source.files == ("orders_2026-01.csv", "orders_2026-02.csv.gz")
    assert source.height == 2


def test_a_folder_may_hold_a_table_at_any_depth(exports: Folder) -> None:
    exports.put("orders/2026/10/part-0.csv", ORDERS)
    exports.put("orders/2026/11/part-0.csv", ORDERS.replace("1,", "2,", 1))
    exports.put("orders/_temporary/part-1.csv", ORDERS)
    assert exports.source().files == ("orders/2026/10/part-0.csv", "orders/2026/11/part-0.csv")


def test_a_single_file_or_a_glob_are_exports_too(exports: Folder) -> None:
    exports.put("orders_1.csv", ORDERS)
    exports.put("orders_2.csv", ORDERS)
    exports.put("customers.csv", "customer_id\n1\n")
    assert list(exports.open(exports=exports.path / "orders_1.csv").tables) == ["orders"]
    several = exports.open(exports=exports.path / "orders_*.csv")
    assert several.tables["orders"].files == ("orders_1.csv", "orders_2.csv")


@pytest.mark.parametrize(
    ("first", "second"), [("orders.csv", "orders.tsv"), ("orders.csv", "orders.csv.gz"), ("orders/", "orders_2026.csv")]
)
def test_a_table_in_two_forms_is_refused(exports: Folder, first: str, second: str) -> None:
    for name in (first, second):
        exports.put(f"{name}part.csv" if name.endswith("/") else name, ORDERS)
    lines = refusal(exports, DataError).split("\n")
    assert lines[0] == "orders is there in two forms"
    assert set(lines[1].removeprefix("  found     ").split(" and ")) == {first, second}


def test_what_is_said_of_a_table_in_two_forms(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    pl.DataFrame({"order_id": ["1"]}).write_parquet(exports.path / "orders.parquet")
    assert refusal(exports, DataError) == (
        "orders is there in two forms\n"
        "  found     orders.csv and orders.parquet\n"
        "  expected  one of them, or several files of one format\n"
        "  fix       remove one, or name the right one:   [files]\n"
        '                                                 orders = "orders.csv"'
    )
    assert exports.open({"files": {"orders": "orders.csv"}}).tables["orders"].files == ("orders.csv",)


def test_a_folder_without_a_table(exports: Folder) -> None:
    exports.put("sales.csv", ORDERS)
    exports.put("readme.md", "")
    assert refusal(exports, DataError) == (
        "no table found in exports\n"
        "  found     readme.md, sales.csv\n"
        "  expected  files named as tables, such as orders.csv or distributors.parquet\n"
        "  fix       name them in exports/mlmkpi.toml:   [files]\n"
        '                                                orders = "sales.csv"'
    )


def test_exports_that_do_not_exist(exports: Folder) -> None:
    assert refusal(exports, DataError, given=exports.path / "none") == (
        "exports/none does not exist\n  expected  a folder of exports, a file, a glob or an s3:// address"
    )


def test_files_in_the_settings_name_tables(exports: Folder) -> None:
    exports.put("sales/jan.csv", ORDERS)
    exports.put("sales/feb.csv", ORDERS.replace("1,", "2,", 1))
    exports.put("orders.csv", ORDERS)
    opened = exports.open({"files": {"orders": ["sales/*.csv"]}})
    assert opened.tables["orders"].files == ("sales/feb.csv", "sales/jan.csv")
    assert opened.leftover == ("orders.csv",)


def unsearchable(monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    """Let no folder of that name be looked into, as of another's it may not be."""
    scan = os.scandir

    def scandir(path: str) -> Any:
        if os.fspath(path).endswith(closed):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)


@pytest.mark.parametrize("settings", [{}, {"files": {"orders": "orders"}}])
def test_a_folder_that_may_not_be_looked_into_is_not_passed_over(
    exports: Folder, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    exports.put("orders/jan.csv", ORDERS)
    exports.put("orders/feb/part.csv", ORDERS.replace("1,", "2,", 1))
    exports.put("orders/_temporary/part.csv", ORDERS)
    exports.put("orders/.old/part.csv", ORDERS)
    assert exports.open(settings).tables["orders"].files == ("orders/feb/part.csv", "orders/jan.csv")
    unsearchable(monkeypatch, "feb")
    assert refusal(exports, DataError, settings).endswith(
        "orders/feb cannot be read\n  got  Permission denied\n  fix  check that it exists and may be read"
    )


def test_exports_that_may_not_be_looked_into_cannot_be_read(exports: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", closed)
    assert refusal(exports, DataError, given="exports") == (
        "exports cannot be read\n  got  Permission denied\n  fix  check that it exists and may be read"
    )


def test_a_file_that_settings_name_twice_is_read_once(exports: Folder) -> None:
    exports.put("ranks.csv", "distributor_id,rank,effective_on\nA1,gold,2026-01-01\n")
    names = ["ranks.csv", "./ranks.csv", "../exports/ranks.csv", "ran*.csv"]
    opened = exports.open({"files": {"ranks": names}})
    assert opened.tables["ranks"].scan(["rank"]).collect().height == 1
    assert opened.leftover == ()


def test_one_spelling_of_two_codes_is_refused(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    assert refusal(exports, SettingsError, {"codes": {"orders": {"kind": {"sale": ["S", "W"], "return": " s"}}}}) == (
        "mlmkpi.toml gives one spelling two codes in [codes.orders.kind]:  s\n"
        "  got  sale and return\n"
        "  fix  leave it at the one that is meant"
    )


def test_names_that_are_not_utf8_are_refused(exports: Folder) -> None:
    """Linux takes any bytes for a name, such as those of an archive that was packed elsewhere; Polars does not."""
    exports.put("orders.csv", "order_id,ordered_on,amount\n")
    (exports.path / "orders.csv").rename(exports.path / os.fsdecode(b"orders_M\xe4rz.csv"))
    assert refusal(exports, DataError).splitlines()[1:] == ["  got  a name that is not UTF-8", "  fix  rename it"]


def test_a_pipe_is_refused_before_it_keeps_a_run_waiting(exports: Folder) -> None:
    os.mkfifo(exports.path / "orders.csv")
    named = exports.path / "orders.csv"
    for asked, label in ((None, "orders.csv"), (named, named)):
        with pytest.raises(DataError) as caught:
            exports.open(exports=asked)
        assert str(caught.value) == (
            f"{label} is a pipe\n"
            "  expected  a file, which is read more than once\n"
            "  fix       write what comes through it to a file"
        )


def test_settings_that_name_no_file_for_a_table_are_refused(exports: Folder) -> None:
    exports.put("orders.csv", "order_id,ordered_on,amount\n")
    assert refusal(exports, SettingsError, {"files": {"rates": []}}) == (
        "mlmkpi.toml names no file in [files] for rates\n  fix  name one, or take the line out"
    )


def test_files_in_the_settings_that_are_not_there(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    assert refusal(exports, DataError, {"files": {"customers": "clients.csv"}}) == (
        "no data file for customers\n"
        "  expected  clients.csv, which [files] in the settings names\n"
        "  fix       correct the name; data files end in .csv, .tsv, .txt or .parquet"
    )


@pytest.mark.parametrize(
    ("settings", "first", "fix"),
    [
        ({"files": {"order": "a.csv"}}, "names an unknown table in [files]: order", "orders"),
        ({"columns": {"costumers": {}}}, "names an unknown table in [columns]: costumers", "customers"),
        ({"columns": {"orders": {"ammount": "x"}}}, "names an unknown column in [columns.orders]: ammount", "amount"),
        ({"codes": {"orders": {"statu": {}}}}, "names an unknown column in [codes.orders]: statu", "status"),
        ({"codes": {"orders": {"kind": {"sal": ["S"]}}}}, "names an unknown code in [codes.orders.kind]: sal", "sale"),
        ({"input": {"ordrs": {"decimal": ","}}}, "names an unknown table in [input]: ordrs", "orders"),
    ],
)
def test_settings_that_name_what_there_is_not(exports: Folder, settings: dict[str, Any], first: str, fix: str) -> None:
    exports.put("orders.csv", ORDERS)
    lines = refusal(exports, SettingsError, settings).split("\n")
    assert lines[0] == f"mlmkpi.toml {first}"
    assert lines[-1] == f"  fix       did you mean {fix}?"


def test_an_empty_name_is_not_the_working_folder(exports: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    exports.put("orders.csv", ORDERS)
    monkeypatch.chdir(exports.path)
    with pytest.raises(UsageError, match="EXPORTS is empty"):
        open_exports("", Settings())


def test_settings_that_name_what_another_month_has(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    codes = {"orders": {"kind": {"SALE": ["S"]}, "status": {"on its way": ["7"]}}, "activities": {"kind": {"x": ["y"]}}}
    settings = {"codes": codes, "input": {"orders_2026-09.csv": {"decimal": ","}}}
    assert list(exports.open(settings).tables) == ["orders"]


def test_frames_and_paths_by_table_name(exports: Folder) -> None:
    path = exports.put("sales.csv", ORDERS)
    frame = pl.DataFrame({"customer_id": ["C1"], "joined_on": [None]})
    opened = exports.open(exports={"orders": path, "customers": frame.lazy(), "ranks": frame.to_pandas()})
    assert list(opened.tables) == ["orders", "customers", "ranks"]
    assert opened.tables["orders"].scan(["amount"]).collect()["amount"].to_list() == [50_000]
    assert opened.tables["customers"].files == ("the customers frame",)
    assert opened.tables["customers"].height == 1


def test_a_frame_under_a_name_that_is_no_table() -> None:
    with pytest.raises(UsageError) as caught:
        open_exports({"order": pl.DataFrame()}, Settings())
    assert str(caught.value).split("\n")[0] == "there is no table order"
    assert str(caught.value).split("\n")[-1] == "  fix       did you mean orders?"


def test_what_is_neither_a_path_nor_a_frame() -> None:
    with pytest.raises(UsageError) as caught:
        open_exports({"orders": 5}, Settings())
    assert str(caught.value) == (
        "orders is no frame\n  got       int\n  expected  a path, or a frame of Polars, pandas, PyArrow or DuckDB"
    )


@pytest.mark.parametrize("kind", [str, Path])
def test_a_table_is_given_as_a_path(exports: Folder, kind: type[str | Path]) -> None:
    path = exports.put("sold-2026.csv", ORDERS)
    assert exports.open(exports={"orders": kind(path)}).tables["orders"].height == 1


def test_a_table_in_another_form_is_to_be_saved_as_one_that_is_read(exports: Folder) -> None:
    exports.put("orders.xlsx", "")
    with pytest.raises(DataError) as caught:
        exports.open()
    assert str(caught.value).endswith("\n  fix       save orders.xlsx as CSV or Parquet")


def test_a_readme_is_not_proposed_before_a_data_file(exports: Folder) -> None:
    exports.put("readme.txt", "")
    exports.put("sold.csv", "")
    with pytest.raises(DataError) as caught:
        exports.open()
    assert str(caught.value).endswith('orders = "sold.csv"')
