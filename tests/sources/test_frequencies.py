"""Counts of a column's texts, compared with or grouped, as plain Python counts them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

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


def parquet(path: Path, rows: list[tuple[str | None, str | None]], **options: Any) -> pl.LazyFrame:
    """The rows as a file's, a few in a row group."""
    table = pl.DataFrame(rows, schema={"kind": pl.String, "channel": pl.String}, orient="row").to_arrow()
    pq.write_table(table, path / "orders.parquet", row_group_size=7, **options)
    return pl.scan_parquet(path / "orders.parquet")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=30), st.booleans())
def test_each_text_of_a_parquet_file_is_sighted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]], dictionary: bool
) -> None:
    found = frequencies.sighted(
        parquet(tmp_path_factory.mktemp("sighted"), rows, use_dictionary=dictionary), ["kind", "channel"]
    )
    for at, name in enumerate(("kind", "channel")):
        texts = {row[at] for row in rows}
        if texts - {None}:
            assert set(found[name].to_series()) == texts
            assert found[name].height == len(texts)
        else:
            assert name not in found


def test_a_column_with_texts_that_its_first_rows_do_not_show_is_not_sighted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(frequencies, "_FIRST", 2)
    rows: list[tuple[str | None, str | None]] = [("sale", "web")] * 20 + [("kit", "web"), ("sale", None)]
    found = frequencies.sighted(parquet(tmp_path, rows), ["kind", "channel"])
    assert {name: set(frame.to_series()) for name, frame in found.items()} == {"channel": {"web", None}}


@pytest.mark.parametrize("options", [
    {}, {"dictionary_pagesize_limit": 64}, {"use_dictionary": False}, {"write_statistics": False},
    {"data_page_version": "2.0"}, {"compression": "none"},
], ids=str)
@pytest.mark.parametrize("late", [["kit"], ["a text longer than twelve bytes"], [str(n) for n in range(99)]])
def test_a_text_that_stands_late_is_seen_however_the_file_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict[str, Any], late: list[str]
) -> None:
    """Behind a dictionary that grew too large the rest of a column stands without one."""
    monkeypatch.setattr(frequencies, "_FIRST", 50)
    rows: list[tuple[str | None, str | None]] = [("sale", None), (None, "web")] * 100
    whole = [*rows, *((text, "web") for text in late), *rows]
    found = frequencies.sighted(parquet(tmp_path, whole, **options), ["kind", "channel"])
    assert {name: set(frame.to_series()) for name, frame in found.items()} == {"channel": {"web", None}}


def test_codes_are_counted_once_and_only_when_asked_for() -> None:
    asked: list[str] = []

    def count() -> dict[str | None, int]:
        asked.append("")
        return {"kit": 1, None: 2}

    codes = frequencies.Codes(["kit", None], count)
    assert (list(codes), len(codes), "kit" in list(codes), asked) == (["kit", None], 2, True, [])
    assert (dict(codes), codes[None], asked) == ({"kit": 1, None: 2}, 2, [""])
