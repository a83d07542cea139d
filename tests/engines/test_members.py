"""Ids are found among others, in arrays and by hashes, as plain Python finds them."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines.members import Members

CLOSE, FAR, HASHES = st.integers(0, 40), st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**64 - 1)


@pytest.mark.parametrize(("numbers", "dtype"), [(CLOSE, pl.Int64), (FAR, pl.Int64), (HASHES, pl.UInt64)])
@given(data=st.data())
def test_who_is_there_and_who_repeats(numbers: st.SearchStrategy[int], dtype: pl.DataType, data: st.DataObject) -> None:
    keys = data.draw(st.lists(numbers, max_size=30))
    wanted = data.draw(st.lists(st.none() | numbers | st.sampled_from(keys or [1]), max_size=30))
    found, asked = Members(pl.Series(keys, dtype=dtype)), pl.Series(wanted, dtype=dtype)
    assert found.has(asked).tolist() == [each in keys for each in wanted]
    assert sorted(found.repeated) == sorted(each for each, count in Counter(keys).items() if count > 1)
    alone = Members(pl.Series(sorted(set(keys)), dtype=dtype))
    places = alone.places(pl.Series(sorted(set(keys)), dtype=dtype)).tolist()
    assert sorted(places) == list(range(len(set(keys))))
    numbered = dict(zip(sorted(set(keys)), places, strict=True))
    none = len(numbered)
    assert alone.places(asked).tolist() == [none if each is None else numbered.get(each, none) for each in wanted]
