"""Validation and runs take the same day for the as-of date, whatever tells it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import mlmkpi
from equal.compare import frames

ENROLLED, HELD = date(2026, 10, 10), date(2026, 11, 20)
PEOPLE = [{"distributor_id": "A", "enrolled_on": date(2026, 10, 1)}, {"distributor_id": "B", "enrolled_on": ENROLLED}]
COURSE = {"distributor_id": "A", "course": "c", "assigned_on": HELD}
EVENTS = {"distributors": PEOPLE, "events": [{"event_id": "E", "held_on": HELD}]}


def came(attended: bool | None) -> list[dict[str, Any]]:
    return [{"event_id": "E", "distributor_id": "A", "attended": attended}]


def order(number: str, day: date) -> dict[str, Any]:
    return {"order_id": number, "ordered_on": day, "amount": 5}


def not_born(tables: dict[str, Any], day: date) -> int:
    """How many customers validation takes to be born after its as-of date: of one born on the day, and one after it."""
    born = [{"customer_id": "C1", "birth_date": day}, {"customer_id": "C2", "birth_date": day + timedelta(days=1)}]
    found = mlmkpi.validate.validate(frames({**tables, "customers": born}))
    return sum(finding.count for finding in found if finding.rule == "not-born")


@pytest.mark.parametrize(("tables", "day"), [
    ({"distributors": PEOPLE, "orders": [order("1", date(2026, 9, 30))]}, date(2026, 9, 30)),
    ({"orders": [order("1", ENROLLED), order("2", HELD)]}, ENROLLED),  # 41 days later: a slip
    ({"distributors": PEOPLE}, ENROLLED),
    ({**EVENTS, "attendance": came(True)}, ENROLLED),  # 41 days later: a slip
    ({**EVENTS, "attendance": came(True), "activities": [
        {"distributor_id": "A", "occurred_on": date(2026, 10, 30), "kind": "login"}]}, HELD),
    ({**EVENTS, "attendance": came(False)}, ENROLLED),
    ({**EVENTS, "attendance": came(None)}, ENROLLED),
    ({"trainings": [COURSE]}, HELD),
    ({"distributors": PEOPLE, "trainings": [COURSE]}, ENROLLED),
])
def test_both_take_the_same_day(tables: dict[str, Any], day: date) -> None:
    assert mlmkpi.compute(frames(tables), kpis=["all"], count=1).as_of == day
    assert not_born(tables, day) == 1
