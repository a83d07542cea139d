"""Periods, figures and parameters that cannot be had: refused in words with the right exit code, or told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import mlmkpi
from cli.ended import Run
from cli.test_cli_bad_input import GOOD, HEADER, write
from mlmkpi.errors import UsageError

Call = Callable[..., Run]


def test_a_label_of_no_calendar_asks_for_the_companys_own(run: Call, tmp_path: Path) -> None:
    ended = run("explain", "churn_rate", write(tmp_path, {"orders.csv": HEADER + GOOD}), "--period", "last")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: the export has no periods of the company's own\n")
    assert "such as 2026-10, 2026-Q3 or 2026-W41" in ended.err


@pytest.mark.parametrize(("rows", "code", "said"), [
    ("", 3, "error: periods has no row with a label and both days\n"),
    ("P1,,\n", 3, "error: periods has no row with a label and both days\n"),
    ("P1,2027-01-01,2027-01-28\n", 2,
     "error: no period of the company's own starts by the as-of date, 2026-02-01\n"),
    ("P1,2026-01-01,2026-01-28\nP2,,\n,2026-01-29,2026-02-20\n", 0,
     "warning: 2 rows of periods without a label or a day left out"),
])
def test_periods_of_the_companys_own_that_are_not_all_there(
    run: Call, tmp_path: Path, rows: str, code: int, said: str
) -> None:
    periods = f"period,starts_on,ends_on\n{rows}"
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "periods.csv": periods})
    ended = run("compute", folder, "--kpi", "sales_volume", "--every", "period")
    assert ended.code == code
    assert ended.err.startswith(said)


def test_periods_to_come_are_none(run: Call, tmp_path: Path) -> None:
    folder = write(tmp_path, {"orders.csv": f"{HEADER}{GOOD}2,2026-02-20,1.00,A1,paid\n"})
    asked = ("compute", folder, "--kpi", "sales_volume", "--last", "2", "--format", "json")
    ended = run(*asked, "--to", "2027-05-01")
    assert ended.code == 0
    assert ended.out == run(*asked).out
    assert [row["period"] for row in json.loads(ended.out)] == ["2026-01", "2026-02"]
    assert run(*asked, "--from", "2026-03-01").code == 2


@pytest.mark.parametrize("asked", [
    ("compute", "--from", "0001-01-01"), ("compute", "--as-of", "9999-12-31"), ("explain", "--period", "0001-01"),
    ("trace", "--period", "9999"), ("explain", "--period", "2031-01"), ("compute", "--from", "2031-01-01"),
])
def test_days_that_no_calendar_has_yet_or_at_all_are_refused(
    run: Call, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD})
    command, *options = asked
    names = ["--kpi", "sales_volume", folder] if command == "compute" else ["sales_volume", folder]
    ended = run(command, *names, *options)
    assert (ended.code, ended.out) == (2, "")
    later = "error: 2031-01-01 lies after the as-of date, 2026-02-01"
    refused = ("error: --from does not take 0001-01-01", "error: --as-of does not take 9999-12-31")
    assert ended.err.startswith((*refused, "error: 0001", "error: 9999", later))


@pytest.mark.parametrize(("kpi", "line", "expected"), [
    ("team_sales_volume", 'team_depth = "x"', "a whole number from 0"),
    ("team_sales_volume", "team_depth = [1]", "a whole number from 0"),
    ("leadership_emergence_rate", 'leader_rank = ["gold"]', "a rank of the ladder"),
    ("distributor_retention_rate", "lapse_after_days = 2147483648", "a whole number from 0 to 36500"),
    ("prospect_to_distributor_rate", "lead_window_days = 36501", "a whole number from 0 to 36500"),
    ("customer_lifetime_value", "clv_horizon_months = 1201", "a whole number from 0 to 1200"),
    ("customer_lifetime_value", "margin = nan", "a number from 0 to 1"),
    ("customer_lifetime_value", "margin = 60", "a number from 0 to 1"),
    ("payout_cap_headroom", "payout_cap = -0.35", "a number from 0 to 1"),
    ("payout_cap_headroom", f"payout_cap = 1{'0' * 400}", "a number from 0 to 1"),
    ("social_sales_share", "social_channels = []", "a channel or more"),
    ("active_distributors", 'active_rule = "volume>=inf"', "any_order, "),
    ("active_distributors", 'active_rule = "volume>=1e999999999"', "any_order, "),
    ("active_distributors", 'active_rule = "volume>=1e15"', "any_order, "),
])
def test_a_parameter_that_does_not_fit_is_refused_wherever_it_is_read(
    run: Call, tmp_path: Path, kpi: str, line: str, expected: str
) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD, "mlmkpi.toml": f"[definitions]\n{line}\n"})
    for command in (("compute", folder, "--kpi", kpi), ("explain", kpi, folder), ("trace", kpi, folder)):
        ended = run(*command)
        assert (ended.code, ended.out) == (2, "")
        assert re.search(f"(?m)^  expected  {expected}", ended.err)


@pytest.mark.parametrize("command", ["explain", "trace"])
@pytest.mark.parametrize("name", ["all", "sales", "sale_volume"])
def test_one_figure_is_of_one_kpi(run: Call, tmp_path: Path, command: str, name: str) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD})
    ended = run(command, name, folder)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: there is no KPI {name}\n")
    assert "family" not in ended.err
    with pytest.raises(UsageError, match=f"there is no KPI {name}"):
        (mlmkpi.trace if command == "trace" else mlmkpi.work_out)(folder, name)


@pytest.mark.parametrize("last", ["20000", str(10**30)])
def test_more_periods_than_a_calendar_has_are_all_that_it_has(run: Call, tmp_path: Path, last: str) -> None:
    folder = write(tmp_path, {"orders.csv": HEADER + GOOD})
    ended = run("compute", folder, "--kpi", "sales_volume", "--every", "year", "--last", last, "--format", "json")
    assert ended.code == 0
    assert [row["period"] for row in json.loads(ended.out)] == [str(year) for year in range(1000, 2027)]
    assert run("cohorts", folder, "--last", last).out == run("cohorts", folder).out
