"""Figures by team, the naive way: walk down from each leader, and put the people's own units together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from oracle.definitions import Definitions
from oracle.export import Export
from oracle.figures import Block
from oracle.leaders import above, team_of
from oracle.roster import Roster
from oracle.rows import Desk, Figures, Row, rows_of
from oracle.split import Split
from oracle.world import World

LEADER_OUT = ("team_growth_rate", "team_retention_rate")
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


class TeamDesk(Desk):
    """Computes a KPI's figures by team; the first dimension of its split is the person."""

    def __init__(self, world: World, name: str, by: Sequence[str], teams: Teams, kind: str) -> None:
        super().__init__(world, name, Split(world, ["distributor", *by]))
        self.split.tree = kind
        self.teams = teams

    def _of_block(self, block: Block) -> Figures:
        return super()._of_block(replace(block, units=[
            replace(unit, cell=(leader, *unit.cell[1:]))
            for leader, members in self.teams.items()
            for unit in block.units
            if self._belongs(unit.cell[0], leader, members)
        ]))

    def _belongs(self, who: str | None, leader: str, members: Mapping[str, int]) -> bool:
        if self.name in LEADERS_OWN:
            return who == leader
        return who in members and not (self.name in LEADER_OUT and who == leader)


def by_team(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], *, kpis: Sequence[str], leaders: Sequence[str] = (),
    kind: str = "sponsor", depth: int | None = None, generation: int | None = None, by: Sequence[str] = (),
    every: str = "month", as_of: date | None = None, count: int | None = None, compare_year: bool = False,
    definitions: Mapping[str, Any] | None = None, min_cell: int = 5, rank_ladder: Sequence[str] = (),
) -> list[Row]:
    """The rows of the KPIs by team: those of the leaders, or of everybody who stands above somebody."""
    parameters = {"min_cell": min_cell, "rank_ladder": rank_ladder, **(definitions or {})}
    world = World(Export(tables), Definitions.of(parameters), every, as_of)
    teams = teams_of(world.roster, leaders, kind=kind, depth=depth, generation=generation)
    spans = world.calendar.spans(None, None, count)
    rows = [row for name in kpis for row in rows_of(TeamDesk(world, name, by, teams, kind), spans, compare_year)]
    return [replace(row, dims={"team" if name == "distributor" else name: label for name, label in row.dims.items()})
            for row in rows]
