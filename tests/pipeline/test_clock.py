"""The day that a run is as of where no order tells it: the latest of what has happened, not of what is planned."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import mlmkpi
from equal.compare import frames

OCTOBER, NOVEMBER = (date(2026, month, 10) for month in (10, 11))
PEOPLE = [{"distributor_id": who, "enrolled_on": date(2026, 10, day)} for who, day in (("A", 1), ("B", 10))]


def event(which: str, day: date) -> dict[str, Any]:
    return {"event_id": which, "held_on": day}


def came(which: str, attended: bool | None) -> dict[str, Any]:
    return {"event_id": which, "distributor_id": "A", "attended": attended}


def as_of(kpi: str, **tables: Any) -> date:
    return mlmkpi.compute(frames(tables), kpis=[kpi], count=1).as_of


@pytest.mark.parametrize(("attended", "day"), [
    ([came("held", True)], date(2026, 10, 20)),  # the roster ends on the 10th, and the event was ten days later
    ([came("held", True), came("ahead", False)], date(2026, 10, 20)),
    ([came("held", True), came("ahead", None)], date(2026, 10, 20)),  # a list of those invited, not filled in yet
    ([came("held", True), came("ahead", True)], NOVEMBER),
    ([came("ahead", False)], OCTOBER),
])
def test_an_event_that_nobody_has_come_to_is_a_plan(attended: list[dict[str, Any]], day: date) -> None:
    events = [event("held", date(2026, 10, 20)), event("ahead", NOVEMBER)]
    assert as_of("event_reach", distributors=PEOPLE, events=events, attendance=attended) == day


def test_a_list_without_a_mark_is_of_those_who_came() -> None:
    events = [event("held", date(2026, 10, 20)), event("ahead", NOVEMBER)]
    lists = [{"event_id": "held", "distributor_id": "A"}]
    assert as_of("event_reach", distributors=PEOPLE, events=events, attendance=lists) == date(2026, 10, 20)


def test_a_course_assigned_ahead_is_a_plan_unless_nothing_else_tells_the_day() -> None:
    course = {"distributor_id": "A", "course": "c", "assigned_on": NOVEMBER}
    done = {**course, "course": "d", "assigned_on": OCTOBER, "completed_on": OCTOBER}
    assert as_of("training_completion_rate", trainings=[course, done]) == OCTOBER
    nobody = {"completed_on": None}
    assert as_of("training_completion_rate", trainings=[{**course, **nobody}, {**done, **nobody}]) == NOVEMBER


def test_the_end_of_a_goal_is_a_plan() -> None:
    goal = {"distributor_id": "A", "kpi": "new_signups", "goal": 3, "starts_on": OCTOBER, "ends_on": date(2026, 12, 31)}
    assert as_of("goal_pace", distributors=PEOPLE, goals=[goal]) == OCTOBER


def test_orders_tell_the_day_alone() -> None:
    orders = [{"order_id": "1", "ordered_on": date(2026, 9, 30), "amount": 5}]
    assert as_of("new_signups", distributors=PEOPLE, orders=orders) == date(2026, 9, 30)


def test_the_note_says_that_plans_do_not_count() -> None:
    tables = {"distributors": PEOPLE, "events": [event("ahead", NOVEMBER)], "attendance": [came("ahead", False)]}
    told = mlmkpi.compute(frames(tables), kpis=["event_reach"], count=1).hints[0]
    assert told == "as of 2026-10-10, the latest date in the export of what has happened; another: --as-of YYYY-MM-DD"
