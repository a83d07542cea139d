"""The interface between facts and whatever runs them: Polars here, Spark elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import narwhals as nw
import polars as pl
from narwhals.dtypes import DType

from mlmkpi.errors import DataError

Frame = nw.LazyFrame[Any]
PLACE = "_place"
"""Where a row stands in its table's files, in one number: see `Engine.place`."""
PERSON = "person"
"""Whose row of a directory it is: see `Engine.directory`."""


class Engine(Protocol):
    """What differs between engines. Everything else is written once, against narwhals' lazy frames.

    Typed columns: ids of people and orders as the engine indexes them (on Polars integers, those of people in the order
    of their text; on Spark text), other ids and codes text, days Int32 day numbers, money and volume Int64
    ten-thousandths, flags Boolean.
    """

    name: str
    in_parts: bool
    """Whether sums of several frames are quicker taken one by one than of all of them."""
    at_hand: bool
    """Whether the driver's frames are the engine's, so that a table of everybody is handed over for nothing."""

    @property
    def at_once(self) -> int:
        """How many sums it takes at once."""

    def columns(self, table: str) -> frozenset[str]:
        """The columns that a table of the export has, canonical and extra; empty where the table is absent."""

    def unfit(self, tables: Sequence[str]) -> list[DataError]:
        """Why any of these tables cannot be read: its headers lack a column that it cannot do without; one a table."""

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Parse, once for all later scans, what is text among these columns."""

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """A table's columns, typed. DataError at a cell that does not fit, unless such rows are to be skipped."""

    def places(self, table: str, key: str, ids: pl.Series) -> pl.DataFrame:
        """`id`, `file`, `row` of those of the ids that a table has in a column; file and row null without numbers."""

    def place(self, table: str, places: pl.Series) -> pl.DataFrame:
        """`file`, `row` of places that `scan` gave of the table's rows, in their order."""

    def skipped(self) -> dict[str, int]:
        """How many rows of each table were left out because a cell did not fit."""

    def empties(self, columns: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
        """How many rows have nothing in a column, of these by table, by (table, column)."""

    def remarks(self) -> list[str]:
        """What reading came upon and went on from, a line each."""

    def labels(self, values: Sequence[str]) -> DType:
        """The type of a column that has these labels alone."""

    def small(self, frame: pl.DataFrame) -> Frame:
        """A small frame of the driver's, as the engine's own."""

    def numbered(self, frame: Frame, column: str, ids: pl.Series, numbers: pl.Series) -> Frame:
        """The rows whose id in the column is among the ids, with its number under the numbers' name."""

    def directory(self, frame: Frame) -> Frame:
        """Compute a frame once, to be looked up by its `person`; its texts may be kept as categories."""

    def look_up(self, frame: Frame, column: str, directory: Frame, small: Mapping[str, int] | None = None) -> Frame:
        """The rows with the directory's columns for the person in one of theirs, null for who is not in it.

        It has one row a person; or one a person and small counts (as in `group`), which the rows have too.
        """

    def materialise(self, frame: Frame) -> Frame:
        """Compute a frame once, to be read several times."""

    def compact(self, frame: Frame, ids: Sequence[str] = ()) -> Frame:
        """As `materialise`, as small as it can be: texts but those of `ids` may be kept as categories."""

    def keep(self, frame: Frame, columns: Sequence[str]) -> Frame:
        """A materialised frame's columns, the others let go."""

    def release(self, frame: Frame) -> None:
        """Let a materialised frame go."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame's rows to the driver."""

    def concat(self, frames: Sequence[Frame]) -> Frame:
        """Frames of the same columns below one another."""

    def full_join(self, frames: Sequence[Frame], key: str) -> Frame:
        """Frames of one row an id, in the column `key`, side by side: null where one lacks an id.

        None of the ids is null.
        """

    def spread(self, frame: Frame, spans: Sequence[tuple[int, Mapping[str, nw.Expr]]], *keep: str) -> list[Frame]:
        """Rows by `unit` and `span`: what each of the spans makes of a row, where one of its columns `keep` holds.

        Every one of the spans makes the same columns; one may come several times.
        """

    def group(
        self, frame: Frame, unit: str, small: Mapping[str, int], other: Sequence[str], sums: Sequence[nw.Expr]
    ) -> Frame:
        """Group by an id column, by small counts (column -> how many values, from 0) and by other columns."""

    def histories(
        self, cells: Frame, other: Sequence[str], words: Sequence[str], latest: Mapping[str, int]
    ) -> Frame:
        """Cells as one row a `unit` and other columns: words added up, and under each name of `latest` whose it was.

        That is the person in what `latest` packed, in the column of that name, of so many of the first cells.
        """

    def add_up(
        self, frames: Sequence[Frame], members: pl.DataFrame, key: str, keys: int, other: Sequence[str],
        names: Sequence[str],
    ) -> pl.DataFrame:
        """Columns summed by people's groups, by a small count (of so many) and by other columns.

        `members` has ids and the number of their group, from 0: the rows have its first column, the sums its second.
        Who is not among them is left out. What belongs together may stand in several rows.
        """

    def tally(self, frame: Frame, unit: str, key: str, keys: int, name: str) -> Frame:
        """How many rows, under the name, a unit has by a small count (of so many, from 0), where it has any."""

    def earliest(self, frame: Frame, unit: str, day: str) -> Frame:
        """One row a unit with the least of its days, under their name; no unit and no day is null."""

    def distinct(self, frame: Frame, keys: Sequence[str], unit: str, name: str) -> Frame:
        """By keys, how many different units there are, none of which is null, under the name."""

    def beside(self, lines: Frame, orders: Frame, key: str) -> Frame:
        """The lines of these orders, each with the columns of its order, of which there is one, as the key tells."""

    def cut(
        self, orders: Frame, lines: Frame, key: str, names: Sequence[str], sums: Sequence[str], *, whole: bool,
        merged: bool,
    ) -> Frame | None:
        """Orders by the values, under the names, of their lines, whose sums are added up: below 0 where not `sale`.

        Lines find their order, of which there is one, by the key. With `whole`, what they leave of its `amount` has no
        value. Unless `merged`, an order may have several rows of one value. None where there is no quicker way than
        joins.
        """

    def has_repeats(self, frame: Frame, columns: Sequence[str]) -> bool:
        """Whether a materialised frame has two rows with equal columns."""

    def apart(self, one: Frame, column: str, two: Frame, other: str) -> bool:
        """Whether no id of one frame's column can be in the other's, as far as that is known without joining."""

    def spellings(self, table: str, column: str) -> Mapping[str | None, int]:
        """The values that a code column holds, with their counts, in order."""

    def encode(self, values: Sequence[str]) -> pl.Series:
        """People's ids as the engine indexes them."""

    def decode(self, values: pl.Series, column: str = "distributors.distributor_id") -> pl.Series:
        """Indexed ids of a column, as `table.column`, back to text."""

    def latest(self, day: nw.Expr, person: nw.Expr) -> nw.Expr:
        """A value that orders by day, then by the id as text (nobody first), for taking a maximum."""

    def latest_person(self, packed: nw.Expr) -> nw.Expr:
        """The id packed into such a value."""

    def has_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """Whether an integer, 0 or more, has one of so many of its bits, from the bit `low` on."""

    def has_two_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """Whether it has two or more of them."""

    def quantiles(self, frame: Frame, keys: Sequence[str], value: str, points: Sequence[Fraction]) -> pl.DataFrame:
        """By keys, `n` and for each point the order statistics below and above it, `low_0`, `high_0` …"""
