"""A figure worked out by hand on a few people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
import mlmkpi.kpis
from cli.ended import Run
from mlmkpi.books import purchases
from mlmkpi.errors import UsageError
from mlmkpi.kpi import KPIS
from mlmkpi.period import day_number
from mlmkpi.pipeline.variants import choices, instead
from mlmkpi.settings import Settings

DISTRIBUTORS = """\
distributor_id,enrolled_on,terminated_on
D1,2026-09-05,2026-10-20
D2,2026-09-06,
D3,2026-07-20,
D4,2026-10-07,
D5,2026-10-08,2026-10-09
D6,2026-01-01,
"""
ORDERS = """\
order_id,ordered_on,amount,distributor_id,customer_id
A0,2026-01-05,5.00,D2,C1
A1,2026-10-01,10.50,D2,C1
A2,2026-10-02,20.25,D2,C2
A3,2026-10-31,8.00,D6,C2
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "distributors.csv").write_text(DISTRIBUTORS)
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def test_churn_by_hand(exports: Path) -> None:
    """On 30 September D1, D2 and D3 are current; on 31 October D2 (a sale), D4 (new) and D6 (a sale) are.

    D1 left, D3 enrolled 103 days before. D4 and D5 are new, D6 is back by a sale: (3 + 2 − 3) ÷ 3 by the textbook.
    """
    found = mlmkpi.work_out(exports, "churn_rate", period="2026-10")
    assert [(step.counts, step.value) for step in found.steps] == [
        ("People current on the day before the period", 3.0),
        ("Those of them no longer current on its last day", 2.0),
    ]
    assert found.value == 2 / 3
    assert {step.counts: step.value for step in found.related} == {
        "Churn by termination (churn_terminated)": 1.0, "Churn by lapse (churn_lapsed)": 1.0,
        "Joined and left in the period (intra_period_leavers)": 1.0,
    }
    assert found.naive is not None
    assert found.naive.figure == 2 / 3


def test_retention_by_the_textbook_is_another_figure(exports: Path) -> None:
    found = mlmkpi.work_out(exports, "distributor_retention_rate", period="2026-10")
    assert found.value == 1 / 3
    assert found.naive is not None
    assert found.naive.figure == (3 - 2) / 3
    later = (exports / "orders.csv").read_text() + "A4,2026-10-31,9.00,D3,C2\n"
    (exports / "orders.csv").write_text(later)
    changed = mlmkpi.work_out(exports, "distributor_retention_rate", period="2026-10")
    assert changed.value == 2 / 3
    assert changed.naive is not None
    assert changed.naive.figure == (4 - 2) / 3


def test_the_naive_mean_forgets_who_has_not_sold(exports: Path) -> None:
    (exports / "orders.csv").write_text(ORDERS + "A4,2026-10-17,9.00,D4,C2\n")
    found = mlmkpi.work_out(exports, "time_to_first_sale", period="2026-10")
    assert found.steps[0].value == 2.0
    assert found.naive is not None
    assert found.naive.figure == 10.0


def test_what_parameters_would_change_is_computed(exports: Path) -> None:
    found = mlmkpi.work_out(exports, "churn_rate", period="2026-10")
    changes = {(each.parameter, each.value): each.figure for each in found.instead}
    assert changes["lapse_after_days", "180"] == 1 / 3
    for (parameter, value), figure in changes.items():
        plain = int(value) if value.isdigit() else value
        settings = Settings.model_validate({"definitions": {parameter: plain}})
        frame = mlmkpi.compute(exports, kpis=["churn_rate"], settings=settings, count=1).frame
        assert frame.filter(pl.col("statistic") == "value", pl.col("tenure").is_null())["value"].to_list() == [figure]


def test_half_and_double_a_number_are_tried_and_no_less_than_one() -> None:
    tried = [choices(KPIS["activity_rate"], {"activity_minimum": number}) for number in (1, 2, 5)]
    assert [[other for _, other in each] for each in tried] == [[2], [1, 4], [2, 10]]


def test_no_change_is_left_out_for_being_small() -> None:
    others = {f"own?{at}": ("lapse_after_days", at) for at in range(12)}
    rows = pl.DataFrame({"kpi": list(others), "statistic": "value", "value": range(12), "complete": True})
    told = instead(rows.cast({"value": pl.Float64}), others, 3.0)
    assert [one.figure for one in told] == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]


