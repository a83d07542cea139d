"""What is known of ids is the same by array and by join."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from mlmkpi.engines.lookup import has_twice, is_narrow, looked_up, with_columns_of


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


KNOWN = pl.DataFrame(
    {"id": [7, 4, 9], "sex": ["f", None, "m"], "band": ["b", "a", None], "born": [10, 20, None],
     "here": [True, False, None], "paid": [0.5, None, 1.5], "on": [date(2026, 1, 1), None, date(2026, 1, 3)]},
    schema={"id": pl.Int32, "sex": pl.Categorical, "band": pl.Enum(["a", "b"]), "born": pl.Int64, "here": pl.Boolean,
            "paid": pl.Float64, "on": pl.Date},
)


@pytest.mark.parametrize("far", [[], [2**31 - 1]])
def test_rows_get_the_columns_of_their_ids_and_nulls_for_unknown_ones(far: list[int]) -> None:
    known = pl.concat([KNOWN, pl.DataFrame({"id": far}, schema={"id": pl.Int32})], how="diagonal")
    assert is_narrow(known["id"]) == (not far)
    rows = pl.LazyFrame({"whose": [9, None, 4, 7, -1, 5, 2**31 - 2]}, schema={"whose": pl.Int32})
    found = with_columns_of(rows, "whose", known, "id").collect()
    assert found.schema == {"whose": pl.Int32, **{name: known.schema[name] for name in known.columns[1:]}}
    told = dict(zip(found["whose"], found.select("sex", "band", "born", "here", "paid", "on").rows(), strict=True))
    nothing = (None,) * 6
    assert told == {
        9: ("m", None, None, None, 1.5, date(2026, 1, 3)), None: nothing, 4: (None, "a", 20, False, None, None),
        7: ("f", "b", 10, True, 0.5, date(2026, 1, 1)), -1: nothing, 5: nothing, 2**31 - 2: nothing,
    }


@pytest.mark.parametrize("count", [1, 255, 256, 300])
def test_labels_are_told_however_many_there_are(count: int) -> None:
    labels = [f"label {at:03}" for at in range(count)]
    known = pl.DataFrame(
        {"id": range(count + 1), "label": [*labels, None], "none": [None] * (count + 1)},
        schema={"id": pl.Int32, "label": pl.Enum(labels), "none": pl.Enum(labels)},
    )
    rows = pl.LazyFrame({"whose": [*range(count + 2), None]}, schema={"whose": pl.Int32})
    found = with_columns_of(rows, "whose", known, "id").collect()
    assert found["label"].to_list() == [*labels, None, None, None]
    assert found["none"].to_list() == [None] * (count + 3)


def test_hashes_are_looked_up_as_ids_are() -> None:
    known = KNOWN.with_columns(pl.col("id").hash())
    rows = pl.LazyFrame({"whose": [9, None, 4, 5]}, schema={"whose": pl.Int32})
    wanted = rows.with_columns(pl.when(pl.col("whose").is_not_null()).then(pl.col("whose").hash()))
    found = with_columns_of(wanted, "whose", known, "id").collect()
    assert found.drop("whose").equals(with_columns_of(rows, "whose", KNOWN, "id").collect().drop("whose"))


def test_ids_without_gaps_are_places_already() -> None:
    known = pl.DataFrame({"id": [3, 4, 5], "n": [30, None, 50]}, schema={"id": pl.Int32, "n": pl.Int64})
    rows = pl.LazyFrame({"whose": [5, 2, 4, None, 6, -(2**31), 3]}, schema={"whose": pl.Int32})
    found = with_columns_of(rows, "whose", known, "id").collect()
    assert found["n"].to_list() == [50, None, None, None, None, None, 30]


def test_ids_far_apart_are_looked_up_as_those_close_together() -> None:
    far = KNOWN.with_columns(pl.col("id") * 1_000)
    rows = pl.LazyFrame({"whose": [9, None, 4, 7, 5]}, schema={"whose": pl.Int32})
    found = with_columns_of(rows.with_columns(pl.col("whose") * 1_000), "whose", far, "id").collect()
    assert found.drop("whose").equals(with_columns_of(rows, "whose", KNOWN, "id").collect().drop("whose"))


def test_many_rows_stay_in_their_order_where_ids_are_far_apart() -> None:
    """Polars joins large frames piece by piece, and takes the pieces as they come unless it is told otherwise."""
    known = pl.DataFrame({"id": [0, 10**12], "n": [1, 2]})
    rows = pl.LazyFrame({"at": range(300_000)}).with_columns(whose=pl.col("at") % 2 * 10**12)
    for _ in range(4):
        found = with_columns_of(rows, "whose", known, "id").collect(engine="streaming")
        assert found["at"].is_sorted()
        assert (found["n"] == found["at"] % 2 + 1).all()


@pytest.mark.parametrize("ids", [[3, 4, 5], [3, 5], [3, 3_000]])
def test_ids_of_which_nothing_is_known_leave_the_rows_as_they_are(ids: list[int]) -> None:
    rows = pl.LazyFrame({"whose": [5, None, 3]})
    assert with_columns_of(rows, "whose", pl.DataFrame({"id": ids}), "id").collect().equals(rows.collect())


@pytest.mark.parametrize(("ids", "twice"), [
    ([], False), ([4], False), ([1, 2, 3], False), ([1, 2, 2], True), ([3, 1, 2], False), ([3, 1, 3], True),
    ([-2, 10**15, 5], False), ([10**15, -2, 10**15], True), ([5, 4, 5, 4], True),
])
def test_an_id_that_stands_twice_is_found_in_any_order(ids: list[int], twice: bool) -> None:
    assert has_twice(pl.Series(ids, dtype=pl.Int64)) is twice


@pytest.mark.parametrize(("ids", "twice"), [(["b", "a"], False), (["b", "a", "b"], True)])
def test_an_id_of_text_that_stands_twice_is_found_too(ids: list[str], twice: bool) -> None:
    assert has_twice(pl.Series(ids)) is twice
