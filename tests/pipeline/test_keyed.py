"""Rows matched by their keys are those of plain dictionaries, in an array or by a join."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.pipeline.keyed import beside, within

LABELS = ("a", "b", "c")
CELLS = st.dictionaries(st.tuples(st.integers(0, 4), st.sampled_from(LABELS)), st.integers(1, 9), max_size=12)
SOME = st.dictionaries(st.tuples(st.integers(-1, 2), st.sampled_from([None, *LABELS])), st.integers(1, 9), max_size=12)
KEYS = ["span", "team"]
Found = dict[tuple[int, str | None], int]


def frame_of(cells: Found, name: str, label: pl.DataType) -> pl.DataFrame:
    rows = [(*key, value) for key, value in cells.items()]
    return pl.DataFrame(rows, {"span": pl.Int32, "team": label, name: pl.Int64}, orient="row")


@pytest.mark.parametrize("room", [2**25, 2])
@pytest.mark.parametrize("label", [pl.Enum(LABELS), pl.String()])
@given(one=CELLS | SOME, other=CELLS | SOME)
def test_rows_are_matched_by_their_keys(room: int, label: pl.DataType, one: Found, other: Found) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlmkpi.pipeline.keyed.ROOM", room)
        left, right = frame_of(one, "n", label), frame_of(other, "d", label)
        found = beside(left, right, KEYS)
        assert found.columns == [*KEYS, "n", "d"]
        wanted = {(*key, one.get(key, 0), other.get(key, 0)) for key in {*one, *other}}
        assert len(found) == len(wanted)
        assert set(found.rows()) == wanted
        assert within(left, right.select(KEYS), KEYS).rows() == [row for row in left.rows() if row[:2] in other]
