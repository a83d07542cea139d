"""The texts of a column, and how often each stands there: few that its first rows show are sought, not grouped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl

LEN = "len"
_FIRST = 50_000
"""How many rows are looked at for the texts of a column."""
_FEW = 16
"""How many texts it takes less to compare all rows with than to group them by."""


class Codes(Mapping[str | None, int]):
    """A column's codes, none last, with how many rows have each, which is counted once somebody asks.

    >>> list(Codes(["kit", "sale"], lambda: {"kit": 1, "sale": 2}))
    ['kit', 'sale']
    """

    def __init__(self, codes: Iterable[str | None], count: Callable[[], Mapping[str | None, int]]) -> None:
        self._codes, self._count = tuple(codes), count

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __getitem__(self, code: str | None) -> int:
        return self._counts[code]

    @cached_property
    def _counts(self) -> Mapping[str | None, int]:
        return self._count()


def sighted(frame: pl.LazyFrame, columns: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Of the columns of a Parquet file whose first rows have few texts and no other row has more, each value once.

    To see that there are no others a file's dictionaries are looked through, and none of its rows.
    """
    def some(rows: pl.Expr) -> bool:
        return bool(frame.filter(rows).select(pl.len()).collect(engine="streaming").item())

    found = {}
    for name, texts in _guessed(frame, columns).items():
        if not some(~pl.col(name).is_in(texts)):
            empty = [None] if some(pl.col(name).is_null()) else []
            found[name] = pl.DataFrame({name: [*texts, *empty]}, schema={name: pl.String})
    return found


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
