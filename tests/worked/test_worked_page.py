"""What a worked figure tells people: the orders that do not count, the division, commands to copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS
from mlmkpi.pipeline.worked import Variant
from mlmkpi.report.worked import render_worked

PEOPLE = "distributor_id,enrolled_on\nD1,2026-01-01\nD2,2026-09-06\n"
ORDERS = """\
order_id,ordered_on,amount,distributor_id,customer_id
A0,2026-01-05,5.00,D1,C1
A1,2026-10-01,30.75,D2,C1
A2,2026-10-31,8.00,D2,C1
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "distributors.csv").write_text(PEOPLE)
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def test_a_returned_kit_is_told_apart_from_the_returns(exports: Path) -> None:
    """In October 10 is sold and 4 of it comes back; the kit of September that comes back is neither, nor is its 9."""
    (exports / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,kind,original_order_id\nA1,2026-09-30,9,D1,kit,\n"
        "A2,2026-10-01,10,D1,sale,\nA3,2026-10-02,-4,D1,return,A2\nA4,2026-10-03,-9,D1,return,A1\n"
        "A5,2026-10-04,-9,D1,,A1\nA6,2026-11-01,1,D1,kit,\nA7,2026-10-05,-1,D1,return,A6\n"
    )
    found = mlmkpi.work_out(exports, "sales_volume", period="2026-10", as_of=date(2026, 10, 31))
    assert found.value == 5
    assert [(step.counts, step.value) for step in found.orders] == [
        ("Sales", 1), ("Returns", 2), ("Kits and replacements", 0), ("Returns of kits and replacements", 2),
        ("Not of a status that counts", 0), ("Of no amount", 0), ("Of an unknown kind", 0),
    ]


def test_orders_of_an_unknown_kind_are_no_kits(exports: Path, run: Callable[..., Run]) -> None:
    """Of October's four one is a sale and one a kit; the second of the two of an unknown kind is cancelled besides."""
    (exports / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,kind,status\nA1,2026-10-01,9,D1,sale,paid\nA2,2026-10-02,8,D1,kit,paid\n"
        "A3,2026-10-03,7,D1,Z,paid\nA4,2026-10-04,6,D1,Z,void\nA5,2026-11-04,5,D1,Z,paid\n"
    )
    asked = ("explain", "sales_volume", str(exports), "--period", "2026-10", "--as-of", "2026-11-30")
    told = " ".join(run(*asked, "--bad-rows", "skip").out.split())
    assert "Note 3 orders of an unknown kind left out" in told
    counted = "sales 1, kits and replacements 1, not of a status that counts 1, of an unknown kind 1"
    assert f"in the period: {counted} " in told


def test_the_numbers_of_a_division_stand_in_it(exports: Path, run: Callable[..., Run]) -> None:
    """7.75 of 38.75 is a fifth: 0.35 − 0.2."""
    (exports / "commissions.csv").write_text("distributor_id,paid_on,amount\nD2,2026-10-09,7.75\n")
    shown = run("explain", "payout_cap_headroom", str(exports), "--period", "2026-10").out
    assert "\n  0.35 − 7.75 ÷ 38.75 = 0.1500\n" in shown


def test_a_share_has_as_many_places_as_tell_it_and_none_where_it_is_not_known(exports: Path) -> None:
    told, about = mlmkpi.work_out(exports, "churn_rate", period="2026-10"), explanation(KPIS["churn_rate"])
    pages = [
        render_worked(replace(told, value=value), about, "exports/", width=80, colour=False)
        for value in (0.000123, 0.0, None)
    ]
    assert ["\n  0 ÷ 1 = 0.000123\n" in pages[0], "\n  0 ÷ 1 = 0.0000\n" in pages[1], "0 ÷ 1" in pages[2]] == [
        True, True, False,
    ]


def test_what_other_parameters_give_stands_below_one_another(exports: Path) -> None:
    told = mlmkpi.work_out(exports, "churn_rate", period="2026-10")
    others = (Variant("refunds", "ignore", 0.5, True), Variant("lapse_after_days", "45", 1.0, True))
    page = render_worked(
        replace(told, instead=others), explanation(KPIS["churn_rate"]), "exports/", width=80, colour=False
    )
    first, second = "  If instead    refunds = ignore           50.0 %\n", "lapse_after_days = 45     100.0 %\n"
    assert f"{first}{'':16}{second}" in page


def test_a_parameter_that_changes_nothing_is_named_once(exports: Path, run: Callable[..., Run]) -> None:
    shown = run("explain", "churn_rate", str(exports), "--period", "2026-10").out
    rule, others = "own_order, earned, any_event, sale_or_recruit", "refunds = order_date, ignore; volume = cv, amount"
    assert f"\n{'':16}active_rule = {rule};\n{'':16}{others}\n" in shown


def test_what_the_waiting_is_for_is_said(exports: Path, run: Callable[..., Run]) -> None:
    shown = run("explain", "time_to_first_sale", str(exports), "--period", "2026-09").out
    assert f"\n  {'Those of them whose first sale was seen':<75}1\n" in shown


def test_values_by_a_split_stand_below_one_another(exports: Path, run: Callable[..., Run]) -> None:
    """Of a hundred customers one lives in GB, one in US, and of the others nobody knows."""
    (exports / "customers.csv").write_text("customer_id,country\nC1,GB\nC2,US\n")
    more = "".join(f"B{at},2026-10-09,1,D2,C{at}\n" for at in range(2, 101))
    (exports / "orders.csv").write_text(ORDERS + more)
    shown = run("explain", "customer_geographic_distribution", str(exports), "--period", "2026-10").out
    assert f"\n  by customer's country\n    {'(unknown)':<56}98 ÷ 100 =  98.0 %\n" in shown
    assert f"\n    {'GB':<57}1 ÷ 100 =   1.0 %\n" in shown


def test_the_cells_that_are_not_shown_are_had_by_a_command(exports: Path, run: Callable[..., Run]) -> None:
    rows = "".join(f"L{at},A1,P{at},1,1\n" for at in range(30))
    (exports / "order_lines.csv").write_text(f"line_id,order_id,product_id,quantity,amount\n{rows}")
    shown = run("explain", "best_sellers", str(exports), "--period", "2026-10").out
    assert f" more:\n    mlmkpi compute {exports} \\\n      --kpi best_sellers --format csv\n" in shown


def test_what_a_warning_says_the_note_does_not_say_again(exports: Path) -> None:
    (exports / "orders.csv").write_text(ORDERS + "A3,2026-10-31,many,D2,C1\n")
    found = mlmkpi.work_out(exports, "sales_volume", period="2026-10", bad_rows="skip")
    assert (found.value, found.left_out) == (38.75, ("1 unreadable row of orders left out",))
