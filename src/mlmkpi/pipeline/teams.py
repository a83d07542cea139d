"""Figures by team: rows of the teams asked for, or every leader's sums at once from each person's own.

A fact knows the person behind a row (`distributor`). For teams that are asked for, its rows are joined with who
belongs to which; for all of them, each person's sums come to the driver and are added up over the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.facts.attributes import DISTRIBUTOR
from mlmkpi.facts.base import PRIVATE, UNKNOWN, Boundary, Dimension, Dimensions, Fact
from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export
from mlmkpi.facts.lineage import TEAM, TREE, Lineage, Teams, members
from mlmkpi.genealogy import range_sums
from mlmkpi.genealogy.strides import NOBODY, Int32s
from mlmkpi.kpi import Concentrated, Figure, Part, Quantiles, Ratio, Statistic, Survival

Decode = Callable[[pl.Series], pl.Series]
ASKED = "by team only for the teams asked for: --team ID"
BOTH = "by team and distributor at once only for the teams asked for: --team ID"
COUNTED = "people can be counted by team and {} only for the teams asked for: --team ID"


@dataclass(frozen=True)
class Split:
    """How a fact's rows are split by team: not, or by the teams asked for, or by those of `leaders`."""

    dimensions: Dimensions
    leaders: Leaders | None = None

    @classmethod
    def of(cls, books: Books, fact: Fact, dimensions: Dimensions) -> Split:
        """By team where that is one of the dimensions; every leader's unless some are asked for."""
        if not cls(dimensions).by_team or books.teams.leaders:
            return cls(dimensions)
        whole, with_leader = fact.of_leaders, fact.with_leader
        lineage, decode, at_least = books.lineage(), books.engine.decode, books.teams.at_least
        return cls(dimensions, Leaders.of(lineage, decode, at_least, whole=whole, with_leader=with_leader))

    @property
    def by_team(self) -> bool:
        """Whether team is one of the dimensions."""
        return any(d.name == TEAM for d in self.dimensions)

    def rows(self, books: Books, fact: Fact, at: Boundary) -> Frame:
        """The fact's rows; by team, with a column `team`: the leader as the engine indexes people.

        With leaders the column is the person's stretch where the engine is at hand, else the person.
        """
        if not self.by_team:
            return fact.rows(books, self.dimensions, at)
        return self._by_team(books, fact, fact.rows(books, self._credited, at))

    def parts(self, books: Books, fact: Fact, at: Boundary) -> list[Frame]:
        """The rows as frames to be summed one by one, where that is the quicker way."""
        if not books.engine.in_parts:
            return [self.rows(books, fact, at)]
        if not self.by_team:
            return fact.parts(books, self.dimensions, at)
        return [self._by_team(books, fact, part) for part in fact.parts(books, self._credited, at)]

    @property
    def _credited(self) -> Dimensions:
        return tuple(dict.fromkeys(_person(d) for d in self.dimensions))

    def _by_team(self, books: Books, fact: Fact, rows: Frame) -> Frame:
        if self.leaders is None:
            teams = replace(books.teams, depth=0, generation=None) if fact.of_leaders else books.teams
            belonging = members(books, teams, with_leader=fact.with_leader or fact.of_leaders)
            return rows.join(books.engine.small(belonging), on=DISTRIBUTOR, how="inner")
        if not books.engine.at_hand:
            return rows.with_columns(nw.col(DISTRIBUTOR).alias(TEAM))
        everybody = self.leaders.members
        return books.engine.numbered(rows, DISTRIBUTOR, everybody[DISTRIBUTOR], everybody[TEAM])

    def labelled(self, books: Books, frame: pl.DataFrame) -> pl.DataFrame:
        """Collected rows with every dimension as text, `(unknown)` where there is none; by stretch with leaders."""
        for name in (dimension.name for dimension in self.dimensions):
            if name == TEAM and self.leaders is not None:
                frame = frame if books.engine.at_hand else self.leaders.placed(frame)
                continue
            column = books.engine.decode(frame[name]) if name in (DISTRIBUTOR, TEAM) else frame[name].cast(pl.String)
            frame = frame.with_columns(column.fill_null(UNKNOWN).alias(name))
        return frame


def _person(dimension: Dimension) -> Dimension:
    return Dimension(DISTRIBUTOR) if dimension.name == TEAM else dimension


