"""Figures by team: rows of the teams asked for, or every leader's sums at once from each person's own.

A fact knows the person behind a row (`distributor`). For teams that are asked for, its rows are joined with who
belongs to which; for all of them, each person's sums come to the driver and are added up over the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.facts.attributes import DISTRIBUTOR
from mlmkpi.facts.base import PRIVATE, Boundary, Dimension, Dimensions, Fact
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
    """How a fact's rows are split by team: not, or by the teams asked for, or by every leader's."""

    dimensions: Dimensions
    all_leaders: bool

    @property
    def by_team(self) -> bool:
        """Whether team is one of the dimensions."""
        return any(d.name == TEAM for d in self.dimensions)

    def rows(self, books: Books, fact: Fact, at: Boundary) -> Frame:
        """The fact's rows; by team, with a column `team` as the engine indexes people."""
        if not self.by_team:
            return fact.rows(books, self.dimensions, at)
        credited = tuple(dict.fromkeys(_person(d) for d in self.dimensions))
        rows = fact.rows(books, credited, at)
        if not self.all_leaders:
            teams = replace(books.teams, depth=0, generation=None) if fact.of_leaders else books.teams
            belonging = books.engine.small(members(books, teams, with_leader=fact.with_leader or fact.of_leaders))
            return rows.join(belonging, on=DISTRIBUTOR, how="inner")
        return rows.with_columns(nw.col(DISTRIBUTOR).alias(TEAM))

    def parts(self, books: Books, fact: Fact, at: Boundary) -> list[Frame]:
        """The rows as frames to be summed one by one, where that is the quicker way."""
        if self.by_team or not books.engine.in_parts:
            return [self.rows(books, fact, at)]
        return fact.parts(books, self.dimensions, at)

    def leaders(self, books: Books, fact: Fact) -> Leaders | None:
        """Every leader, where teams are made of sums that are each person's own; None where they are not."""
        if not (self.by_team and self.all_leaders):
            return None
        return Leaders.of(books.lineage(), books.engine.decode, whole=fact.of_leaders, with_leader=fact.with_leader)


def _person(dimension: Dimension) -> Dimension:
    return Dimension(DISTRIBUTOR) if dimension.name == TEAM else dimension


@dataclass(frozen=True)
class Leaders:
    """Everybody who sponsors somebody, by id, and from which place in the tree to which their team stands."""

    lineage: Lineage
    names: pl.Series
    first: Int32s
    end: Int32s

    @classmethod
    def of(cls, lineage: Lineage, decode: Decode, *, whole: bool, with_leader: bool) -> Leaders:
        """The leaders of a tree, in its order; `whole` where a row is a leader with their whole team already."""
        tree = lineage.tree
        ordered = tree.order[np.flatnonzero(tree.size[tree.order])]
        first = tree.position[ordered] + np.int32(0 if with_leader or whole else 1)
        end = first + np.int32(1) if whole else tree.end[ordered]
        return cls(lineage, decode(lineage.ids.gather(ordered)), first, end)

    def laid(self, frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
        """Each person's own sums by span, in the order of the tree, `_at` for `team`; who is not in it is left out."""
        places = np.append(self.lineage.tree.position, NOBODY)[self.lineage.places(frame[TEAM])]
        rows = frame.drop(TEAM).with_columns(pl.Series("_at", places)).filter(pl.col("_at") != NOBODY).sort("_at")
        return {int(span): part for (span,), part in rows.partition_by("span", as_dict=True).items()}

    def teams(self, own: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
        """Such rows of a span as teams': a row a leader and cell in which somebody of the team has one."""
        others = [name for name in own.columns if name in keys]
        sums = [name for name in own.columns if name not in (*others, "_at")]
        parts = own.partition_by(others, maintain_order=True)
        empty = own.select(*others, pl.lit(None, dtype=pl.String).alias(TEAM), *sums).clear()
        return pl.concat([empty, *(self._summed(part, others, sums) for part in parts)])

    def _summed(self, part: pl.DataFrame, others: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        """One cell's rows as the sums of each leader who has one of them in their team."""
        places = part["_at"].to_numpy()
        low, high = np.searchsorted(places, self.first), np.searchsorted(places, self.end)
        some = np.flatnonzero(high > low)
        low, high = low[some], high[some]
        cell = part.select(others).head(1)
        return pl.DataFrame({
            **{name: pl.repeat(cell[name][0], len(some), dtype=cell.schema[name], eager=True) for name in others},
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
