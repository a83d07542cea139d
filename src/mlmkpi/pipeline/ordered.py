"""Rows in the Result's order, each beside the same cell's of an earlier period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from mlmkpi.books.spans import Schedule
from mlmkpi.pipeline.joins import NOWHERE

Int64s = npt.NDArray[np.int64]
ROOM = 2**48
"""So many cells are told apart by a number; the spans have the rest of its bits."""
SPARSE = 8
"""How many times as many places as rows an array may have in which earlier ones are looked up."""


@dataclass(frozen=True, eq=False)
class Ordered:
    """A frame's rows by period, split and statistic, each with a number in that order: its span's place and its cell's.

    `places` has the place of each span that has rows among these, by the day it starts on; NOWHERE for the others.
    """

    frame: pl.DataFrame
    numbers: Int64s
    cells: int
    places: Int64s

    @classmethod
    def of(cls, frame: pl.DataFrame, split: Sequence[str], statistics: Sequence[str], schedule: Schedule) -> Ordered:
        """Rows with `span`, the split's columns (text or numbers, none first) and `statistic`, `statistics` first."""
        labels = frame["statistic"].cast(pl.Enum(statistics), strict=False)
        if labels.null_count():
            others = set(frame["statistic"].unique()) - set(statistics)
            labels = frame["statistic"].cast(pl.Enum([*statistics, *sorted(others)]))
        frame = frame.with_columns(labels)
        spans = frame["span"].to_numpy()
        occur = np.zeros(len(schedule.spans), dtype=np.bool_)
        occur[spans] = True
        places = _places(occur, schedule)
        numbers, cells = _numbered([*(frame[name] for name in split), frame["statistic"]])
        numbers = numbers + (places * cells).take(spans)
        if not (numbers[1:] >= numbers[:-1]).all():
            order = pl.DataFrame({"at": numbers}).select(pl.arg_sort_by("at", maintain_order=True)).to_series()
            frame, numbers = frame[order], numbers[order.to_numpy()]
        return cls(frame, numbers, cells, places)

    def earlier(self, links: Sequence[int | None], known: pl.Series) -> pl.Series:
        """The value of each row's cell in the span that its own is linked with, among the rows that are `known`."""
        beyond = int(self.places.max(initial=NOWHERE)) + 1
        linked = [NOWHERE if link is None else int(self.places[link]) for link in links]
        back = [beyond if then == NOWHERE else at - then for at, then in zip(self.places, linked, strict=True)]
        steps = np.array(back, dtype=np.int64) * self.cells
        wanted = self.numbers - steps.take(self.frame["span"].to_numpy())
        numbers, values, size = self.numbers, self.frame["value"].to_numpy(), beyond * self.cells
        if not known.all():
            rows = np.flatnonzero(known.to_numpy())
            numbers, values = numbers[rows], values[rows]
        if size > SPARSE * len(self.numbers):
            at = np.searchsorted(numbers, wanted)
            found = np.where(np.append(numbers, -1)[at] == wanted, np.append(values, np.nan)[at], np.nan)
        else:
            laid = np.full(size + 1, np.nan)
            laid[1:][numbers] = values
            wanted += 1
            found = laid.take(wanted, mode="clip")
        return pl.Series(found, nan_to_null=True)


def _places(occur: npt.NDArray[np.bool_], schedule: Schedule) -> Int64s:
    """Each span's place among those that occur, by the day it starts on."""
    some = [index for index, span in enumerate(schedule.spans) if occur[index]]
    places = np.full(len(occur), NOWHERE, dtype=np.int64)
    places[sorted(some, key=lambda index: (schedule.spans[index].period.start, index))] = np.arange(len(some))
    return places


def _numbered(columns: Sequence[pl.Series]) -> tuple[Int64s, int]:
    """A number a row, in the order of the columns' values, the first column's first; and what all numbers are below."""
    numbers, size = _ranks(columns[0])
    for column in columns[1:]:
        ranks, several = _ranks(column)
        if several == 1:
            continue
        if size * several > ROOM:
            distinct, numbers = np.unique(numbers, return_inverse=True)
            size = len(distinct)
        numbers, size = numbers * several + ranks, size * several
    return numbers, size


def _ranks(column: pl.Series) -> tuple[Int64s, int]:
    """Each value's place among all of them in their order, none first; and what all places are below."""
    dtype = column.dtype
    if isinstance(dtype, pl.Enum) and len(dtype.categories) == 1 and not column.has_nulls():
        return np.zeros(len(column), dtype=np.int64), 1
    if not (dtype == pl.Enum or dtype.is_integer()):
        column = column.cast(pl.Enum(column.unique().drop_nulls().sort()))
    ranks = column.to_physical()
    if ranks.has_nulls():
        ranks = (ranks.cast(pl.Int64) + 1).fill_null(0)
    places = ranks.to_numpy().astype(np.int64, copy=False)
    return places, int(places.max(initial=0)) + 1
