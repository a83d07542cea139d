"""The tree of a run, laid out once before anything is summed: what needs it, and what a tree that is none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlmkpi.books.dimensions import Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import TEAM, Lineage, LoopError, Teams, leaders_of, lineage_of
from mlmkpi.books.roster import Roster
from mlmkpi.kpi import facts_of
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.teams import without_tree


def laid_out(
    planned: Sequence[Planned], roster: Roster, teams: Teams, dimensions: Dimensions, *, asked: bool
) -> tuple[list[Planned], Lineage | None, list[str]]:
    """The KPIs and the tree that some of them need; where somebody is above themselves, those are null with the reason.

    The reason is a warning too. LoopError where teams, or these KPIs (`asked`), are asked for.
    """
    by_team = any(dimension.name == TEAM for dimension in dimensions)
    needing = [one for one in planned if one.computed and (by_team or any(f.reads_tree for f in facts_of(one.figure)))]
    if not needing:
        return list(planned), None, []
    try:
        lineage = lineage_of(roster.export.engine, roster, teams.kind)
    except LoopError as error:
        if by_team or asked:
            raise
        reason = f"{error.what}: {dict(error.details)['got']}"
        warning = f"{reason}; figures of the tree are left out"
        return [_without_tree(one, reason) if one in needing else one for one in planned], None, [warning]
    leaders_of(roster.export.engine, teams.leaders, lineage)
    return list(planned), lineage, []


def _without_tree(one: Planned, reason: str) -> Planned:
    if one.figure.of.fact.reads_tree:
        return replace(one, unsplit=reason)
    figure, untold = without_tree(one.figure, reason)
    return replace(one, figure=figure, partly={**one.partly, **untold})


def lone_leaders(export: Export, teams: Teams, dimensions: Dimensions, lineage: Lineage | None) -> list[str]:
    """What people should hear of leaders asked for who sponsor nobody, or of a split by team where nobody does."""
    if lineage is None:
        return []
    if not teams.leaders and not lineage.tree.size.any() and any(dimension.name == TEAM for dimension in dimensions):
        return [f"nobody has anybody in the {teams.kind} tree: there is no team"]
    places = leaders_of(export.engine, teams.leaders, lineage)
    lone = [leader for leader, place in zip(teams.leaders, places, strict=True) if not lineage.tree.size[place]]
    return [f"{leader} has nobody in the {teams.kind} tree: their own figures" for leader in lone]
