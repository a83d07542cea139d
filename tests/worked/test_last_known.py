"""Without a period the last one that is known in full is worked out; what is not is said to be so far."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import mlmkpi
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS
from mlmkpi.report.worked import render_worked
from mlmkpi.settings import Settings


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """Four leads of a month each; a day of the last month counts as today."""
    (tmp_path / "leads.csv").write_text(
        "lead_id,created_on,converted_on\nL1,2026-07-01,2026-07-20\nL2,2026-08-01,2026-09-20\n"
        "L3,2026-09-01,2026-09-02\nL4,2026-10-02,\n"
    )
    return tmp_path


def test_without_a_period_the_last_that_is_known_in_full_is_told(leads: Path) -> None:
    """Leads are followed for 30 days: those of October are not known yet, those of August are."""
    told = mlmkpi.work_out(leads, "lead_conversion_rate", as_of=date(2026, 10, 15))
    assert (told.period, told.complete, told.value) == ("2026-08", True, 0.0)
    assert mlmkpi.trace(leads, "lead_conversion_rate", as_of=date(2026, 10, 15)).period == "2026-08"
    longer = Settings(definitions={"lead_window_days": 90})
    assert mlmkpi.work_out(leads, "lead_conversion_rate", settings=longer, as_of=date(2026, 10, 31)).period == "2026-07"
    assert mlmkpi.trace(leads, "lead_conversion_rate", settings=longer, as_of=date(2026, 10, 31)).period == "2026-07"


def test_a_figure_that_is_not_known_in_full_under_another_parameter_is_said_so(leads: Path) -> None:
    """L2 came in 50 days, which 60 allow; but not all of August were followed for 60 days by 20 October."""
    told = mlmkpi.work_out(leads, "lead_conversion_rate", period="2026-08", as_of=date(2026, 10, 20))
    (other,) = told.instead
    assert (other.parameter, other.value, other.figure, other.complete) == ("lead_window_days", "60", 1.0, False)
    page = render_worked(told, explanation(KPIS["lead_conversion_rate"]), "exports/", width=80, colour=False)
    assert "lead_window_days = 60     100.0 % so far\n" in page
