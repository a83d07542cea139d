"""Any exports as canonical Parquet, read alike before and after."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.exceptions import ComputeError

from mlmkpi.errors import DataError, OutputError, UsageError
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports
from mlmkpi.sources.convert import convert
from sources.folder import Folder

SETTINGS = {
    "columns": {"orders": {"amount": "total"}}, "codes": {"orders": {"status": {"shipped": "7"}}},
    "timezone": "Asia/Tokyo",
}  # fmt: skip
ORDERS = (
    "order_id,ordered_on,total,status,is_autoship,bank\n"
    "007,2026-10-01T20:00:00Z,1234.56,7,yes,secret\n008,2026-10-02,-0.0001,void,,secret\n"
)


def put(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    exports.put("rates.csv", "currency,valid_from,rate\nCOP,2026-10-01,0.00024\n")
    exports.put("posts.csv", "posted_on,likes\n2026-10-01,3\n")


def test_the_columns_become_what_parquet_has_for_them(exports: Folder) -> None:
    put(exports)
    written = convert(exports.open(SETTINGS), Path("out"))
    assert written == [Path("out/orders.parquet"), Path("out/posts.parquet"), Path("out/rates.parquet")]
    orders = pl.read_parquet("out/orders.parquet")
    assert orders.rows() == [
        ("007", date(2026, 10, 2), Decimal("1234.5600"), "shipped", True),
        ("008", date(2026, 10, 2), Decimal("-0.0001"), "void", None),
    ]
    assert dict(orders.schema) == {
        "order_id": pl.String(), "ordered_on": pl.Date(), "amount": pl.Decimal(18, 4), "status": pl.String(),
        "is_autoship": pl.Boolean(),
    }  # fmt: skip
    assert pl.read_parquet("out/rates.parquet")["rate"].to_list() == [0.00024]
    assert sorted(path.name for path in Path("out").iterdir()) == ["orders.parquet", "posts.parquet", "rates.parquet"]


def test_ids_become_text_where_they_are_numbers(exports: Folder) -> None:
    orders = pl.DataFrame({"order_id": [7, 8], "ordered_on": [date(2026, 10, 2)] * 2, "amount": [1, 2]})
    orders.write_parquet(exports.path / "orders.parquet")
    convert(exports.open(), Path("out"))
    assert pl.read_parquet("out/orders.parquet")["order_id"].to_list() == ["7", "8"]


def test_what_is_written_is_read_as_the_exports_are(exports: Folder) -> None:
    put(exports)
    before = exports.open(SETTINGS)
    convert(before, Path("out"))
    with open_exports("out", Settings()) as after:
        assert list(after.tables) == list(before.tables)
        for name, source in before.tables.items():
            assert after.tables[name].columns == source.columns
            columns = sorted(source.columns)
            again, first = after.tables[name].scan(columns).select(columns), source.scan(columns).select(columns)
            assert again.collect().equals(first.collect())


def test_a_cell_that_does_not_fit_leaves_every_table_unwritten(exports: Folder) -> None:
    """The orders, which come first, were written already."""
    put(exports)
    exports.put("posts.csv", "posted_on,likes\n2026-10-01,many\n")
    with pytest.raises(DataError, match=r"^posts.csv row 1: likes is not a whole number\n"):
        convert(exports.open(SETTINGS), Path("out"))
    assert list(Path("out").iterdir()) == []


def test_a_folder_that_cannot_be_made(exports: Folder) -> None:
    put(exports)
    Path("out").write_text("a file")
    with pytest.raises(OutputError) as caught:
        convert(exports.open(SETTINGS), Path("out"))
    assert str(caught.value) == "out cannot be made\n  got  File exists"


def test_a_disk_that_is_full_leaves_nothing_of_a_table(exports: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    put(exports)

    def full(_: pl.LazyFrame, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise ComputeError("No space left on device (os error 28)")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", full)
    folder = exports.path.parent / "parquet"
    with pytest.raises(OutputError, match=r"orders\.parquet cannot be written\n  got  No space left on device\n"):
        convert(exports.open(SETTINGS), folder)
    assert list(folder.iterdir()) == []


def test_a_folder_whose_name_is_not_utf8_is_refused(exports: Folder) -> None:
    exports.put("orders.csv", ORDERS)
    folder = exports.path / os.fsdecode(b"M\xe4rz")
    with open_exports(exports.path, Settings.model_validate(SETTINGS)) as opened, pytest.raises(UsageError):
        convert(opened, folder)
    assert not folder.exists()
