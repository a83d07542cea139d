"""Codes that nothing says the meaning of."""

from __future__ import annotations

import pytest

from mlmkpi.settings import Settings
from mlmkpi.sources import Example
from mlmkpi.validate import Finding, check, opened
from validate.company import Company, finding

STATUS = (
    "status neither counts nor is known not to\n"
    "  fix  say in mlmkpi.toml which codes count:\n"
    "         [definitions]\n"
    '         valid_status = ["7", …]'
)


def test_a_status_that_neither_counts_nor_is_known_not_to(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount,status", "O1,2026-03-09,5,Completed", "O2,2026-03-09,5,7",
        "O3,2026-03-09,5,CANCELLED", "O4,2026-03-09,5,", "O5,2026-03-09,5,7",
    )
    assert company.findings() == [
        finding("orders.status", "unknown-code", "error", 5, STATUS, (2, "O2", "7"), (5, "O5", "7"))
    ]
    assert company.findings(codes={"orders": {"status": {"shipped": ["7"]}}}) == []
    assert company.findings(definitions={"valid_status": ["completed", "7"]}) == []


def test_a_status_that_valid_status_names_and_no_order_has(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,status", "O1,2026-03-09,5,OK", "O2,2026-03-09,5,other")
    assert company.findings(definitions={"valid_status": ["ok", "okay"]}) == [
        Finding(
            "orders", "status", "unused-status", "warning", 1, 2, (Example(None, None, None, "okay"),),
            "no order has a status that valid_status names",
        )
    ]


@pytest.mark.parametrize(
    ("setting", "table", "header", "row", "column", "whose"),
    [
        ("social_channels", "orders", "order_id,ordered_on,amount,channel", "O1,2026-03-09,5,", "channel", "order"),
        ("digital_sources", "leads", "lead_id,created_on,source", "L1,2026-03-09,", "source", "row of leads"),
        ("activity_kinds", "activities", "distributor_id,occurred_on,kind", "D1,2026-03-09,", "kind",
         "row of activities"),
    ],
)  # fmt: skip
def test_codes_that_a_definition_names_and_no_row_has(
    company: Company, setting: str, table: str, header: str, row: str, column: str, whose: str
) -> None:
    company.put(table, header, f"{row}FB")
    assert company.findings(definitions={setting: ["fb"]}) == []
    (slip,) = company.findings(definitions={setting: ["FB", "f-b"]})
    assert slip == Finding(
        table, column, f"unused-{column}", "warning", 1, 2, (Example(None, None, None, "f-b"),),
        f"no {whose} has a {column} that {setting} names",
    )  # fmt: skip
    (mapped,) = company.findings(codes={table: {column: {"facebook": "FB"}}}, definitions={setting: ["fb"]})
    fix = f"  fix  name what [codes.{table}.{column}] makes of them: facebook"
    assert mapped.message == f"no {whose} has a {column} that {setting} names\n{fix}"


def test_channels_of_which_no_order_has_one_of_the_usual_social_ones(company: Company) -> None:
    header = "order_id,ordered_on,amount,channel"
    company.put("orders", header, "O1,2026-03-09,5,IG", "O2,2026-03-09,5,web")
    (found,) = company.findings()
    assert (found.rule, found.count, found.checked) == ("unused-channel", 4, 4)
    assert found.message == "no order has a channel that social_channels names"
    assert company.findings(definitions={"social_channels": ["ig"]}) == []
    company.put("orders", header, "O1,2026-03-09,5,Facebook", "O2,2026-03-09,5,web")
    assert company.findings() == []
    company.put("orders", header, "O1,2026-03-09,5,", "O2,2026-03-09,5,")
    assert company.findings() == []


def test_a_status_that_valid_status_names_as_the_export_spells_it_though_it_is_mapped(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,status", "O1,2026-03-09,5,ok", "O2,2026-03-09,5,sent")
    codes = {"orders": {"status": {"paid": ["OK"], "shipped": ["sent"], "void": ["X"]}}}
    (found,) = company.findings(codes=codes, definitions={"valid_status": ["ok", "Sent", "typo"]})
    assert (found.rule, found.count) == ("unused-status", 3)
    assert found.message == (
        "no order has a status that valid_status names\n"
        "  fix  name what [codes.orders.status] makes of them: paid, shipped"
    )
    assert company.findings(codes=codes, definitions={"valid_status": ["paid", "shipped"]}) == []


@pytest.mark.parametrize(
    ("table", "header", "row", "column", "codes"),
    [
        ("orders", "order_id,ordered_on,amount,kind", "O1,2026-03-09,5,", "kind", "sale, return, kit, replacement"),
        ("enrollments", "distributor_id,enrolled_on,kind", "D1,2026-03-09,", "kind", "new, upgrade, rejoin"),
        ("customers", "customer_id,kind", "C1,", "kind", "retail, preferred"),
        ("ranks", "distributor_id,rank,effective_on,kind", "D1,gold,2026-03-09,", "kind", "paid_as, title"),
        ("leads", "lead_id,created_on,outcome", "L1,2026-03-09,", "outcome", "customer, distributor"),
        ("targets", "kpi,goal,window", "sales_volume,5,", "window", "month, quarter, year, 12m"),
    ],
)
def test_codes_that_are_none_of_the_declared(
    company: Company, table: str, header: str, row: str, column: str, codes: str
) -> None:
    known = codes.split(", ")[0].upper()
    company.put(table, header, f"{row}{known}".replace("1", "2", 1), f"{row}".replace("1", "3", 1), f"{row}odd")
    (found,) = company.findings()
    assert (found.table, found.column, found.rule, found.severity) == (table, column, "unknown-code", "error")
    assert (found.count, found.checked) == (1, 3)
    assert found.message == (
        f"{column} is none of {codes}\n"
        f"  fix  map them in mlmkpi.toml:   [codes.{table}.{column}]\n"
        f'                                  {codes.split(", ")[0]} = ["odd"]'
    )
    assert [(example.row, example.value) for example in found.examples] == [(3, "odd")]


def test_valid_status_says_nothing_of_other_codes(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,status,kind", "O1,2026-03-09,5,ok,sale", "O2,2026-03-09,5,ok,odd")
    (found,) = company.findings(definitions={"valid_status": ["ok"]})
    assert (found.column, found.rule, found.count) == ("kind", "unknown-code", 1)


def test_a_slip_of_a_code_is_mapped_to_the_one_that_is_like_it(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,kind", "O1,2026-03-09,5,Replacment")
    (found,) = company.findings()
    assert found.message.endswith('replacement = ["Replacment"]')


def test_a_distributor_status_and_an_activity_may_be_anything(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,status", "D1,2026-03-09,on holiday")
    company.put("activities", "distributor_id,occurred_on,kind", "D1,2026-03-09,coffee")
    assert company.findings() == []


def test_scores_weights_and_counts_off_their_scale(company: Company) -> None:
    company.put(
        "surveys", "answered_on,score,weight", "2026-03-09,11,0", "2026-03-09,-1,0.5", "2026-03-09,10,-0.5",
        "2026-03-09,0,", "2026-03-09,,2",
    )
    company.put("posts", "posted_on,post_id,likes", "2026-03-09,T1,-3", "2026-03-09,T2,0")
    off = "score is not from 0 to 10; the answer is left out"
    assert company.findings() == [
        finding("surveys.score", "empty-cell", "error", 5, "score is empty", (5, None, None)),
        finding("surveys.score", "score-off-scale", "warning", 5, off, (1, None, "11"), (2, None, "-1")),
        finding("surveys.weight", "negative-weight", "warning", 5, "weight is below zero", (3, None, "-0.5")),
        finding("posts.likes", "negative-count", "warning", 2, "likes is below zero", (1, "T1", "-3")),
    ]


def test_a_target_of_a_kpi_that_there_is_not(company: Company) -> None:
    company.put("targets", "kpi,goal", "churn_rate,0.2", "chrun_rate,0.2", "nonsense,1")
    assert company.findings() == []
    with opened(company.folder, Settings()) as (found, _):
        findings = check(found, Settings(), ["churn_rate", "sales_volume"])
    message = "kpi is the name of no KPI; the target is of nothing\n  fix  did you mean churn_rate?"
    assert findings == [
        finding("targets.kpi", "unknown-kpi", "warning", 3, message, (2, None, "chrun_rate"), (3, None, "nonsense"))
    ]
