"""The interface between validation's rules and whatever reads the exports: what differs from engine to engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Frame
from mlmkpi.sources import Finding

KEY = "_id"
"""What `keyed` calls an id that it made fit for joining."""


class Sifted(Protocol):
    """A table's rows that were looked through, each under some flags."""

    def count(self, flag: str) -> int:
        """How many rows have a flag."""

    def first(self, flag: str, columns: Sequence[str], count: int) -> pl.DataFrame:
        """The columns of the first rows that have a flag, with what `place` reads."""


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

    def spellings(self, table: str, columns: Sequence[str]) -> Mapping[str, Mapping[str | None, int]]:
        """By column of codes, each spelling in order and how often it occurs."""

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, typed."""

    def with_keys(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, typed, ids as what they are looked up by; `keyed`, `same` and `strange` take such rows."""

    def marked(self, table: str, columns: Sequence[str], beside: Sequence[str]) -> Frame:
        """The columns, typed, and the reader's BAD where a cell can fail; `beside`: more for a sifted frame."""

    def placed(self, table: str, columns: Sequence[str]) -> Frame:
        """The columns, with what `first` and `later` take rows in order by."""

    def place(self, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
        """The file and number of a placed row, as far as they are known."""

    def first(self, frame: Frame, columns: Sequence[str], count: int) -> pl.DataFrame:
        """The columns of the first rows of a placed frame, with what `place` reads."""

    def later(self, frame: Frame, key: Sequence[str]) -> Frame:
        """The rows of a placed frame that have a row of their key before them."""

    def sift(self, table: str, frame: Frame, flags: Sequence[str]) -> Sifted:
        """Look through the table's rows, of which the frame has all, in the order that `scan` gave them, and flags."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows here."""

    def small(self, frame: pl.DataFrame) -> Frame:
        """A small frame of the driver's, as the engine's own."""

    def kept(self, frame: Frame) -> Frame:
        """A frame that is computed once, to be read several times."""

    def keyed(self, frame: Frame, column: str) -> Frame:
        """The frame with an id column once more, fit for joining."""

    def same(self, column: str, other: str) -> nw.Expr:
        """Whether two columns of ids have the same one, in rows `with_keys`."""

    def look_up(self, frame: Frame, directory: Frame) -> Frame:
        """The keyed rows with the other columns of a keyed frame, which has an id once; null for ids not in it."""

    def strange(self, frame: Frame, ids: tuple[str, str], known: Sequence[tuple[str, str]], flag: str) -> Frame:
        """The rows with a flag: that the id in a table's column, where there is one, stands in none of the others."""

    def parents(self, table: str, column: str) -> tuple[pl.Series, NDArray[np.int64]]:
        """The keyed ids of the people who have a parent in the column, and where among them the parent stands, or -1.

        Of several rows of a person the highest parent counts. Nobody, where all parents are seen not to stand below.
        """

    def among(self, frame: Frame, column: str, ids: Frame) -> Frame:
        """The rows whose id is one of the keyed ones."""

    def having(self, frame: Frame, other: Frame, key: Sequence[str], *, others: bool = False) -> Frame:
        """The rows whose key, empty cells included, another frame has, or has not (`others`)."""

    def repeats(self, table: str, key: Sequence[str]) -> bool:
        """Whether two rows may have one key."""
