"""Counts how often each text stands in a column: the few that its first rows show are compared with, not grouped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

LEN = "len"
_FIRST = 50_000
"""How many rows are looked at for the texts of a column."""
_FEW = 16
"""How many texts it takes less to compare all rows with than to group them by."""


def counted(frame: pl.LazyFrame, columns: Sequence[str]) -> dict[str, pl.DataFrame]:
    """By column, each of its values once, under the column's name, and in `len` how many rows have it."""
    guesses = _guessed(frame, columns)
    found = _compared(frame, guesses)
    rest = [name for name in columns if name not in found]
    grouped = [frame.group_by(name).agg(pl.len().alias(LEN)) for name in rest]
    found |= zip(rest, pl.collect_all(grouped, engine="streaming"), strict=True)
    return found


def _guessed(frame: pl.LazyFrame, columns: Sequence[str]) -> dict[str, list[str]]:
    """The texts of the columns whose first rows have few."""
    first = frame.select(columns).head(_FIRST).collect(engine="streaming")
    texts = {name: first[name].drop_nulls().unique() for name in columns if first.schema[name] == pl.String}
    return {name: found.to_list() for name, found in texts.items() if 0 < len(found) <= _FEW}


def _compared(frame: pl.LazyFrame, guesses: Mapping[str, Collection[str]]) -> dict[str, pl.DataFrame]:
    """The counts of the columns that have no other texts than the guessed ones."""
    if not guesses:
        return {}
    looks = [
        (pl.col(name) == text).sum().alias(f"{at} {name}")
        for name, texts in guesses.items() for at, text in enumerate(texts)
    ]
    empty = [pl.col(name).null_count().alias(name) for name in guesses]
    seen = frame.select(pl.len().alias(LEN), *looks, *empty).collect(engine="streaming").row(0, named=True)
    found = {}
    for name, texts in guesses.items():
        rows = [(None, seen[name]), *((text, seen[f"{at} {name}"]) for at, text in enumerate(texts))]
        if sum(count for _, count in rows) == seen[LEN]:
            rows = [(text, count) for text, count in rows if count]
            found[name] = pl.DataFrame(rows, schema={name: pl.String, LEN: pl.UInt32}, orient="row")
    return found
