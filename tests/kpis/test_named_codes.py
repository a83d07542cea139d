"""Codes that parameters name and no row has: a share of nothing is no 0 in silence."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature

import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import Rows, day, table
from mlmkpi.kpi import KPIS, facts_of
from mlmkpi.settings import Settings
from mlmkpi.tables import NAMED

NOBODY: Mapping[str, list[str]] = {}


def told(tables: dict[str, Rows], kpi: str, named: Mapping[str, list[str]] = NOBODY) -> tuple[str, ...]:
    """What a run warns of."""
    settings = Settings.model_validate({"definitions": dict(named)})
    return mlmkpi.compute(frames(tables), kpis=[kpi], as_of=day("10-31"), settings=settings).warnings


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({}, "(social, instagram, facebook, tiktok): they have IG, web"),
        ({"social_channels": ["insta"]}, "(insta): they have IG, web"),
        ({"social_channels": ["insta", "ig"]}, None),
    ],
)
def test_channels_of_which_no_order_has_one_are_told(named: dict[str, list[str]], words: str | None) -> None:
    orders = table("order_id ordered_on amount channel", ("1", "10-05", 10, "web"), *(
        (each, "10-06", 10, "IG") for each in "23"), ("4", "10-07", 10, None))
    line = f"no order has a channel that social_channels names {words}"
    assert told({"orders": orders}, "social_sales_share", named) == ((line,) if words else ())
    assert told({"orders": orders}, "sales_volume", named) == ()


def test_orders_without_any_channel_are_no_slip() -> None:
    orders = table("order_id ordered_on amount channel", ("1", "10-05", 10, None))
    assert told({"orders": orders}, "social_sales_share") == ()


def test_sources_of_which_no_lead_has_one_are_told() -> None:
    leads = table("lead_id created_on converted_on source", ("1", "09-05", "09-07", "ad"), ("2", "09-05", None, "fair"))
    line = "no row of leads has a source that digital_sources names (tv): they have ad, fair"
    assert told({"leads": leads}, "lead_conversion_rate", {"digital_sources": ["tv"]}) == (line,)
    assert told({"leads": leads}, "lead_conversion_rate", {"digital_sources": ["tv", "Fair"]}) == ()


def test_kinds_of_which_no_activity_is_one_are_told() -> None:
    tables = {
        "activities": table("distributor_id occurred_on kind", ("D1", "10-05", "call")),
        "distributors": table("distributor_id enrolled_on", ("D1", "2026-01-05")),
    }
    line = "no row of activities has a kind that activity_kinds names (visit): they have call"
    assert told(tables, "activity_rate", {"activity_kinds": ["visit"]}) == (line,)
    assert told(tables, "activity_rate", {"activity_kinds": ["visit", "call"]}) == ()


@pytest.mark.parametrize("name", sorted({*NAMED} - {"valid_status"}))
def test_facts_call_such_a_parameter_as_their_kpis_do(name: str) -> None:
    kpis = [kpi for kpi in KPIS.values() if name in signature(kpi.function).parameters]
    assert kpis
    for kpi in kpis:
        facts = facts_of(kpi.function(**{name: ("x",)}))
        assert any(getattr(fact, name, ()) == ("x",) for fact in facts), kpi.name
