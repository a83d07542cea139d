"""Figures by team: rows of the teams asked for, or every leader's sums at once from each person's own.

A fact knows the person behind a row (`distributor`). For teams that are asked for, its rows are joined with who
belongs to which; for all of them, each person's sums come to the driver and are added up over the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import narwhals as nw
import polars as pl

from mlmkpi.books.attributes import DISTRIBUTOR, TABLE
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import PRIVATE, UNKNOWN, Boundary, Dimension, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import TEAM, TREE, Teams, members
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact
from mlmkpi.kpi import Concentrated, Figure, Part, Quantiles, Ratio, Statistic, Survival
from mlmkpi.pipeline.stretches import Leaders
from mlmkpi.tables import TABLES, Kind

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

        def leaders() -> Leaders:
            lineage, decode, at_least = books.lineage(), books.engine.decode, books.teams.at_least
            return Leaders.of(lineage, decode, at_least, whole=whole, with_leader=with_leader)

        return cls(dimensions, books.leaders.once((whole, with_leader), leaders))

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
        rows = fact.rows(books, self._credited, at)
        return self._asked(books, fact, rows) if self.leaders is None else self.stretched(books, rows)

    def parts(self, books: Books, fact: Fact, at: Boundary) -> list[Frame]:
        """The rows as frames to be summed one by one, where that is the quicker way; with leaders by person."""
        if not self.by_team:
            return fact.parts(books, self.dimensions, at) if books.engine.in_parts else [self.rows(books, fact, at)]
        parts = fact.parts if books.engine.in_parts else lambda *about: [fact.rows(*about)]
        credited = parts(books, self._credited, at)
        return credited if self.leaders else [self._asked(books, fact, part) for part in credited]

    @property
    def _credited(self) -> Dimensions:
        return tuple(dict.fromkeys(_person(d) for d in self.dimensions))

    def _asked(self, books: Books, fact: Fact, rows: Frame) -> Frame:
        teams = replace(books.teams, depth=0, generation=None) if fact.of_leaders else books.teams
        belonging = members(books.engine, books.lineage(), teams, with_leader=fact.with_leader or fact.of_leaders)
        rows = rows.join(books.engine.small(belonging), on=DISTRIBUTOR, how="inner")
        return fact.once_a_team(rows, [d.name for d in self.dimensions])

    def stretched(self, books: Books, rows: Frame) -> Frame:
        """The parts below one another as `rows` has them."""
        if self.leaders is None:
            return rows
        if not books.engine.at_hand:
            return rows.with_columns(nw.col(DISTRIBUTOR).alias(TEAM))
        everybody = self.leaders.members
        return books.engine.numbered(rows, DISTRIBUTOR, everybody[DISTRIBUTOR], everybody[TEAM])

    def labelled(self, books: Books, frame: pl.DataFrame) -> pl.DataFrame:
        """Collected rows with every dimension as text, `(unknown)` where there is none; by stretch with leaders."""
        if self.leaders is not None and not books.engine.at_hand:
            frame = self.leaders.placed(frame)
        return self.texts(books, frame)

    def texts(self, books: Books, frame: pl.DataFrame) -> pl.DataFrame:
        """Such rows, which with leaders are by stretch already."""
        for dimension in self.dimensions:
            if dimension.name == TEAM and self.leaders is not None:
                continue
            column = _text(books, dimension, frame[dimension.name])
            frame = frame.with_columns(column.fill_null(UNKNOWN).alias(dimension.name))
        return frame


def _text(books: Books, dimension: Dimension, values: pl.Series) -> pl.Series:
    """A dimension's values as the export has them: inside, people's and orders' ids and days are numbers."""
    if dimension.name in (DISTRIBUTOR, TEAM):
        return books.engine.decode(values)
    table = TABLE.get(dimension.side, "")
    if not table or dimension.column not in TABLES[table].names:
        return values.cast(pl.String)
    if TABLES[table].column(dimension.column).kind is Kind.DATE:
        return values.cast(pl.String).cast(pl.Int32).cast(pl.Date).cast(pl.String)
    return books.engine.decode(values, f"{table}.{dimension.column}")


def _person(dimension: Dimension) -> Dimension:
    return Dimension(DISTRIBUTOR) if dimension.name == TEAM else dimension


@dataclass(frozen=True)
class InSplit:
    """A figure as it stands in a split: `partly` says why some of its statistics are null, `whole` why all of it is."""

    figure: Figure
    partly: dict[str, str]
    whole: str | None = None


def in_split(figure: Figure, dimensions: Dimensions, teams: Teams, export: Export) -> InSplit:
    """A figure with the statistics that a split can have; by team all of it may be out of the question."""
    names, untold = {dimension.name for dimension in dimensions}, dict[str, str]()
    if not names & {TEAM, DISTRIBUTOR}:
        figure, _ = without(figure, lambda one: isinstance(one, Part) and one.of_leaders, "")
    elif figure.of.fact.of_leaders:
        figure, _ = without(figure, lambda one: not isinstance(one, Part), "")
    if not export.has(TREE):
        figure, untold = without_tree(figure, "needs distributors.sponsor_id")
    for dimension in dimensions:
        if figure.of.fact.carries(dimension):
            figure, uncarried = without(figure, _not_by(dimension), f"cannot be split by {dimension.asked}")
            untold |= uncarried
    if TEAM not in names or teams.leaders:
        return InSplit(figure, untold)
    if DISTRIBUTOR in names or isinstance(figure, Concentrated | Survival):
        return InSplit(figure, untold, BOTH if DISTRIBUTOR in names else ASKED)
    private = _counted(figure, dimensions)
    if private:
        return InSplit(figure, untold, COUNTED.format(private))
    figure, unsummed = without(figure, lambda one: not isinstance(one, Part) or one.of.fact.shared, ASKED)
    return InSplit(figure, untold | unsummed)


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
