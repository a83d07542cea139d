"""One file or frame of a table, before anybody knows what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from mlmkpi.sources.titles import Headers

ROW = "_row"
OVERFLOW = "_overflow"
SMALL = 4 * 2**20
"""A text of so many bytes is read in what takes the least time, one beyond it in what takes little memory."""
_PACKED = (".gz", ".zst")


@dataclass(frozen=True)
class Part:
    """A lazy frame whose columns are named by position, with the headers that people see.

    `label` is what messages call it. A `text` part has strings, its record numbers in `_row`, and where it
    `overflows` in `_overflow` what a record holds beyond the header; from `address`, past `lines` lines, the
    text can be read again. `below` is what seems to be its headers, where `headers` are like a title. A `parquet` part
    is a file, which costs little to look through again.
    """

    label: str
    headers: tuple[str, ...]
    frame: pl.LazyFrame
    dtypes: tuple[pl.DataType, ...]
    text: bool = False
    address: str = ""
    delimiter: str = ","
    lines: int = 0
    overflows: bool = False
    below: Headers | None = None
    parquet: bool = False

    @cached_property
    def size(self) -> int | None:
        """How many bytes of text it has, where that is told without reading it."""
        path = Path(self.address)
        plain = self.text and path.suffix.lower() not in _PACKED and path.is_file()
        return path.stat().st_size if plain else None

    @property
    def is_small(self) -> bool:
        """Whether it is known to be a small text."""
        return self.size is not None and self.size <= SMALL

    def named(self, position: int) -> pl.Expr:
        """The column at a position."""
        return pl.col(position_name(position))


def position_name(position: int) -> str:
    """What the frame calls the column at a position."""
    return f"c{position}"


def native_part(label: str, frame: pl.LazyFrame, *, parquet: bool = False) -> Part:
    """A part whose columns have types of their own: a Parquet file or a frame in memory."""
    schema = frame.collect_schema()
    names = {name: position_name(position) for position, name in enumerate(schema)}
    renamed = frame.select(pl.col(name).alias(alias) for name, alias in names.items())
    return Part(label, tuple(schema), renamed, tuple(schema.dtypes()), parquet=parquet)
