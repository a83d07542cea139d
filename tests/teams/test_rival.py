"""The recursive query that every leader's figures are measured beside gives the same figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import mlmkpi
from benchmarks.data import company
from benchmarks.rivals import teams
from benchmarks.team_step import database_of, parents_of, recursive, running

pytestmark = pytest.mark.wide


def test_the_recursive_query_gives_the_same_sums(tmp_path: Path) -> None:
    exports = company(tmp_path, 5_000)
    frame = mlmkpi.compute(exports, kpis=teams.KPIS, by=["team"], count=12).frame
    rows = frame.filter((pl.col("statistic") == "value") & pl.col("team").is_not_null())
    theirs = {(row["leader"], row["period"]): row for row in teams.figures(str(exports)).to_pylist()}
    assert set(rows["kpi"]) == set(teams.KPIS)
    names = ("team", "period", "numerator", "denominator")
    for kpi, (above, below) in teams.RATIOS.items():
        ours = {row[:2]: row[2:] for row in rows.filter(kpi=kpi).select(names).rows()}
        assert {key for key, row in theirs.items() if row[below or above] != 0} <= ours.keys() <= theirs.keys()
        for key, (numerator, denominator) in ours.items():
            assert numerator == pytest.approx(float(theirs[key][above]), abs=1e-6)
            assert denominator == (pytest.approx(float(theirs[key][below]), abs=1e-6) if below else None)


def test_running_sums_and_the_recursive_query_give_the_same_sums() -> None:
    parents = parents_of(500)
    own = np.random.default_rng(2).integers(-5, 1_000, (3, 2, 500))
    leaders, sums = running(parents, own)
    rows = {(row["leader"], row["m"]): [int(row["s0"]), int(row["s1"])]
            for row in recursive(database_of(parents, own), 2).to_pylist()}
    ours = {(int(who), month): sums[month, :, at].tolist() for at, who in enumerate(leaders) for month in range(3)}
    assert ours == rows
