"""The typed copy of a text: its columns, and beside each the text of the cells that do not fit it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from mlmkpi.sources.part import ROW

OPEN = "_open"


def raw(name: str) -> str:
    """Where the typed copy keeps a column's odd cells as text."""
    return f"_raw_{name}"


@dataclass(frozen=True)
class Parsed:
    """A typed copy (`frame`) and what is odd in it: columns with cells that do not fit, and ragged records.

    A record is open where its last cell is empty; `uneven` are the numbers of the ragged ones.
    """

    frame: pl.LazyFrame
    columns: frozenset[str]
    failed: frozenset[str]
    has_open: bool
    uneven: tuple[int, ...] = ()

    def bad_cell(self, name: str) -> pl.Expr:
        """The records in which the column's cell does not fit."""
        return pl.col(name).is_null() & pl.col(raw(name)).is_not_null()

    def bad(self, names: Iterable[str]) -> pl.Expr | None:
        """The records that are ragged or have a cell that does not fit; None where there are none."""
        failed = [self.bad_cell(name) for name in names if name in self.failed]
        ragged = [self.ragged()] if self.uneven else []
        return pl.any_horizontal(*failed, *ragged) if failed or ragged else None

    def ragged(self) -> pl.Expr:
        """The records with more or fewer cells than the header."""
        return pl.col(ROW).is_in(self.uneven)


def inspected(frame: pl.LazyFrame, columns: list[str]) -> Parsed:
    """Look through a typed copy for what is odd in it."""
    schema = frame.collect_schema()
    odd = [name for name in columns if raw(name) in schema]
    looks = [(pl.col(name).is_null() & pl.col(raw(name)).is_not_null()).any().alias(name) for name in odd]
    looks += [pl.col(OPEN).any()] if OPEN in schema else []
    seen = frame.select(looks).collect(engine="streaming").row(0, named=True) if looks else {}
    return Parsed(
        frame,
        frozenset(columns),
        frozenset(name for name in odd if seen[name]),
        seen.get(OPEN, False),
    )
