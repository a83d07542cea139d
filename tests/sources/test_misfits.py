"""Cells that do not fit, looked for once a column."""

from __future__ import annotations

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
