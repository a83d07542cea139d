"""The catalogue and its explanations at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import mlmkpi.kpis  # noqa: F401
from cli.ended import Run
from mlmkpi.kpi import KPIS

Call = Callable[..., Run]


def test_the_json_catalogue_has_every_kpi_in_report_order(run: Call) -> None:
    ended = run("kpis", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert [one["name"] for one in json.loads(ended.out)] == list(KPIS)


def test_the_list_names_every_kpi_and_keeps_to_eighty_columns(run: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("kpis").out.splitlines()
    assert {line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "} == set(KPIS)
    assert max(map(len, lines)) <= 80


def test_columns_decides_on_the_width(run: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, run("explain", "churn_rate").out.splitlines()[:-1])) <= 50


@pytest.mark.parametrize("name", list(KPIS))
def test_every_kpi_explains_itself_in_full(run: Call, name: str) -> None:
    told = json.loads(run("explain", name, "--format", "json").out)
    assert told["name"] == name
    assert all(told[part] for part in ("title", "meaning", "formula", "counted_in", "edge_cases", "source", "needs"))
    assert all(each["meaning"] and each["expected"] for each in told["parameters"])
    assert [each["name"] for each in told["parameters"]] == list(KPIS[name].parameters)


def test_a_kpi_that_is_not_there_ends_with_two_and_the_nearest(run: Call) -> None:
    near, far = run("explain", "chrun_rate"), run("explain", "zzz")
    own = "  own  give the exports, or --config: their settings name your own KPIs\n"
    assert near == Run(2, "", f"error: there is no KPI chrun_rate\n  fix  did you mean churn_rate?\n{own}")
    assert "  fix  did you mean net_promoter_score?\n" in run("explain", "NPS").err
    assert far == Run(2, "", f"error: there is no KPI zzz\n  fix  mlmkpi kpis lists them all\n{own}")
