"""Codes that a closed list lacks stop what reads them, or their rows are left out and counted."""

from __future__ import annotations

from typing import Any

import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import Rows, day, figure, table
from kpis.test_bad_input import END, company
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings

RANKS = table(
    "distributor_id rank effective_on kind", ("D1", "silver", "09-01", "paid_as"), ("D1", "gold", "10-05", "honorary"),
    ("D2", "silver", "09-01", "Paid_As"), ("D2", "gold", "10-06", None),
)
"""Of the three, D2 rose in October; D1 would have if an honorary rank were one."""
GOALS = table(
    "distributor_id kpi goal starts_on ends_on", ("D1", "sales_volume", 20, "10-01", "10-31"),
    ("D2", "smiles", 5, "10-01", "10-31"),
)
LEADS = table(
    "lead_id created_on converted_on outcome", ("1", "08-03", "08-04", "Customer"), ("2", "08-03", "08-05", "friend"),
)
JOINED = table(
    "distributor_id enrolled_on kind", ("D1", "2025-01-01", "new"), ("E", "10-03", "upgrade"), ("F", "10-03", "gift"),
)
BUYERS = table("customer_id kind", ("C1", "retail"), ("C2", "vip"))


@pytest.mark.parametrize(("table_name", "rows", "kpi", "month", "by", "column", "code", "left"), [
    ("ranks", RANKS, "rank_advancement_rate", "2026-10", (), "kind", "honorary", 1 / 3),
    ("goals", GOALS, "goal_attainment", "2026-10", (), "kpi", "smiles", 1 / 2),
    ("leads", LEADS, "prospect_to_customer_rate", "2026-08", (), "outcome", "friend", 1),
    ("enrollments", JOINED, "new_signups", "2026-10", ("kind",), "kind", "gift", {"upgrade": 1, "(unknown)": 1}),
    (
        "customers", BUYERS, "sales_volume", "2026-10", ("customer.kind",), "kind", "vip",
        {"retail": 10, "(unknown)": 10},
    ),
])
def test_a_code_that_a_closed_list_lacks_stops_what_reads_it_or_its_rows_are_left_out_and_counted(
    table_name: str, rows: Rows, kpi: str, month: str, by: tuple[str, ...], column: str, code: str, left: Any
) -> None:
    tables = company(**{table_name: rows})
    asked: dict[str, Any] = {"as_of": day("10-31"), "kpis": [kpi], "by": by, "settings": Settings(
        rank_ladder=("silver", "gold"), min_cell=0
    )}
    with pytest.raises(DataError, match=f'(?m)^{table_name}.{column} has codes .*\n +got +"{code}" \\(1 row\\)$'):
        mlmkpi.compute(frames(tables), **asked)
    result = mlmkpi.compute(frames(tables), bad_rows="skip", **asked)
    told = f"1 row of {table_name} of an unknown {column} left out"
    assert told in result.warnings
    found = result.frame.filter(period=month, statistic="value")
    assert (dict(found.select(*by, "value").rows()) if by else found["value"].item()) == left
    assert all(told in note for note in found["note"])


def test_a_code_that_is_misspelt_is_guessed_at() -> None:
    """"Titel" is nearest to title, the second of the ranks' kinds."""
    ranks = table("distributor_id rank effective_on kind", ("D1", "gold", "10-05", "Titel"))
    with pytest.raises(DataError, match=r'(?m)^ +title = \["Titel"\]$'):
        mlmkpi.compute(frames(company(ranks=ranks)), kpis=["rank_advancement_rate"], settings=Settings(
            rank_ladder=("silver", "gold")
        ))


def test_a_code_that_nothing_reads_stops_nothing() -> None:
    """Two orders of 10 in October; customers' kinds are read where they are split by alone."""
    tables = company(ranks=RANKS, goals=GOALS, leads=LEADS, enrollments=JOINED, customers=BUYERS)
    assert figure(tables, "sales_volume", "2026-10", **END) == 20
    assert figure(tables, "new_signups", "2026-10", **END) == 2
    assert figure(tables, "lead_conversion_rate", "2026-08", **END) == 1


def test_codes_that_the_settings_map_are_known() -> None:
    """D1's honorary gold is a title then, which is no rank paid as: one of three rose."""
    mapped = Settings(rank_ladder=("silver", "gold"), codes={"ranks": {"kind": {"title": ("honorary",)}}})
    result = mlmkpi.compute(
        frames(company(ranks=RANKS)), kpis=["rank_advancement_rate"], as_of=day("10-31"), count=1, settings=mapped
    )
    assert result.frame.filter(statistic="value")["value"].item() == 1 / 3
