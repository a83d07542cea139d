"""Counts of a column's texts, compared with or grouped, as plain Python counts them."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.sources import frequencies

TEXTS = st.sampled_from([None, "", "sale", "Sale", "return", "kit "])


def as_counter(found: pl.DataFrame) -> Counter[str | None]:
    return Counter(dict(found.iter_rows()))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=30))
def test_each_column_is_counted(rows: list[tuple[str | None, str | None]]) -> None:
    frame = pl.LazyFrame(rows, schema={"kind": pl.String, "channel": pl.String}, orient="row")
    found = frequencies.counted(frame, ["kind", "channel"])
    assert as_counter(found["kind"]) == Counter(kind for kind, _ in rows)
    assert as_counter(found["channel"]) == Counter(channel for _, channel in rows)


def test_texts_that_the_first_rows_do_not_have_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequencies, "_FIRST", 2)
    frame = pl.LazyFrame({"kind": ["sale", "sale", None, "kit", "sale"], "channel": ["web"] * 5})
    found = frequencies.counted(frame, ["kind", "channel"])
    assert as_counter(found["kind"]) == {"sale": 3, None: 1, "kit": 1}
    assert as_counter(found["channel"]) == {"web": 5}


def test_columns_of_many_texts_and_of_numbers_are_counted() -> None:
    texts = [str(at % 40) for at in range(200)]
    found = frequencies.counted(pl.LazyFrame({"rank": texts, "grade": [1, 2] * 100}), ["rank", "grade"])
    assert as_counter(found["rank"]) == Counter(texts)
    assert dict(found["grade"].iter_rows()) == {1: 100, 2: 100}
