"""The interface between validation's rules and whatever reads the exports: what differs from engine to engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.sources import Finding

KEY = "_id"
"""What `keyed` calls an id that it made fit for joining."""
BAD = "_bad"
"""What `placed` calls the rows with a cell that does not fit, where there can be one."""


class Checking(Protocol):
    """An export that is looked through instead of computed from: a cell that does not fit is null."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that there are."""

    def refused(self, table: str) -> bool:
        """Whether the table cannot be read for want of a column that it needs."""

    def readable(self, table: str) -> frozenset[str]:
        """The declared columns that can be read; none of a refused table."""

    def files(self, table: str) -> int:
        """How many files the table has."""

    def height(self, table: str) -> int:
        """How many rows the table has."""

    def findings(self, table: str) -> list[Finding]:
        """What reading brings up."""

    def spellings(self, table: str, columns: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """By column of codes, each spelling in order and how often it occurs."""

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, typed."""

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, with what `first` and `later` take rows in order by, and `_bad`."""

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """The file and number of a placed row, as far as they are known."""

    def first(self, frame: Frame, columns: Sequence[str], count: int, *, filtered: bool = False) -> pl.DataFrame:
        """The first rows of a placed frame; `filtered`: it was made by filters alone."""

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """The rows of a placed frame that have a row of their key before them."""

    def totals(self, frames: Sequence[Frame]) -> list[int]:
        """The sum of each frame's `len`."""

    def true(self, frame: Frame, flags: Sequence[str]) -> list[int]:
        """How often each flag is true."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows here."""

    def small(self, frame: pl.DataFrame) -> Frame:
        """A small frame of the driver's, as the engine's own."""

    def kept(self, frame: Frame) -> Frame:
        """A frame that is computed once, to be read several times."""

    def keyed(self, frame: Frame, column: str, name: str = KEY) -> Frame:
        """The frame with an id column once more, fit for joining and as its text stands."""

    def keys(self, texts: pl.Series) -> pl.Series:
        """What `keyed` makes of ids as text."""

    def absent(self, ids: tuple[str, str], known: Sequence[tuple[str, str]]) -> Frame:
        """The keyed ids of a table's column that none of the others has, and how often each (`len`)."""

    def among(self, frame: Frame, column: str, ids: Frame) -> Frame:
        """The rows whose id is one of the keyed ones."""

    def having(self, frame: Frame, other: Frame, key: Sequence[str], *, others: bool = False) -> Frame:
        """The rows whose key, empty cells included, another frame has, or has not (`others`)."""

    def repeats(self, table: str, key: Sequence[str]) -> bool:
        """Whether two rows may have one key."""
