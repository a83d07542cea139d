"""Runs a company through the product and through walked subtrees, by team, and tells where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

import mlmkpi
from equal.compare import Case, compared, frames, settings_of
from oracle import Row
from oracle.teams import by_team


@dataclass(frozen=True)
class TeamCase:
    """What is asked of both: the teams of the leaders, or of all of them."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    kpis: tuple[str, ...]
    leaders: tuple[str, ...] = ()
    kind: str = "sponsor"
    depth: int | None = None
    generation: int | None = None
    min_team: int = 1
    by: tuple[str, ...] = ()
    every: str = "month"
    count: int | None = None
    as_of: date | None = None
    compare_year: bool = False
    definitions: Mapping[str, Any] = field(default_factory=dict)
    min_cell: int = 0
    rank_ladder: tuple[str, ...] = ()


def product(case: TeamCase) -> pl.DataFrame:
    """The product's rows."""
    plain = Case(
        case.tables, case.kpis, definitions=case.definitions, min_cell=case.min_cell, rank_ladder=case.rank_ladder
    )
    return mlmkpi.compute(
        frames(case.tables), kpis=case.kpis, every=case.every, count=case.count, as_of=case.as_of, tree=case.kind,
        depth=case.depth, generation=case.generation, min_team=case.min_team, compare_year=case.compare_year,
        settings=settings_of(plain),
        by=case.by if case.leaders else ("team", *case.by), where={"team": case.leaders} if case.leaders else None,
    ).frame


def walked(case: TeamCase) -> list[Row]:
    """The oracle's rows."""
    return by_team(
        case.tables, kpis=case.kpis, leaders=case.leaders, min_team=case.min_team, kind=case.kind, depth=case.depth,
        generation=case.generation, by=case.by, every=case.every, as_of=case.as_of, count=case.count,
        compare_year=case.compare_year, definitions=case.definitions, min_cell=case.min_cell,
        rank_ladder=case.rank_ladder,
    )


def differences(case: TeamCase) -> list[str]:
    """Where the two differ, a line a row; of all leaders' teams what is no sum has no figure in the product."""
    found, rows = product(case), walked(case)
    if not case.leaders:
        untold = found.filter(pl.col("note").str.contains("teams asked for").fill_null(False))
        silent = set(untold.select("kpi", "statistic").iter_rows())
        rows = [row for row in rows if (row.kpi, row.statistic) not in silent]
    found = found.filter(pl.col("team").is_not_null() | pl.col("value").is_not_null())
    return compared([row for row in rows if row.dims["team"] is not None or row.value is not None], found)
