"""Every KPI worked out: a page that can be read, and the figures that compute gives, under other parameters too."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import mlmkpi
import mlmkpi.kpis
from equal.compare import frames
from marks import wide
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS
from mlmkpi.pipeline.result import COLUMNS
from mlmkpi.report.worked import render_worked
from mlmkpi.settings import Settings
from oracle.companies import company

SHAPES = (
    "new_signups", "average_order_value", "payout_cap_headroom", "earnings_gini", "autoship_survival", "yoy_growth",
    "distributor_age_distribution", "net_promoter_score",
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return frames(company(1, features=()).tables)


def typed(page: str) -> str:
    """A page's words as a shell takes them: a line that ends with a stroke goes on below."""
    return " ".join(page.replace("\\\n", " ").split())


def check(name: str, tables: dict[str, pl.DataFrame]) -> None:
    """The page can be read, and the figure is that of compute."""
    settings = Settings.model_validate({"rank_ladder": ["1", "2", "3"], "definitions": {"leader_rank": "2"}})
    found = mlmkpi.work_out(tables, name, period="2026-Q3", settings=settings)
    page = render_worked(found, explanation(KPIS[name]), "exports/", width=80, colour=False)
    assert page.startswith(KPIS[name].title)
    assert max(map(len, page.splitlines())) <= 80
    assert f"mlmkpi trace {name} exports/ --period 2026-Q3" in typed(page)
    if len(found.steps) == 2 and not found.division and found.value is not None:
        below, above = (step.value for step in found.steps)
        assert above is not None
        assert below
        assert found.value == pytest.approx(above / below)


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_worked_out(name: str, tables: dict[str, pl.DataFrame]) -> None:
    check(name, tables)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(set(KPIS) - set(SHAPES)))
def test_every_kpi_is_worked_out(name: str, tables: dict[str, pl.DataFrame]) -> None:
    check(name, tables)


@pytest.mark.parametrize("name", [
    "personal_sales_volume", "kit_revenue_share", "gross_revenue_retention",
    *map(wide, ("team_sales_volume", "volume_concentration", "majority_retail_share")),
])
def test_what_a_parameter_would_change_is_what_compute_gives(name: str, tables: dict[str, pl.DataFrame]) -> None:
    found = mlmkpi.work_out(tables, name, period="2026-03")
    figures = {(each.parameter, each.value): each.figure for each in found.instead}
    choices = [choice for choice in (*figures, *found.unchanged) if choice[0] in ("volume", "refunds", "active_rule")]
    assert choices
    for parameter, value in choices:
        settings = Settings(definitions={parameter: value})
        result = mlmkpi.compute(tables, kpis=[name], settings=settings, first=date(2026, 3, 1), last=date(2026, 3, 31))
        whole = result.frame.filter(statistic="value")
        for own in set(whole.columns) - set(COLUMNS):
            whole = whole.filter(pl.col(own).is_null())
        assert whole["value"].item() == figures.get((parameter, value), found.value)
