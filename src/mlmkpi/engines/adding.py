"""Sums laid out in arrays, a place a group: where rows outnumber groups, ten times as fast as by hashed keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Self

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Engine, Frame
from mlmkpi.engines.lookup import Table, is_narrow

MOST = 2**26
"""How many sums of a column arrays are laid out for."""
ROOM = 2**27
"""How many bytes the arrays may take that are added to at once."""
CELL, ROW_GROUP = "_cell", "_group"
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups that rows belong to, counted from 0: `of` gives those of what a batch of rows has in `column`.

    A row of none of them has `count`.
    """

    name: str
    count: int
    column: pl.Expr
    of: Callable[[pl.Series], Ints]

    @classmethod
    def numbered(cls, column: str, count: int) -> Self:
        """Rows that have their group's number in a column."""
        return cls(column, count, pl.col(column), pl.Series.to_numpy)

    @classmethod
    def looked_up(cls, members: pl.DataFrame) -> Self:
        """Rows that have an id in a column of this name, whose group's number stands beside it."""
        ids, numbers = members
        count = int(numbers.to_numpy().max(initial=-1)) + 1
        column = pl.col(ids.name)
        if is_narrow(ids):
            table = Table.of(ids, numbers.to_numpy(), count)
            return cls(numbers.name, count, column.fill_null(table.low), table.__getitem__)

        def joined(found: pl.Series) -> Ints:
            rows = found.to_frame(ids.name).join(members, on=ids.name, how="left", maintain_order="left")
            return rows[numbers.name].fill_null(count).to_numpy()

        return cls(numbers.name, count, column, joined)


@dataclass(frozen=True, eq=False)
class Cells:
    """What sums are by beside groups: a small count, and the texts of other columns, in one number."""

    key: str
    keys: int
    texts: dict[str, pl.Series]
    """The different texts of each column, none last."""

    @classmethod
    def of(cls, frames: Sequence[pl.LazyFrame], key: str, keys: int, other: Sequence[str]) -> Self:
        """Look through the other columns: of an Enum all labels may occur, of texts those do that stand there."""
        texts, types = {}, frames[0].collect_schema()
        for name in other:
            dtype = types[name]
            if isinstance(dtype, pl.Enum):
                known = dtype.categories.alias(name)
            else:
                found = pl.concat([frame.select(name) for frame in frames])
                known = found.unique().collect(engine="streaming")[name].drop_nulls()
            texts[name] = known.sort().extend_constant(None, 1)
        return cls(key, keys, texts)

    @property
    def count(self) -> int:
        """How many there are."""
        return self.keys * prod(map(len, self.texts.values()))

    @property
    def number(self) -> pl.Expr:
        """Which one a row is in."""
        number = pl.col(self.key).cast(pl.Int64)
        for name, texts in self.texts.items():
            code = pl.col(name).cast(pl.Enum(texts.drop_nulls())).to_physical()
            number = number * len(texts) + code.fill_null(len(texts) - 1)
        return number.alias(CELL)

    def columns(self, numbers: Ints, dtype: pl.DataType) -> dict[str, pl.Series]:
        """The count and the texts of such numbers."""
        found, rest = dict[str, pl.Series](), numbers
        for name, texts in reversed(self.texts.items()):
            found[name], rest = texts.gather(rest % len(texts)), rest // len(texts)
        return {self.key: pl.Series(rest, dtype=dtype), **dict(reversed(found.items()))}


def added(
    frames: Sequence[pl.LazyFrame], groups: Groups, key: str, keys: int, other: Sequence[str], names: Sequence[str]
) -> pl.DataFrame | None:
    """Columns' sums by a key, counted from 0, by other columns' text, and by group.

    No number that is summed may be null. Rows without a key or a group are left out. The sums stand in the order of the
    key, then of the texts, none last, then of the groups. None where there is no room for arrays.
    """
    types = frames[0].collect_schema()
    plain = [pl.col(name).cast(pl.String) for name in other if types[name] != pl.Enum]
    frames = [frame.with_columns(plain) for frame in frames] if plain else frames
    cells, stride = Cells.of(frames, key, keys, other), groups.count + 1
    size = cells.count * stride
    if size > MOST:
        return None
    some, sums = np.zeros(size, dtype=np.bool_), dict[str, NDArray[Any]]()
    for chosen in _in_turns(names, max(ROOM // (8 * size + 1), 1)):
        here = {name: np.zeros(size, dtype=np.float64 if types[name].is_float() else np.int64) for name in chosen}
        for batch in _batches(frames, [groups.column.alias(ROW_GROUP), *map(pl.col, chosen)], cells):
            at = groups.of(batch[ROW_GROUP]).astype(np.intp)
            at += np.multiply(batch[CELL].to_numpy(), stride, dtype=np.intp)
            for name, sum_ in here.items():
                np.add.at(sum_, at, batch[name].to_numpy())
            some[at] = True
        some[groups.count :: stride] = False
        sums |= {name: sum_[some] for name, sum_ in here.items()}
    found = np.flatnonzero(some)
    which = {**cells.columns(found // stride, types[key]), groups.name: pl.Series(found % stride, dtype=pl.Int32)}
    return pl.DataFrame({**which, **sums})


def grouped(
    engine: Engine, frames: Sequence[Frame], members: pl.DataFrame, key: str, keys: int, other: Sequence[str],
    names: Sequence[str],
) -> pl.DataFrame:
    """Such sums by groups, frame by frame."""
    sums, (ids, numbers) = [nw.col(name).sum() for name in names], members
    rows = [engine.numbered(frame, ids.name, ids, numbers) for frame in frames]
    found = [engine.group(frame, numbers.name, {key: keys}, other, sums) for frame in rows]
    return engine.collect(engine.concat(found))


def _in_turns(names: Sequence[str], together: int) -> Iterable[Sequence[str]]:
    return [names[first : first + together] for first in range(0, len(names), together)] or [()]


def _batches(frames: Sequence[pl.LazyFrame], read: Sequence[pl.Expr], cells: Cells) -> Iterator[pl.DataFrame]:
    """What is read and the CELL of some rows at a time."""
    for frame in frames:
        rows = frame.select(*read, cells.number).drop_nulls(CELL)
        yield from rows.collect_batches(engine="streaming")
