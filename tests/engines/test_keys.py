"""Ids have one key wherever they stand, whatever their shape."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mlmkpi.engines.keys import Keys
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports

TEXTS = ("D1", "D2", "C07", "D3 b", "D٣", "E1", "D10", "x")


def write(folder: Path, people: list[str], buyers: list[str]) -> None:
    """People's ids, and orders of theirs."""
    rows = pl.DataFrame({"distributor_id": people}).with_columns(pl.lit("2026-01-01").alias("enrolled_on"))
    rows.write_csv(folder / "distributors.csv")
    orders = pl.DataFrame({"customer_id": buyers}).with_row_index("order_id")
    orders.with_columns(pl.lit("2026-01-02").alias("ordered_on"), pl.lit(5).alias("amount")).write_csv(
        folder / "orders.csv"
    )


def keys(folder: Path, table: str, column: str, texts: list[str | None]) -> list[int | None]:
    """The keys of texts that stand in a column."""
    with open_exports(folder, Settings()) as opened:
        known = Keys(opened.tables, lambda name: opened.tables[name].columns)
        ids = pl.Series("id", texts, dtype=pl.String)
        return pl.select(known.of(table, column, pl.lit(ids))).to_series().to_list()


def test_ids_of_one_shape_are_their_numbers(tmp_path: Path) -> None:
    write(tmp_path, ["D1", "D2"], ["C07", "C08"])
    people = keys(tmp_path, "distributors", "distributor_id", [*TEXTS, None])
    buyers = keys(tmp_path, "orders", "customer_id", [*TEXTS, None])
    assert people == buyers
    assert (people[2], people[:2], people[-1]) == (7, [101, 102], None)
    assert all(key is not None and key < 0 for key in people[3:-1])
    assert len(set(people)) == len(TEXTS) + 1


def test_texts_that_do_not_fit_stand_beside_ids_that_do(tmp_path: Path) -> None:
    write(tmp_path, ["D0001", "D0002"], ["C007", "D0001"])
    texts = ["D0001", " D0002 ", "", "  ", None, "x"]
    for column in (("distributors", "distributor_id"), ("orders", "customer_id")):
        fitting, found = keys(tmp_path, *column, ["D0001", None, "D0412"]), keys(tmp_path, *column, texts)
        first = fitting[0]
        assert first is not None
        assert found[:5] == [first, first + 1, None, None, None]
        assert fitting[1:] == [None, first + 411]


@pytest.mark.parametrize("ids", [["7", "8"], ["D0000000000001", "D0000000000002"]])
def test_ids_of_few_or_many_digits_are_their_numbers(ids: list[str], tmp_path: Path) -> None:
    write(tmp_path, ids, ids)
    found = keys(tmp_path, "distributors", "distributor_id", [*ids, None])
    assert found == [int(ids[0].strip("D")), int(ids[1].strip("D")), None]


def test_ids_without_a_shape_are_hashes(tmp_path: Path) -> None:
    write(tmp_path, ["ann", "bob"], ["carl", "dora"])
    people = keys(tmp_path, "distributors", "distributor_id", [*TEXTS, None])
    assert people == keys(tmp_path, "orders", "customer_id", [*TEXTS, None])
    assert len(set(people)) == len(TEXTS) + 1
