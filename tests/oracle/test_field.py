"""The KPIs of the field's people, on companies small enough to work out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from oracle import Row, find, oracle
from oracle.literal import october, parts

LAST = date(2026, 10, 31)
EARLY = date(2026, 1, 1)
Tables = dict[str, list[dict[str, Any]]]


def bounds(row: Row) -> list[float | None]:
    """The interval."""
    return [row.low, row.high]


def person(who: str, joined: date = EARLY, **more: Any) -> dict[str, Any]:
    return {"distributor_id": who, "enrolled_on": joined, **more}


def did(who: str, day: date, kind: str) -> dict[str, Any]:
    return {"distributor_id": who, "occurred_on": day, "kind": kind}


def sale(number: int, day: date, seller: str | None) -> dict[str, Any]:
    return {"order_id": f"o{number}", "ordered_on": day, "amount": Decimal(10), "distributor_id": seller}


def field() -> Tables:
    """Six people on the books, one gone; each of a, b, c, d does one sort of thing in October."""
    gone = date(2026, 10, 20)
    people = [*(person(who, terminated_on=None) for who in "abcdef"), person("gone", terminated_on=gone)]
    return {
        "distributors": people,
        "activities": [
            did("a", date(2026, 10, 1), "call"), did("a", LAST, "meeting"), did("e", LAST, "login"),
            did("f", date(2026, 9, 30), "call"), did("gone", date(2026, 10, 2), "call"), did("nobody", LAST, "call"),
        ],
        "events": [{"event_id": "v", "held_on": date(2026, 10, 15)}, {"event_id": "w", "held_on": date(2026, 9, 15)}],
        "attendance": [
            {"event_id": "v", "distributor_id": "b", "attended": None},
            {"event_id": "v", "distributor_id": "d", "attended": False},
            {"event_id": "w", "distributor_id": "f", "attended": True},
        ],
        "trainings": [
            {"distributor_id": "c", "course": "x", "assigned_on": None, "completed_on": date(2026, 10, 3)},
            {"distributor_id": "d", "course": "x", "assigned_on": None, "completed_on": None},
        ],
    }


def test_who_does_something() -> None:
    assert parts(october("activity_rate", field())) == (3, 6)
    assert parts(october("activity_rate", field(), definitions={"activity_minimum": 2})) == (1, 6)
    assert parts(october("activity_rate", field(), definitions={"activity_kinds": ["login"]})) == (3, 6)
    assert parts(october("adoption_rate", field())) == (1, 6)
    assert bounds(october("activity_rate", field())) == [0.187616, 0.812384]


@pytest.mark.parametrize(
    ("absent", "active"), [(("activities",), 2), (("attendance",), 2), (("events",), 2), (("trainings",), 2)]
)
def test_activity_is_what_the_exports_there_are_tell(absent: tuple[str, ...], active: int) -> None:
    left = {name: rows for name, rows in field().items() if name not in absent}
    assert parts(october("activity_rate", left)) == (active, 6)


def test_without_any_of_the_exports_nobody_knows() -> None:
    assert october("activity_rate", {"distributors": [person("a")]}).value is None
    assert october("adoption_rate", {"distributors": [person("a")]}).value is None
    assert october("event_reach", {"distributors": [person("a")]}).value is None
    assert october("agreement_on_file_rate", {"distributors": [person("a")]}).value is None


def test_segments_of_the_active() -> None:
    tables = field()
    for row, gender in zip(tables["distributors"], ("x", "x", "y", "y", None, "x", "y"), strict=True):
        row["gender"] = gender
    rows = oracle(tables, kpis=["segment_activity_rate"], as_of=LAST, count=1, min_cell=0)
    assert {row.dims["gender"]: parts(row) for row in rows} == {"x": (2, 3), "y": (1, 2), "(unknown)": (0, 1)}
    hidden = oracle(tables, kpis=["segment_activity_rate"], as_of=LAST, count=1)
    assert {row.value for row in hidden} == {None}


def test_events_are_open_to_who_is_there_that_day_in_their_market() -> None:
    people = [
        person("us", market="US"), person("de", market="DE"), person("none", market=None),
        person("late", date(2026, 10, 11), market="US"), person("gone", market="US", terminated_on=date(2026, 10, 11)),
    ]
    events = [
        {"event_id": "v", "held_on": date(2026, 10, 10), "market": "US"},
        {"event_id": "w", "held_on": date(2026, 10, 20), "market": None},
    ]
    came = [("v", "us"), ("v", "de"), ("v", "gone"), ("w", "late"), ("w", "guest")]
    attendance: list[dict[str, Any]] = [{"event_id": event, "distributor_id": who} for event, who in came]
    tables = {"distributors": people, "events": events, "attendance": attendance}
    assert parts(october("event_participation_rate", tables)) == (3, 2 + 4)
    assert parts(october("event_reach", tables)) == (3, 4)
    attendance += [{"event_id": "w", "distributor_id": "us", "attended": False}]
    invited = october("event_participation_rate", tables, definitions={"event_base": "invited"})
    assert parts(invited) == (5, 6)
    for row in people:
        del row["market"]
    assert october("event_participation_rate", tables).value is None


def test_a_person_at_two_events_is_one_cluster() -> None:
    events = [{"event_id": name, "held_on": LAST} for name in "vw"]
    attendance = [{"event_id": name, "distributor_id": "a", "attended": True} for name in "vw"]
    tables: Tables = {"distributors": [person("a"), person("b")], "events": events, "attendance": attendance}
    row = october("event_participation_rate", tables)
    assert parts(row) == (2, 4)
    assert bounds(row) == [0, 1], "0.5 ± 0.98 is cut"
    attendance += [{"event_id": name, "distributor_id": who, "attended": True} for name in "vw" for who in "cde"]
    tables["distributors"] = [person(who) for who in "abcdefgh"]
    half = 1.959964 * (8 / 7 * 8 * 1**2) ** 0.5 / 16
    assert bounds(october("event_participation_rate", tables)) == pytest.approx([0.5 - half, 0.5 + half], rel=1e-5)
    tables["events"] = [{"event_id": "v", "held_on": EARLY}]
    assert october("event_participation_rate", tables).value is None


def test_courses_count_from_their_first_assignment() -> None:
    first = date(2026, 8, 1)
    days = [  # who, assigned, completed after the first assignment
        ("same day", 0, 0), ("on day 30", 0, 30), ("on day 31", 0, 31), ("before", 0, -1), ("never", 0, None),
        ("again", 0, None), ("again", 40, 45), ("earlier", -1, 3), ("anyhow", 5, None), ("anyhow", None, 9),
    ]
    trainings = [
        {
            "distributor_id": who, "course": "x",
            "assigned_on": None if assigned is None else first + timedelta(days=assigned),
            "completed_on": None if done is None else first + timedelta(days=done),
        }
        for who, assigned, done in days
    ]
    rows = oracle({"trainings": trainings}, kpis=["training_completion_rate"], as_of=date(2026, 9, 4), count=3)
    assert [parts(row) for row in rows] == [(1, 1), (2, 6), (0, 0)]
    assert [row.complete for row in rows] == [True, False, False]
    rows = oracle({"trainings": trainings}, kpis=["training_completion_rate"], as_of=date(2026, 9, 30), count=2)
    assert [(parts(row), row.complete) for row in rows] == [((3, 7), True), ((0, 0), False)]


def test_agreements_stay_on_file() -> None:
    signed = [("a", EARLY), ("a", LAST), ("b", LAST), ("c", date(2026, 11, 1)), ("nobody", EARLY)]
    tables = {
        "distributors": [person(who) for who in "abcd"],
        "agreements": [{"distributor_id": who, "signed_on": day} for who, day in signed],
    }
    assert parts(october("agreement_on_file_rate", tables)) == (2, 4)


def test_ages_of_the_field() -> None:
    born = [date(2001, 11, 1), date(2001, 10, 31), None, date(2010, 1, 1), date(1961, 10, 31)]
    people = [person(f"d{number}", birth_date=day) for number, day in enumerate(born)]
    people.append(person("by year", birth_date=None, birth_year=2001))
    tables: Tables = {"distributors": people}
    rows = oracle(tables, kpis=["distributor_age_distribution"], as_of=LAST, count=1, min_cell=0)
    bands = {row.dims["age_band"]: parts(row) for row in rows}
    assert bands == {"18-24": (1, 6), "25-34": (2, 6), "<18": (1, 6), "65+": (1, 6), "(unknown)": (1, 6)}
    assert sum(row.value or 0 for row in rows) == 1
    same = oracle(tables, kpis=["distributor_age_distribution"], as_of=LAST, count=1, min_cell=0, by=["age_band"])
    assert same == rows
    shown = oracle(tables, kpis=["distributor_age_distribution"], as_of=LAST, count=1, min_cell=2)
    assert {row.dims["age_band"]: row.value for row in shown if row.value} == {"25-34": Fraction(1, 3)}


def test_territories_with_enough_people() -> None:
    people = [person("a", territory="t"), person("b", territory="t"), person("c", territory="u"), person("d")]
    orders = [sale(number, LAST, who) for number, who in enumerate(("a", "b", "c", "d", "nobody"))]
    places = [{"territory": name, "market": market} for name, market in (("t", "US"), ("u", "US"), ("v", "DE"))]
    tables = {"distributors": people, "orders": orders, "territories": [*places, places[0]]}
    assert parts(october("territory_coverage", tables)) == (2, 3)
    assert parts(october("territory_coverage", tables, definitions={"coverage_minimum": 2})) == (1, 3)
    split = oracle(tables, kpis=["territory_coverage"], as_of=LAST, count=1, by=["market"])
    assert {row.dims["market"]: parts(row) for row in split} == {"US": (2, 2), "DE": (0, 1)}


def test_recruits_and_who_brought_them() -> None:
    people = [person("a", market="US"), person("b", market="DE")]
    for number, enroller in enumerate(("a", "a", "b", "stranger", None)):
        people.append(person(f"n{number}", LAST, enroller_id=enroller, market="MX"))
    assert parts(october("recruits_per_recruiter", {"distributors": people})) == (4, 3)
    split = oracle({"distributors": people}, kpis=["recruits_per_recruiter"], as_of=LAST, count=1, by=["market"])
    assert {row.dims["market"]: parts(row) for row in split} == {"US": (2, 1), "DE": (1, 1), "(unknown)": (1, 1)}


def test_new_people_who_sell_soon() -> None:
    start, joined = date(2026, 7, 1), date(2026, 7, 2)
    people = [person("before the data", date(2026, 6, 30))]
    orders = [sale(0, start, "before the data")]
    for number, after in enumerate((-1, 0, 30, 31, 60, 61, 90, 91)):
        people.append(person(f"n{number}", joined))
        orders.append(sale(number + 1, joined + timedelta(days=after), f"n{number}"))
    tables = {"distributors": people, "orders": orders}
    for days, count in ((30, 2), (60, 4), (90, 6)):
        kpi = f"enrolment_activation_{days}d"
        last = date(2026, 7, 31) + timedelta(days=days)
        rows = oracle(tables, kpis=[kpi], every="month", as_of=last, first=date(2026, 6, 1))
        july = find(rows, kpi, "2026-07")
        assert (parts(july), july.complete) == ((count, 8), True)
        assert find(rows, kpi, "2026-06").value is None
        day_before = find(oracle(tables, kpis=[kpi], as_of=last - timedelta(days=1), count=6), kpi, "2026-07")
        assert (parts(day_before), day_before.complete) == ((count, 8), False)
        too_soon = oracle(tables, kpis=[kpi], as_of=joined + timedelta(days=days - 1), count=6)
        assert parts(find(too_soon, kpi, "2026-07")) == (0, 0)


def test_new_people_who_enrol_somebody() -> None:
    joined = date(2026, 7, 2)
    people = [person("old", date(2026, 6, 1)), *(person(who, joined) for who in ("quick", "slow", "none"))]
    for number, (who, after) in enumerate((("old", 31), ("quick", 90), ("slow", 91))):
        people.append(person(f"r{number}", joined + timedelta(days=after), sponsor_id=who))
    rows = oracle({"distributors": people}, kpis=["duplication_rate"], as_of=date(2026, 10, 29), count=5)
    assert [parts(row) for row in rows] == [(1, 1), (1, 3), (0, 0), (0, 0), (0, 0)]
    tables = {"distributors": people, "orders": [sale(0, joined, None)]}
    rows = oracle(tables, kpis=["duplication_rate"], as_of=date(2026, 10, 29), count=5)
    assert parts(rows[0]) == (0, 0)