@dataclass(frozen=True, eq=False)
class Leaders:
    """Those of whom teams are made, by id, and where their teams start and end among stretches of the tree.

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
        """Whoever has so many people below them; `whole` where a row is a leader with their whole team already.

        The names stand in their order as text, and are an Enum's.
        """
        tree = lineage.tree
        leaders = np.flatnonzero(tree.size >= max(at_least, 1))
        first = tree.position[leaders] + np.int32(0 if with_leader or whole else 1)
        end = first + np.int32(1) if whole else tree.end[leaders]
        opened, closed = (np.bincount(edge, minlength=len(tree) + 1) for edge in (first, end))
        number = np.cumsum((opened + closed) > 0, dtype=np.int32) - np.int32(1)
        stretches = np.where(np.cumsum(opened - closed) > 0, number, np.int32(NOBODY))[: len(tree)]
        names = decode(lineage.ids.gather(leaders))
        names = names.cast(pl.Enum(names))
        return cls(lineage, names, number[first], number[end], stretches)

    @cached_property
    def members(self) -> pl.DataFrame:
        """`distributor`, `team`: everybody in a team, by id as the engine indexes people, with their stretch."""
        stretch = self.stretches[self.lineage.tree.position]
        people = pl.DataFrame({DISTRIBUTOR: self.lineage.ids, TEAM: stretch})
        return people.filter(pl.col(TEAM) != NOBODY)

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows by person (`team`) as rows by stretch."""
        stretches = self.members.rename({DISTRIBUTOR: "_person", TEAM: "_stretch"})
        rows = frame.join(stretches, left_on=TEAM, right_on="_person", how="inner")
        return rows.with_columns(pl.col("_stretch").alias(TEAM)).drop("_stretch")

    def laid(self, frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
        """Sums by span and stretch (`team`), in the order of the tree."""
        return {int(span): part for (span,), part in frame.sort(TEAM).partition_by("span", as_dict=True).items()}

    def teams(self, own: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
        """Such rows of a span as teams': a row a leader and cell in which somebody of the team has one."""
        others = [name for name in own.columns if name in keys and name != TEAM]
        sums = [name for name in own.columns if name not in (*others, TEAM)]
        parts = own.partition_by(others, maintain_order=True) if len(others) > 1 and own.height else [own]
        return pl.concat([self._summed(part, others, sums) for part in parts])

    def _summed(self, part: pl.DataFrame, others: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        """One cell's rows as the sums of each leader who has one of them in their team."""
        rows = np.bincount(part[TEAM].to_numpy(), minlength=int(self.end.max(initial=0)))
        before = np.append(0, np.cumsum(rows))
        low, high = before[self.first], before[self.end]
        some = np.flatnonzero(high > low)
        low, high = low[some], high[some]
        same = np.zeros(len(some), dtype=np.uint32)
        return pl.DataFrame({
            **{name: part[name].gather(same) for name in others},
            TEAM: self.names.gather(some),
            **{name: pl.Series(range_sums(part[name].to_numpy(), low, high), dtype=part.schema[name]) for name in sums},
        })


def fitted(
    figure: Figure, dimensions: Dimensions, teams: Teams, export: Export
) -> tuple[Figure, dict[str, str], str | None]:
    """A figure as it stands in a split: what it is made of, why some statistics are null, and why all of it is."""
    names, untold = {dimension.name for dimension in dimensions}, dict[str, str]()
    if not names & {TEAM, DISTRIBUTOR}:
        figure, _ = without(figure, lambda one: isinstance(one, Part) and one.of_leaders, "")
    elif figure.of.fact.of_leaders:
        figure, _ = without(figure, lambda one: not isinstance(one, Part), "")
    if not export.has(TREE):
        figure, untold = without_tree(figure, "needs distributors.sponsor_id")
    for dimension in dimensions:
        if figure.of.fact.carries(dimension):
            figure, uncarried = without(figure, _not_by(dimension), f"cannot be split by {dimension.name}")
            untold |= uncarried
    if TEAM not in names or teams.leaders:
        return figure, untold, None
    if DISTRIBUTOR in names or isinstance(figure, Concentrated | Survival):
        return figure, untold, BOTH if DISTRIBUTOR in names else ASKED
    private = _counted(figure, dimensions)
    if private:
        return figure, untold, COUNTED.format(private)
    figure, unsummed = without(figure, lambda one: not isinstance(one, Part), ASKED)
    return figure, untold | unsummed, None


def _not_by(dimension: Dimension) -> Callable[[Statistic], bool]:
    return lambda one: one.of.fact.reads_tree and not one.of.fact.carries(dimension)


def without_tree(figure: Figure, reason: str) -> tuple[Figure, dict[str, str]]:
    """A figure without the statistics that need the tree, and of each the reason; as it is where it needs it itself."""
    if figure.of.fact.reads_tree:
        return figure, {}
    return without(figure, lambda one: one.of.fact.reads_tree, reason)


def without(figure: Figure, gone: Callable[[Statistic], bool], reason: str) -> tuple[Figure, dict[str, str]]:
    """A figure without some of its further statistics, and of each the reason."""
    if isinstance(figure, Survival):
        return figure, {}
    lost = [one for one in figure.also if gone(one)]
    names = [name for one in lost for name in (dict(one.points) if isinstance(one, Quantiles) else [one.name])]
    return replace(figure, also=tuple(one for one in figure.also if one not in lost)), dict.fromkeys(names, reason)


def _counted(figure: Ratio, dimensions: Dimensions) -> str | None:
    """The private dimension by which distinct people would be counted who may stand behind several persons' sums."""
    fact = figure.of.fact
    column = fact.people_column(figure.of.name, dimensions)
    if column in (fact.unit, "seller") or fact.people_measure(figure.of.name) is not None:
        return None
    return next((d.name for d in dimensions if d.column in PRIVATE), None)
