"""Every leader's team made of stretches of the tree: runs of people whom each team has wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl

from mlmkpi.books.attributes import DISTRIBUTOR
from mlmkpi.books.lineage import TEAM, Lineage
from mlmkpi.engines.adding import Groups, added
from mlmkpi.genealogy import range_sums
from mlmkpi.genealogy.strides import NOBODY, Int32s
from mlmkpi.pipeline.result import TEXT

Decode = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, eq=False)
class Leaders:
    """Those of whom teams are made, by id as text and in its order, and where each team is among stretches of the tree.

    Until rows are written down, a team is told by the number of its leader.
    A stretch is a run of neighbouring places that every team has wholly or not at all, so that sums by stretch are all
    that teams are made of. `stretches` has one a place of the tree, -1 for places in no team.
    """

    lineage: Lineage
    names: pl.Series
    first: Int32s
    end: Int32s
    stretches: Int32s

    @classmethod
    def of(cls, lineage: Lineage, decode: Decode, at_least: int, *, whole: bool, with_leader: bool) -> Leaders:
        """Whoever has so many people below them; `whole` where a row is a leader with their whole team already."""
        tree = lineage.tree
        leaders = np.flatnonzero(tree.size >= max(at_least, 1))
        first = tree.position[leaders] + np.int32(0 if with_leader or whole else 1)
        end = first + np.int32(1) if whole else tree.end[leaders]
        opened, closed = (np.bincount(edge, minlength=len(tree) + 1) for edge in (first, end))
        number = np.cumsum((opened + closed) > 0, dtype=np.int32) - np.int32(1)
        stretches = np.where(np.cumsum(opened - closed) > 0, number, np.int32(NOBODY))[: len(tree)]
        return cls(lineage, decode(lineage.ids.gather(leaders)).cast(TEXT), number[first], number[end], stretches)

    @cached_property
    def members(self) -> pl.DataFrame:
        """`distributor`, `team`: everybody in a team, by id as the engine indexes people, with their stretch."""
        stretch = self.stretches[self.lineage.tree.position]
        people = pl.DataFrame({DISTRIBUTOR: self.lineage.ids, TEAM: stretch})
        return people.filter(pl.col(TEAM) != NOBODY)

    @property
    def count(self) -> int:
        """Of how many stretches teams are made at most."""
        return int(self.end.max(initial=0))

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows by person (`team`) as rows by stretch."""
        stretches = self.members.rename({DISTRIBUTOR: "_person", TEAM: "_stretch"})
        rows = frame.join(stretches, left_on=TEAM, right_on="_person", how="inner")
        return rows.with_columns(pl.col("_stretch").alias(TEAM)).drop("_stretch")

    def by_span(self, frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Sums that may have several rows a span, stretch (`team`) and cell, added up; in the order of spans."""
        others = [name for name in frame.columns if name not in ("span", TEAM, *names)]
        frame = frame if frame["span"].is_sorted() else frame.sort("span", maintain_order=True)
        if _rises(frame.select("span", *others, TEAM)):
            return frame
        groups, spans = Groups.numbered(TEAM, self.count), int(frame["span"].to_numpy().max(initial=NOBODY)) + 1
        found = added([frame.lazy()], groups, "span", spans, others, names)
        return frame.group_by("span", TEAM, *others).agg(pl.col(list(names)).sum()) if found is None else found

    @staticmethod
    def laid(frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
        """Sums by stretch (`team`) of each span."""
        frame = frame if frame["span"].is_sorted() else frame.sort("span")
        spans = frame["span"].to_numpy()
        edges = [*np.flatnonzero(np.diff(spans, prepend=NOBODY)).tolist(), len(spans)]
        return {int(spans[start]): frame[start:end] for start, end in pairwise(edges)}

    def teams(self, own: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
        """Such rows of a span as teams': a row a leader and cell in which somebody of the team has one."""
        others = [name for name in own.columns if name in keys and name != TEAM]
        sums = [name for name in own.columns if name not in (*others, TEAM)]
        parts = own.partition_by(others, maintain_order=True) if len(others) > 1 and own.height else [own]
        return pl.concat([self._summed(part, others, sums) for part in parts])

    def _summed(self, part: pl.DataFrame, others: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        """One cell's rows as the sums of each leader who has one of them in their team."""
        part = part if part[TEAM].is_sorted() else part.sort(TEAM)
        before = np.zeros(self.count + 1, dtype=np.intp)
        np.cumsum(np.bincount(part[TEAM].to_numpy(), minlength=self.count), out=before[1:])
        low, high = before.take(self.first), before.take(self.end)
        some = np.flatnonzero(high > low)
        if len(some) < len(low):
            low, high = low.take(some), high.take(some)
        return pl.DataFrame({
            **{name: part[name].new_from_index(0, len(some)) if len(some) else part[name].clear() for name in others},
            TEAM: pl.Series(some, dtype=pl.Int32),
            **{name: pl.Series(range_sums(part[name].to_numpy(), low, high), dtype=part.schema[name]) for name in sums},
        })


def _rises(keys: pl.DataFrame) -> bool:
    """Whether every row comes after the one before by its keys, so that none stands there twice."""
    after, before = keys[1:], keys[:-1]
    same, rises = np.ones(len(after), dtype=np.bool_), np.zeros(len(after), dtype=np.bool_)
    for name in keys.columns:
        rises |= same & (after[name] > before[name]).fill_null(False).to_numpy()
        same &= (after[name] == before[name]).fill_null(False).to_numpy()
    return bool(rises.all())