def test_a_parameter_that_is_set_is_in_force(exports: Path) -> None:
    (exports / "mlmkpi.toml").write_text("[definitions]\nlapse_after_days = 180\n")
    found = mlmkpi.work_out(exports, "churn_rate", period="2026-10")
    assert found.value == 1 / 3
    assert "lapse_after_days=180" in found.definition
    assert {each.value for each in found.instead if each.parameter == "lapse_after_days"} <= {"90", "360"}


def test_the_page_goes_down_to_the_division(exports: Path, run: Callable[..., Run]) -> None:
    shown = run("explain", "churn_rate", str(exports), "--period", "2026-10").out
    assert shown.startswith("Churn, October 2026 = 66.7 %")
    assert "2 ÷ 3 = 0.6667" in shown
    assert "(Wilson score)" in shown
    assert "(start + new − end) ÷ start = 66.7 %" in shown
    assert f"mlmkpi trace churn_rate \\\n                  {exports} --period 2026-10\n" in shown


def test_it_runs_on_the_engine_named(exports: Path, run: Callable[..., Run]) -> None:
    assert run("explain", "sales_volume", str(exports), "--engine", "polars").code == 0
    refused, likewise = (run(*command, str(exports), "--engine", "sprak") for command in (
        ("explain", "sales_volume"), ("compute",)
    ))
    assert refused == likewise
    assert refused.code != 0


def test_machines_get_the_definition_and_the_figures(exports: Path, run: Callable[..., Run]) -> None:
    told = json.loads(run("explain", "sales_volume", str(exports), "--format", "json").out)
    assert told["formula"]
    assert told["worked"]["value"] == 38.75


def test_the_working_folder_is_read_only_if_it_holds_a_table(
    exports: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exports)
    assert run("explain", "sales_volume").out.startswith("Sales volume, October 2026 = ")
    (exports / "empty").mkdir()
    monkeypatch.chdir(exports / "empty")
    assert "Compute it" in run("explain", "sales_volume").out
    Path("orders.md").write_text("What the orders hold.\n")
    assert "Compute it" in run("explain", "sales_volume").out
    (exports / "orders.csv").rename("orders_2026-10.csv")
    assert run("explain", "sales_volume").out.startswith("Sales volume, October 2026 = ")
    Path("orders_2026-10.csv").rename("sales.csv")
    assert "Compute it" in run("explain", "sales_volume").out
    Path("mlmkpi.toml").write_text('[files]\norders = "sales.csv"\n')
    assert run("explain", "sales_volume").out.startswith("Sales volume, October 2026 = ")


def test_a_period_without_days_is_refused(exports: Path) -> None:
    with pytest.raises(UsageError, match="2026-13 is no period"):
        mlmkpi.work_out(exports, "sales_volume", period="2026-13")


def test_growth_and_caps_are_worked_in_their_own_way(exports: Path) -> None:
    (exports / "orders.csv").write_text(ORDERS + "A8,2025-09-01,1.00,D6,C2\nA9,2025-10-03,31.00,D6,C2\n")
    grown = mlmkpi.work_out(exports, "yoy_growth", period="2026-10")
    assert [step.value for step in grown.steps] == [31.0, 7.75]
    assert grown.steps[0].counts == "What buyers paid, returns taken off, in the earlier period"
    assert grown.value == 0.25
    (exports / "commissions.csv").write_text("distributor_id,paid_on,amount\nD2,2026-10-09,7.75\n")
    left = mlmkpi.work_out(exports, "payout_cap_headroom", period="2026-10")
    assert [step.value for step in left.steps] == [38.75, 7.75]
    assert left.value == pytest.approx(0.35 - 0.2)
    assert left.division == "0.35 − 7.75 ÷ 38.75"


