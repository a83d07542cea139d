"""The recursive query that every leader's figures are measured beside gives the same figures."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import mlmkpi
from benchmarks.data import company
from benchmarks.rivals import teams


def test_the_recursive_query_gives_the_same_volumes_and_sellers(tmp_path: Path) -> None:
    exports = company(tmp_path, 5_000)
    frame = mlmkpi.compute(exports, kpis=["personal_sales_volume"], by=["team"], count=12).frame
    rows = frame.filter((pl.col("statistic") == "value") & pl.col("team").is_not_null())
    ours = {row[:2]: row[2:] for row in rows.select("team", "period", "numerator", "denominator").iter_rows()}
    theirs = {(leader, period): (volume, active) for leader, period, volume, active in teams.figures(str(exports))}
    assert ours.keys() == theirs.keys()
    assert [each for key in ours for each in ours[key]] == pytest.approx([each for key in ours for each in theirs[key]])
