"""Numbers by id are the same by array and by join: rows with an unknown id or none are gone."""

from __future__ import annotations

import polars as pl
import pytest

from mlmkpi.engines.lookup import is_narrow, looked_up, with_columns_of


@pytest.mark.parametrize("far", [9, 10**12])
def test_rows_get_the_number_of_their_id(far: int) -> None:
    ids = pl.Series([7, 8, far])
    assert is_narrow(ids) == (far < 100)
    rows = pl.DataFrame({"id": [8, far, None, 6, 7, -1, 10**13], "x": range(7)}).lazy()
    found = looked_up(rows, "id", ids, pl.Series("number", [0, -1, 2], dtype=pl.Int32)).collect().sort("x")
    assert found.to_dict(as_series=False) == {"id": [8, far, 7], "x": [0, 1, 4], "number": [-1, 2, 0]}


def test_no_ids_leave_no_row() -> None:
    rows = pl.DataFrame({"id": [1, 2]}).lazy()
    none = pl.Series([], dtype=pl.Int64)
    assert looked_up(rows, "id", none, pl.Series("number", [], dtype=pl.Int32)).collect().is_empty()


@pytest.mark.parametrize("far", [9, 10**12])
def test_rows_get_what_is_known_of_their_id_and_nothing_of_others(far: int) -> None:
    known = pl.DataFrame({"person": [7, 8, far], "market": ["US", None, "FR"], "age": [1, 3, 4]})
    rows = pl.DataFrame({"id": [8, far, None, 6, 7, -1, 10**13], "x": range(7)}).lazy()
    found = with_columns_of(rows, "id", known, "person").sort("x").collect()
    assert found.columns == ["id", "x", "market", "age"]
    assert found["market"].to_list() == [None, "FR", None, None, "US", None, None]
    assert found["age"].to_list() == [3, 4, None, None, 1, None, None]