def test_orders_that_do_not_count_are_counted(exports: Path, run: Callable[..., Run]) -> None:
    """Three of October's rows are sales; five more are none, and one is a repeat."""
    lines = ORDERS.replace("customer_id\n", "customer_id,status,kind\n").replace("C1\n", "C1,paid,sale\n")
    lines = lines.replace("C2\n", "C2,paid,sale\n")
    more = (
        "B1,2026-10-03,-4,D2,C1,paid,return", "B2,2026-10-03,9,D2,C1,cancelled,sale", "B3,2026-10-03,9,D2,C1,paid,kit",
        "B4,2026-10-03,0,D2,C1,paid,sale", "B5,2026-10-03,9,D2,C1,paid,replacement",
        "A3,2026-10-31,8.00,D6,C2,paid,sale",
    )
    (exports / "orders.csv").write_text(lines + "\n".join(more) + "\n")
    found = mlmkpi.work_out(exports, "sales_volume", period="2026-10")
    assert [step.value for step in found.orders] == [3, 1, 2, 0, 1, 1, 0]
    assert mlmkpi.work_out(exports, "new_signups", period="2026-10").orders == ()
    told = " ".join(run("explain", "sales_volume", str(exports), "--period", "2026-10").out.split())
    counted = "sales 3, returns 1, kits and replacements 2, not of a status that counts 1, of no amount 1"
    assert f"in the period: {counted}" in told


def test_whom_the_window_leaves_out_is_said(exports: Path) -> None:
    found = mlmkpi.work_out(exports, "enrolment_activation_30d", period="2026-10", as_of=date(2026, 11, 7))
    assert found.left_out[-1] == "left out, not yet followed for 30 days by 2026-11-07: those from 2026-10-09 on"
    assert [(step.counts, step.value) for step in found.steps] == [
        ("Newcomers who were followed", 2), ("Those of them with a sale within 30 days", 0),
    ]
    assert [step.value for step in found.related] == [2]
    whole = mlmkpi.work_out(exports, "enrolment_activation_30d", period="2026-09", as_of=date(2026, 11, 7))
    assert not [line for line in whole.left_out if line.startswith("left out")]


def test_who_still_waits_is_told_beside_the_median(exports: Path) -> None:
    found = mlmkpi.work_out(exports, "time_to_first_sale", period="2026-09", as_of=date(2026, 10, 31))
    assert [step.value for step in found.steps] == [1, 0, 1]
    assert found.division.startswith("nobody has had it yet")
    (exports / "orders.csv").write_text(ORDERS + "A4,2026-10-17,9.00,D4,C2\n")
    sold = mlmkpi.work_out(exports, "time_to_first_sale", period="2026-10")
    assert [step.value for step in sold.steps] == [2, 1, 1]
    assert sold.division.startswith("the share without it: 0.500 after 10 days")


def test_the_top_is_worked_in_money(exports: Path) -> None:
    (exports / "commissions.csv").write_text("distributor_id,paid_on,amount\nD2,2026-10-09,7.50\nD4,2026-10-09,2.50\n")
    found = mlmkpi.work_out(exports, "top_1pct_earnings_share", period="2026-10")
    assert [step.value for step in found.steps] == [6, 10, 7.5]
    assert found.steps[2].counts == "The 1 with the most: what they earned"
    mean = mlmkpi.work_out(exports, "income_distribution", period="2026-10")
    assert (mean.value, mean.naive.figure if mean.naive else None) == (10 / 6, 5)


def test_what_is_left_is_put_together_of_its_parts(exports: Path) -> None:
    (exports / "commissions.csv").write_text("distributor_id,paid_on,amount\nD2,2026-10-09,7.50\n")
    (exports / "order_lines.csv").write_text("order_id,product_id,quantity,amount,cost\nA1,P1,1,10.5,4\nA0,P1,1,5,1\n")
    (exports / "costs.csv").write_text("market,booked_on,amount\nUS,2026-10-01,3\n")
    found = mlmkpi.work_out(exports, "market_contribution", period="2026-10")
    assert [step.value for step in found.steps] == [38.75, -4, -7.5, -3, 24.25]


def test_a_scale_stands_before_the_division(exports: Path) -> None:
    (exports / "surveys.csv").write_text("answered_on,score\n2026-10-02,10\n2026-10-03,2\n2026-10-04,9\n2026-10-05,8\n")
    found = mlmkpi.work_out(exports, "net_promoter_score", period="2026-10")
    assert ([step.value for step in found.steps], found.value) == ([4, 1], 25)
    assert found.division == "100 × 1 ÷ 4"


