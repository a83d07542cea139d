"""Every KPI of every leader equals the walked subtree, by both trees, with depth limits and further splits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import mlmkpi.kpis  # noqa: F401
from marks import wide
from mlmkpi.kpi import KPIS
from oracle import KPIS as RESTATED
from oracle.companies import Company, company
from oracle.export import Export
from oracle.roster import Roster
from oracle.teams import teams_of
from teams.compare import TeamCase, differences

FEW = (
    "new_signups", "distributor_retention_rate", "active_distributor_rate", "churn_terminated", "personal_sales_volume",
    "average_order_value", "time_to_first_sale", "customer_retention_rate", "active_customers", "sales_volume",
    "sales_per_active_distributor", "sponsor_rate", "team_sales_volume", "team_growth_rate", "team_retention_rate",
    "volume_concentration",
)
EVERY = tuple(name for name in KPIS if name in RESTATED)
BOTH = tuple(name for name in FEW if name in KPIS and name in RESTATED)
ALL: tuple[dict[str, Any], ...] = (
    {}, {"kind": "enroller"}, {"every": "quarter", "compare_year": True}, {"by": ("market",)},
    {"by": ("order.channel",)}, {"by": ("gender",), "min_cell": 5}, {"definitions": {"refunds": "order_date"}},
    {"definitions": {"team_includes_self": False}}, {"definitions": {"team_depth": 1}, "kind": "enroller"},
    {"definitions": {"retention_base": "active"}}, {"min_team": 3},
    {"min_team": 2, "kind": "enroller", "by": ("market",)},
)
ASKED: tuple[dict[str, Any], ...] = (
    {}, {"kind": "enroller"}, {"depth": 1}, {"depth": 0}, {"generation": 1}, {"generation": 2, "kind": "enroller"},
    {"by": ("market",)}, {"by": ("customer.gender",), "min_cell": 5}, {"every": "year", "depth": 2},
)


def cases(variants: tuple[dict[str, Any], ...], first: int, step: int) -> list[Any]:
    """Each variant with a company of its own; those between the steps are wide."""
    return [wide(at + first, one) if (at + 1) % step else (at + first, one) for at, one in enumerate(variants)]


def leaders(one: Company, kind: str) -> tuple[str, ...]:
    """Some people to ask for: leaders of a tree, and one who sponsors nobody."""
    roster = Roster(Export(one.tables), as_of(one), {})
    found = sorted(teams_of(roster, kind=kind))
    lone = sorted(set(roster.first) - set(found))
    return (*found[::2], *lone[:1])


def as_of(one: Company) -> date:
    """The day the company is seen on."""
    return one.as_of or Export(one.tables).as_of()


@pytest.mark.parametrize(("seed", "variant"), cases(ALL, 300, 6))
def test_every_leader(seed: int, variant: dict[str, Any]) -> None:
    one = company(seed)
    assert differences(TeamCase(one.tables, BOTH, as_of=one.as_of, **{"count": 4, **variant})) == []


@pytest.mark.parametrize(("seed", "variant"), cases(ASKED, 320, 3))
def test_the_leaders_asked_for(seed: int, variant: dict[str, Any]) -> None:
    one = company(seed)
    asked = leaders(one, variant.get("kind", "sponsor"))
    assert differences(TeamCase(one.tables, BOTH, asked, as_of=one.as_of, **{"count": 4, **variant})) == []


@pytest.mark.parametrize("count", [1, wide(2)])
def test_every_kpi_of_every_leader(count: int) -> None:
    one = company(370)
    assert differences(TeamCase(one.tables, EVERY, as_of=one.as_of, count=count)) == []


@pytest.mark.wide
def test_every_kpi_of_some_leaders_of_the_other_tree() -> None:
    one = company(370)
    assert differences(TeamCase(one.tables, EVERY, leaders(one, "enroller")[:3], "enroller", count=2)) == []


@pytest.mark.full
@pytest.mark.parametrize("variant", [*ALL, *ASKED])
def test_many_companies(variant: dict[str, Any]) -> None:
    limited = {"depth", "generation"} & set(variant)
    wrong = {}
    for seed in range(340, 360):
        one = company(seed)
        asked = leaders(one, variant.get("kind", "sponsor")) if limited else ()
        wrong[seed] = differences(TeamCase(one.tables, BOTH, asked, as_of=one.as_of, **{"count": 3, **variant}))
    assert {seed: found for seed, found in wrong.items() if found} == {}
