"""Cells that do not fit, looked for once a column."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from mlmkpi.errors import DataError
from mlmkpi.sources.cells import MisfitError
from sources.folder import Folder


def test_the_first_row_with_a_cell_that_does_not_fit_is_told_of_all_columns(exports: Folder) -> None:
    orders = pl.DataFrame({
        "order_id": ["1", "2", "3", "4"], "ordered_on": pl.Series([20_000] * 4).cast(pl.Date),
        "amount": [1.0, 2.0, 3.0, float("inf")], "volume": [1.0, 2.0, float("nan"), 4.0], "tax": [1.0] * 4,
    })
    orders.write_parquet(exports.path / "orders.parquet")
    source = exports.source()
    source.refuse_bad(["order_id"])
    with pytest.raises(DataError, match="row 4: amount is not a number"):
        source.refuse_bad(["amount"])
    source.refuse_bad(["order_id", "ordered_on"])
    with pytest.raises(DataError, match="row 3: volume is not a number"):
        source.refuse_bad(["amount", "volume"])
    (amount, volume) = source.bad_cells(["amount", "volume", "ordered_on"])
    assert [(found.column, found.count) for found in (amount, volume)] == [("amount", 1), ("volume", 1)]


def test_a_cell_that_does_not_fit_is_come_upon_while_rows_are_computed(exports: Folder) -> None:
    orders = pl.DataFrame({
        "order_id": ["1", "2", "3"], "ordered_on": pl.Series([20_000] * 3).cast(pl.Date), "amount": [1.0, None, 2.5],
        "volume": [1.0, float("nan"), 3.0],
    })
    orders.write_parquet(exports.path / "orders.parquet")
    source = exports.source()
    amounts = source.scan(["amount"], watched=True).collect()
    assert amounts.rows() == [(10_000,), (None,), (25_000,)]
    with pytest.raises(MisfitError):
        source.scan(["amount", "volume"], watched=True).collect()


RANKS = (
    ("gold", "2026-01-01"), ("", "2026-01-02"), ("  ", ""), ("silver", "31 May"), ("ruby", None), (None, "2026-01-06"),
)


def test_cells_that_are_not_there_are_counted_however_a_file_holds_them(exports: Folder) -> None:
    """Rows 2, 3 and 6 have no rank, rows 3 and 5 no day; row 4 has one that cannot be read, which is another matter."""
    ranks = pl.DataFrame(
        {"distributor_id": ["1"] * 6, "rank": [rank for rank, _ in RANKS], "effective_on": [day for _, day in RANKS]}
    )
    for write, name in ((ranks.write_csv, "ranks.csv"), (ranks.write_parquet, "ranks.parquet")):
        write(exports.path / name)
        source = exports.source("ranks")
        assert source.empties(["distributor_id", "rank", "effective_on"]) == {
            "distributor_id": 0, "rank": 3, "effective_on": 2,
        }
        (exports.path / name).unlink()
    ranks.write_csv(exports.path / "ranks_1.csv")
    ranks.write_csv(exports.path / "ranks_2.csv")
    assert exports.source("ranks").empties(["rank"]) == {"rank": 6}


def test_no_cell_is_missing_where_a_number_does_not_fit(exports: Folder) -> None:
    goals = pl.DataFrame({"goal": [1.0, None, float("nan")], "starts_on": pl.Series([20_000, None, 1]).cast(pl.Date)})
    goals = goals.with_columns(distributor_id=pl.lit(7), kpi=pl.lit("sales_volume"), ends_on=pl.lit("2026-01-01"))
    goals.write_parquet(exports.path / "goals.parquet")
    assert exports.source("goals").empties(["goal", "starts_on", "distributor_id"]) == {
        "goal": 1, "starts_on": 1, "distributor_id": 0,
    }


@pytest.mark.parametrize("nothing", [None, "", " ", "\u00a0", "\u3000 "])
def test_an_id_of_white_space_alone_is_none(exports: Folder, nothing: str | None) -> None:
    people = pl.DataFrame({"distributor_id": ["A", nothing, "é"], "enrolled_on": [date(2026, 10, 1)] * 3})
    people.write_parquet(exports.path / "distributors.parquet")
    assert exports.source("distributors").empties(["distributor_id", "enrolled_on"]) == {
        "distributor_id": 1, "enrolled_on": 0,
    }
