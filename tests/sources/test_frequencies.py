"""Counts of a column's texts, compared with or grouped, as plain Python counts them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
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


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=30), st.booleans())
def test_each_column_of_a_parquet_file_is_counted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]], plain: bool
) -> None:
    """Whether or not the file has a dictionary of the texts, and whatever its row groups."""
    path = tmp_path_factory.mktemp("counted") / "orders.parquet"
    table = pl.DataFrame(rows, schema={"kind": pl.String, "channel": pl.String}, orient="row").to_arrow()
    pq.write_table(table, path, use_dictionary=not plain, row_group_size=7)
    found = frequencies.counted(pl.scan_parquet(path), ["kind", "channel"], of_parquet=True)
    assert as_counter(found["kind"]) == Counter(kind for kind, _ in rows)
    assert as_counter(found["channel"]) == Counter(channel for _, channel in rows)


@pytest.mark.parametrize("of_parquet", [False, True])
def test_texts_that_the_first_rows_do_not_have_are_counted_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of_parquet: bool
) -> None:
    monkeypatch.setattr(frequencies, "_FIRST", 2)
    orders = pl.DataFrame({"kind": ["sale", "sale", None, "kit", "sale"], "channel": ["web"] * 5})
    orders.write_parquet(tmp_path / "orders.parquet")
    frame = pl.scan_parquet(tmp_path / "orders.parquet") if of_parquet else orders.lazy()
    found = frequencies.counted(frame, ["kind", "channel"], of_parquet=of_parquet)
    assert as_counter(found["kind"]) == {"sale": 3, None: 1, "kit": 1}
    assert as_counter(found["channel"]) == {"web": 5}


def test_columns_of_many_texts_and_of_numbers_are_counted() -> None:
    texts = [str(at % 40) for at in range(200)]
    found = frequencies.counted(pl.LazyFrame({"rank": texts, "grade": [1, 2] * 100}), ["rank", "grade"])
    assert as_counter(found["rank"]) == Counter(texts)
    assert dict(found["grade"].iter_rows()) == {1: 100, 2: 100}
