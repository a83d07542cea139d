"""Runs of bits: by masks and by division as in plain Python."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines import bits

WORDS = st.lists(st.integers(0, 2**52 - 1) | st.integers(0, 51).map(lambda bit: 2**bit), min_size=1, max_size=20)
RUNS = st.integers(0, 51).flatmap(lambda low: st.tuples(st.just(low), st.integers(1, 52 - low)))


@given(WORDS, RUNS)
def test_a_run_of_bits_has_any_and_has_two(words: list[int], run: tuple[int, int]) -> None:
    low, length = run
    counts = [bin(word)[2:].zfill(52)[::-1][low : low + length].count("1") for word in words]
    word = nw.col("word")
    found = nw.from_native(pl.DataFrame({"word": words})).select(
        any_masked=bits.masked(word, *run) > 0, two_masked=bits.two_masked(word, *run),
        any_divided=bits.divided(word, *run) > 0, two_divided=bits.two_divided(word, *run),
    ).to_dict(as_series=False)
    assert found["any_masked"] == found["any_divided"] == [count > 0 for count in counts]
    assert found["two_masked"] == found["two_divided"] == [count > 1 for count in counts]
