"""Rows matched by their keys are those of plain dictionaries, in an array or by a join."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.pipeline.joins import full_join, semi_join

CELLS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 3)), st.integers(1, 9), max_size=12)
SOME = st.dictionaries(st.tuples(st.integers(-1, 2), st.none() | st.integers(0, 3)), st.integers(1, 9), max_size=12)
KEYS = ["span", "team"]
Found = dict[tuple[int, int | None], int]


def frame_of(cells: Found, name: str, label: pl.DataType) -> pl.DataFrame:
    rows = [(*key, value) for key, value in cells.items()]
    frame = pl.DataFrame(rows, {"span": pl.Int32, "team": pl.Int32, name: pl.Int64}, orient="row")
    return frame.with_columns(pl.col("team").cast(label))


@pytest.mark.parametrize("room", [2**25, 2])
@pytest.mark.parametrize("label", [pl.Int32(), pl.String()])
@given(one=CELLS | SOME, other=CELLS | SOME)
def test_rows_are_matched_by_their_keys(room: int, label: pl.DataType, one: Found, other: Found) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlmkpi.pipeline.joins.ROOM", room)
        left, right = frame_of(one, "n", label), frame_of(other, "d", label)
        found, kept = full_join(left, right, KEYS), semi_join(left, right.select(KEYS), KEYS)
        assert found.columns == [*KEYS, "n", "d"]
        found, kept = (frame.with_columns(pl.col("team").cast(pl.Int32)) for frame in (found, kept))
        wanted = {(*key, one.get(key, 0), other.get(key, 0)) for key in {*one, *other}}
        assert len(found) == len(wanted)
        assert set(found.rows()) == wanted
        assert kept.rows() == [(*key, value) for key, value in one.items() if key in other]
