"""On Spark the rows behind a figure have keys and no row numbers, and a company's own KPI is computed as any other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mlmkpi
from mlmkpi.pipeline.plugins import forget_plugins
from mlmkpi.settings import load_settings
from plugins.own import adding, with_plugin

pytestmark = pytest.mark.spark
EXAMPLE = Path(__file__).parents[2] / "examples" / "own_kpi.py"


@pytest.fixture
def exports(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,customer_id\nA1,2026-10-01,10.50,D1,C1\nA2,2026-10-02,20.25,D2,C2\n"
        "A3,2026-10-31,-3.25,D1,C1\n"
    )
    (tmp_path / "surveys.csv").write_text("answered_on,score,respondent_id\n2026-10-05,10,R1\n2026-10-06,2,R2\n")
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    forget_plugins()
    yield tmp_path
    forget_plugins()


def test_rows_have_keys_and_add_up(session: Any, exports: Path) -> None:
    settings = load_settings(exports / "mlmkpi.toml", None, exports)
    (exports / "customers.csv").write_text("customer_id\nC1\n")
    for kpi, side, rows in (
        ("net_order_value", "numerator", [("A1", None, 10.5), ("A2", None, 20.25), ("A3", None, -3.25)]),
        ("active_customers", "numerator", [("C1", None, 1.0), ("C2", None, 1.0)]),
        ("net_promoter_score", "denominator", [(None, None, 1.0), (None, None, 1.0)]),
    ):
        asked: dict[str, Any] = {"period": "2026-10", "side": side, "settings": settings}
        found = mlmkpi.trace(exports, kpi, **asked, engine=session)
        assert found.frame.select("id", "row", "contribution").rows() == rows
        assert found.total == found.figure
        there = mlmkpi.trace(exports, kpi, **asked).frame
        assert found.frame.select("id", "table").equals(there.select("id", "table"))


def test_a_figure_is_worked_out_as_on_the_other_engine(session: Any, exports: Path) -> None:
    settings = load_settings(exports / "mlmkpi.toml", None, exports)
    for kpi in ("average_order_value", "customer_retention_rate"):
        asked: dict[str, Any] = {"period": "2026-10", "settings": settings}
        assert mlmkpi.work_out(exports, kpi, **asked, engine=session) == mlmkpi.work_out(exports, kpi, **asked)


@pytest.mark.parametrize(("adds", "said"), [
    ("amount", "Added.each adds amount, which is ten-thousandths: "),
    ("quantity", "Added.each reads a column that its rows lack; they have "),
])
def test_a_measure_that_does_not_fit_its_rows_is_named(session: Any, exports: Path, adds: str, said: str) -> None:
    with_plugin(exports, adding(f'nw.col("{adds}")', unit="RATIO"))
    settings = load_settings(exports / "mlmkpi.toml", None, exports)
    result = mlmkpi.compute(exports, kpis=["sales_volume", "own"], count=1, settings=settings, engine=session)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert [line.startswith(f"plugin own_kpi.py left out: own: {said}") for line in result.warnings] == [True]


def test_one_that_fails_as_spark_works_it_out_is_left_out_and_named(session: Any, exports: Path) -> None:
    """No seller's id is a year."""
    year = 'nw.col("seller").cast(nw.String).str.to_datetime(format="%Y").dt.year()'
    with_plugin(exports, adding(year, unit="COUNT"))
    settings = load_settings(exports / "mlmkpi.toml", None, exports)
    result = mlmkpi.compute(exports, kpis=["sales_volume", "own"], count=1, settings=settings, engine=session)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert [line.startswith("plugin own_kpi.py left out: own: ") for line in result.warnings] == [True]
