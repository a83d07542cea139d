"""The hand-written Spark SQL of the benchmark gives the tool's figures: a faster wrong figure would be no rival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import nan
from pathlib import Path
from typing import Any

import pytest

import mlmkpi
from benchmarks.cases import KPIS
from benchmarks.data import company
from benchmarks.rivals import spark_sql

pytestmark = pytest.mark.spark
NAMES = ("kpi", "period", "statistic", "tenure")
FIGURES = ("numerator", "denominator", "value")


def test_the_sql_gives_the_same_figures(session: Any, tmp_path: Path) -> None:
    exports = company(tmp_path, 2_000)
    mine = by_name(mlmkpi.compute(exports, kpis=list(KPIS), count=12).frame.iter_rows(named=True))
    assert by_name(spark_sql.figures(str(exports), session)) == pytest.approx(mine, rel=1e-9, abs=1e-9, nan_ok=True)


def by_name(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str | None, ...], float]:
    """Every figure by its names, nan where there is none."""
    return {
        (*(row[name] for name in NAMES), figure): nan if row[figure] is None else row[figure]
        for row in rows for figure in FIGURES
    }
