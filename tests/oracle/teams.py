"""Figures by team, the naive way: walk down from each leader, and put the people's own units together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from oracle.calendar import Span
from oracle.definitions import Definitions
from oracle.export import Export
from oracle.figures import Block, Cell, Figure, Unit
from oracle.leaders import above, team_of
from oracle.orders import Order
from oracle.registry import KPIS
from oracle.roster import Roster
from oracle.rows import Desk, Row, rows_of
from oracle.split import Split
from oracle.world import World

LEADER_OUT = ("team_growth_rate", "team_retention_rate")
OUTSIDE = ""
LEADERS_OWN = ("team_sales_volume",)
Teams = Mapping[str, Mapping[str, int]]


def teams_of(
    roster: Roster, leaders: Sequence[str] = (), *, kind: str = "sponsor", depth: int | None = None,
    generation: int | None = None,
) -> dict[str, dict[str, int]]:
    """The teams of these leaders, without any those of everybody who stands above somebody."""
    parents = above(roster, kind)
    leaders = leaders or sorted({parent for parent in parents.values() if parent is not None})
    return {
        leader: {
            who: below for who, below in team_of(parents, leader).items()
            if (depth is None or below <= depth) and generation in (None, below)
        }
        for leader in leaders
    }


class TeamSplit(Split):
    """A split whose first dimension says whether the person belongs to one leader's team."""

    def __init__(self, world: World, by: Sequence[str], leader: str, members: Iterable[str]) -> None:
        super().__init__(world, ["distributor", *by])
        self.leader = leader
        self.members = frozenset(members)

    def person(self, who: str | None, day: date, sale: Order | None = None) -> Cell:
        return self._of_team(super().person(who, day, sale))

    def newcomer(self, who: str, day: date, sides: str = "person") -> Cell:
        return self._of_team(super().newcomer(who, day, sides))

    def order(self, order: Order, day: date) -> Cell:
        return self._of_team(super().order(order, day))

    def customer(self, who: str, day: date, sale: Order | None = None) -> Cell:
        return self._of_team(super().customer(who, day, sale))

    def record(self, row: Mapping[str, Any], day: date, sides: str, table: str) -> Cell:
        return self._of_team(super().record(row, day, sides, table))

    def _of_team(self, cell: Cell) -> Cell:
        return (self.leader if cell[0] in self.members else OUTSIDE, *cell[1:])


class TeamDesk(Desk):
    """Computes a KPI's figures by team: once a leader, of everybody in their team as one cell."""

    def __init__(self, world: World, name: str, by: Sequence[str], teams: Teams, kind: str) -> None:
        super().__init__(world, name, Split(world, ["distributor", *by]))
        self.kpi = replace(self.kpi, compute=self._walked)
        self.by = [name for name in by if name not in self.kpi.brings]
        self.teams = teams
        self.kind = kind

    def _walked(self, world: World, span: Span, split: Split) -> list[Block]:
        """The blocks of all leaders, each with the units of its own team."""
        found: dict[int, Block] = {}
        figures: dict[int, dict[str | None, Callable[[Sequence[Unit]], Figure]]] = defaultdict(dict)
        for leader, team in self.teams.items():
            members = {leader} if self.name in LEADERS_OWN else {*team}
            one = TeamSplit(world, self.by, leader, members - {leader} if self.name in LEADER_OUT else members)
            one.tree = self.kind
            for key, block in enumerate(KPIS[self.name].compute(world, span, one)):
                before = found[key].units if key in found else []
                own = [unit for unit in block.units if unit.cell[0] == leader]
                figures[key][leader] = block.figure
                found[key] = replace(block, units=[*before, *own], figure=partial(_of_leader, figures[key]))
        return list(found.values())


def _of_leader(figures: Mapping[str | None, Callable[[Sequence[Unit]], Figure]], units: Sequence[Unit]) -> Figure:
    """The figure of one team's units, as its own run makes it."""
    return figures[units[0].cell[0]](units)


def by_team(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], *, kpis: Sequence[str], leaders: Sequence[str] = (),
    kind: str = "sponsor", depth: int | None = None, generation: int | None = None, by: Sequence[str] = (),
    every: str = "month", as_of: date | None = None, count: int | None = None, compare_year: bool = False,
    definitions: Mapping[str, Any] | None = None, min_cell: int = 5, rank_ladder: Sequence[str] = (), min_team: int = 1,
) -> list[Row]:
    """The rows of the KPIs by team: those of the leaders, or of everybody with at least `min_team` people below."""
    parameters = {"min_cell": min_cell, "rank_ladder": rank_ladder, **(definitions or {})}
    world = World(Export(tables), Definitions.of(parameters), every, as_of)
    teams = teams_of(world.roster, leaders, kind=kind, depth=depth, generation=generation)
    if not leaders:
        sizes = {leader: sum(below > 0 for below in team.values()) for leader, team in teams.items()}
        teams = {leader: team for leader, team in teams.items() if sizes[leader] >= min_team}
    spans = world.calendar.spans(None, None, count)
    rows = [row for name in kpis for row in rows_of(TeamDesk(world, name, by, teams, kind), spans, compare_year)]
    return [replace(row, dims={"team" if name == "distributor" else name: label for name, label in row.dims.items()})
            for row in rows]
