"""Counts how often each text stands in a column: the few that its first rows show are compared with, not grouped.

In a Parquet file each of them is sought by itself: that looks through the file's dictionaries, and decodes no text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

LEN = "len"
_FIRST = 50_000
"""How many rows are looked at for the texts of a column."""
_FEW = 16
"""How many texts it takes less to compare all rows with than to group them by."""
Guesses = Mapping[str, Sequence[str]]
Counts = dict[str, list[tuple[str | None, int]]]


def counted(frame: pl.LazyFrame, columns: Sequence[str], *, of_parquet: bool = False) -> dict[str, pl.DataFrame]:
    """By column, each of its values once, under the column's name, and in `len` how many rows have it."""
    guesses = _guessed(frame, columns)
    found = _complete((_sought if of_parquet else _compared)(frame, guesses)) if guesses else {}
    rest = [name for name in columns if name not in found]
    grouped = [frame.group_by(name).agg(pl.len().alias(LEN)) for name in rest]
    found |= zip(rest, pl.collect_all(grouped, engine="streaming"), strict=True)
    return found


def _guessed(frame: pl.LazyFrame, columns: Sequence[str]) -> dict[str, list[str]]:
    """The texts of the columns whose first rows have few."""
    first = frame.select(columns).head(_FIRST).collect(engine="streaming")
    texts = {name: first[name].drop_nulls().unique() for name in columns if first.schema[name] == pl.String}
    return {name: found.to_list() for name, found in texts.items() if 0 < len(found) <= _FEW}


def _compared(frame: pl.LazyFrame, guesses: Guesses) -> tuple[int, Counts]:
    """How many rows there are, and by column how many have each of the guessed texts or none, in one pass."""
    looks = [
        (pl.col(name) == text).sum().alias(f"{at} {name}")
        for name, texts in guesses.items() for at, text in enumerate(texts)
    ]
    empty = [pl.col(name).null_count().alias(name) for name in guesses]
    seen = frame.select(pl.len().alias(LEN), *looks, *empty).collect(engine="streaming").row(0, named=True)
    counts = {
        name: [(None, seen[name]), *((text, seen[f"{at} {name}"]) for at, text in enumerate(texts))]
        for name, texts in guesses.items()
    }
    return seen[LEN], counts


def _sought(frame: pl.LazyFrame, guesses: Guesses) -> tuple[int, Counts]:
    """The same, a pass a text."""
    def rows(found: pl.LazyFrame) -> int:
        return int(found.select(pl.len()).collect(engine="streaming").item())

    counts = {
        name: [(None, rows(frame.filter(pl.col(name).is_null()))),
               *((text, rows(frame.filter(pl.col(name) == text))) for text in texts)]
        for name, texts in guesses.items()
    }
    return rows(frame), counts


def _complete(seen: tuple[int, Counts]) -> dict[str, pl.DataFrame]:
    """The counts of the columns that have no other texts than the guessed ones."""
    height, counts = seen
    return {
        name: pl.DataFrame([row for row in rows if row[1]], schema={name: pl.String, LEN: pl.UInt32}, orient="row")
        for name, rows in counts.items() if sum(count for _, count in rows) == height
    }