def test_a_figure_by_a_split_of_its_own_has_the_sums_of_each_cell(exports: Path) -> None:
    people = DISTRIBUTORS.replace("terminated_on", "terminated_on,birth_year").replace("\nD", "|D")
    rows = [f"{row},{1970 + at}" for at, row in enumerate(people.strip().split("|")[1:])]
    (exports / "distributors.csv").write_text("\n".join([people.split("|")[0], *rows]) + "\n")
    settings = Settings.model_validate({"min_cell": 0})
    found = mlmkpi.work_out(exports, "distributor_age_distribution", period="2026-10", settings=settings)
    assert [(one.of, one.label, one.numerator, one.denominator) for one in found.parts] == [
        ("age_band", "45-54", 3, 4), ("age_band", "55-64", 1, 4),
    ]


def test_parameters_that_would_change_nothing_are_named(exports: Path) -> None:
    found = mlmkpi.work_out(exports, "new_signups", period="2026-10")
    assert [(each.parameter, each.value, each.figure) for each in found.instead] == [("cooling_off_days", "30", 1)]
    assert ("refunds", "ignore") in mlmkpi.work_out(exports, "sales_volume", period="2026-10").unchanged


def test_what_cannot_be_computed_says_why(exports: Path, run: Callable[..., Run]) -> None:
    assert "needs the leads export" in run("explain", "lead_conversion_rate", str(exports)).out


def test_models_are_fitted_for_the_period_that_is_explained_alone(
    exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[int] = []

    def fitted(books: Any, rules: Any, known: Any, until: int) -> Any:
        days.append(until)
        return real(books, rules, known, until)

    real = purchases.fitted
    monkeypatch.setattr("mlmkpi.facts.lifetimes.fitted", fitted)
    mlmkpi.work_out(exports, "customer_lifetime_value", period="2026-10")
    assert set(days) == {day_number(date(2026, 10, 31))}


def test_a_repeated_order_counts_once_under_every_rule(exports: Path) -> None:
    (exports / "orders.csv").write_text(ORDERS + "A3,2026-10-31,8.00,D6,C2\n")
    told = mlmkpi.work_out(exports, "sales_volume", period="2026-10")
    assert told.value == 38.75
    assert {one[0] for one in told.unchanged} == {"refunds"}


def test_returns_of_other_days_count_as_each_rule_says(exports: Path) -> None:
    """In March 20 was sold, of which 4 came back in October; what came back in March, 5, was sold in January."""
    (exports / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,original_order_id\n"
        "A0,2026-01-05,5,D6,\nA1,2026-03-01,20,D6,\nA2,2026-03-02,-5,D6,A0\nA3,2026-10-01,-4,D6,A1\nA4,,3,D6,\n"
    )
    found = mlmkpi.work_out(exports, "sales_volume", period="2026-03", as_of=date(2026, 10, 31))
    changes = {(each.parameter, each.value): each.figure for each in found.instead}
    assert found.value == 15
    assert changes == {("refunds", "order_date"): 16, ("refunds", "ignore"): 20}
    assert [step.value for step in found.orders] == [1, 1, 0, 0, 0, 0, 0]
    assert "1 order without a day or an amount left out" in found.left_out


def test_who_left_on_an_unknown_day_was_there_while_they_sold(tmp_path: Path) -> None:
    """D1 leads a team in March: their last sale is of October, whatever rules the orders are read by."""
    (tmp_path / "distributors.csv").write_text(
        "distributor_id,enrolled_on,status,sponsor_id\nD1,2026-01-01,terminated,\nD2,2026-01-02,active,D1\n"
    )
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_on,amount,volume,distributor_id\nA1,2026-03-01,20,10,D2\nA2,2026-10-01,9,9,D1\n"
    )
    found = mlmkpi.work_out(tmp_path, "team_sales_volume", period="2026-03", as_of=date(2026, 10, 31))
    assert [step.value for step in found.steps] == [1, 10]
    assert ("volume", "amount", 20) in [(each.parameter, each.value, each.figure) for each in found.instead]


def test_a_figure_that_is_not_known_has_no_sums(exports: Path, run: Callable[..., Run]) -> None:
    shown = run("explain", "churn_rate", str(exports), "--period", "2025-01").out
    assert shown.startswith("Churn, January 2025 = –")
    assert f"\n  {'People current on the day before the period':<75}–\n" in shown
