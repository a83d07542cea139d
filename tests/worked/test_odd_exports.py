"""Odd exports, a few rows each, and the figures that a person works out from them."""

from __future__ import annotations

from kpis.orders import figure, table

PEOPLE = {"distributors": table("distributor_id enrolled_on", ("A", "01-05"), ("B", "01-05"))}


def test_activities_without_a_login_are_counted_all_the_same() -> None:
    """A met somebody in February; nobody logged in, and nobody did what was asked for."""
    tables = {**PEOPLE, "activities": table("distributor_id occurred_on kind", ("A", "02-02", "call"))}
    assert figure(tables, "activity_rate", "2026-02") == 1 / 2
    assert figure(tables, "adoption_rate", "2026-02") == 0
    assert figure(tables, "activity_rate", "2026-02", definitions={"activity_kinds": ("demo",)}) == 0


def test_leads_of_no_source_that_is_asked_for_are_none() -> None:
    """The one lead came by mail."""
    tables = {"leads": table("lead_id created_on converted_on source", ("L", "02-02", "02-03", "mail"))}
    asked = {"definitions": {"digital_sources": ("web",)}}
    assert figure(tables, "lead_conversion_rate", "2026-02", column="denominator", **asked) == 0
