"""Activities, logins, events, courses, agreements, ages and territories, worked by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from equal.compare import Case, product
from kpis.orders import Rows, day, figure, figures, table
from mlmkpi.errors import SettingsError

PEOPLE = table(
    "distributor_id enrolled_on terminated_on market gender birth_date territory",
    ("A", "01-01", None, "US", "f", "1990-10-31", "N"), ("B", "01-01", None, "DE", "f", "2008-11-01", "N"),
    ("C", "10-15", None, "US", "m", None, "S"), ("D", "01-01", "10-20", "US", "m", "1990-01-01", "S"),
)
EVENTS = table(
    "event_id held_on market kind", ("e1", "10-10", None, "call"), ("e2", "10-18", "US", "fair"),
    ("e3", "10-31", "DE", "call"), ("e4", "11-01", None, "call"),
)
CAME = table(
    "event_id distributor_id attended", ("e1", "A", True), ("e1", "B", False), ("e1", "C", None), ("e2", "A", None),
    ("e2", "B", True), ("e2", "D", True), ("e3", "B", True), ("e4", "C", True), ("e2", "X", True),
)
DONE = table(
    "distributor_id occurred_on kind", ("B", "10-05", "call"), ("B", "10-06", " Login"), ("C", "10-31", "LOGIN"),
    ("D", "10-05", "call"), ("D", "10-05", "call"),
)
COURSES = table(
    "distributor_id course assigned_on completed_on", ("A", "c1", "10-01", "10-31"), ("B", "c1", "10-01", "11-01"),
    ("C", "c1", "10-20", None), ("C", "c1", "10-16", None), ("C", "c1", None, "11-15"), ("D", "c1", "10-02", "10-01"),
    ("A", "c2", "09-30", "10-02"), ("A", "c2", "10-02", "10-02"),
)
TABLES: dict[str, Rows] = {
    "distributors": PEOPLE, "events": EVENTS, "attendance": CAME, "activities": DONE, "trainings": COURSES,
}


def test_people_take_part_in_many_ways() -> None:
    assert figure(TABLES, "activity_rate", "2026-10") == 3 / 3
    assert figure(TABLES, "activity_rate", "2026-10", definitions={"activity_minimum": 3}) == 2 / 3
    chosen = {"activity_minimum": 3, "activity_kinds": ["Login"]}
    assert figure(TABLES, "activity_rate", "2026-10", definitions=chosen, column="numerator") == 2
    assert figure(TABLES, "activity_rate", "2026-10", column="note") is None


def test_what_the_export_does_not_tell_is_noted() -> None:
    only = {"distributors": PEOPLE, "activities": DONE}
    assert figure(only, "activity_rate", "2026-10") == 1 / 3
    assert figure(only, "activity_rate", "2026-10", column="note") == "without attendance and trainings"
    undated = {"distributors": PEOPLE, "attendance": CAME}
    assert figure(undated, "activity_rate", "2026-10", column="note") == "needs the events export"
    assert figure({"distributors": PEOPLE}, "activity_rate", "2026-10") is None
    with pytest.raises(SettingsError, match="activity_minimum is 0"):
        figure(TABLES, "activity_rate", "2026-10", definitions={"activity_minimum": 0})


def test_logins_are_adoption() -> None:
    assert figure(TABLES, "adoption_rate", "2026-10") == 2 / 3
    assert figure(TABLES, "adoption_rate", "2026-11") == 0


def test_events_are_open_to_who_is_there_that_day_in_their_market() -> None:
    assert figure(TABLES, "event_participation_rate", "2026-10", column="denominator") == 3 + 3 + 1
    assert figure(TABLES, "event_participation_rate", "2026-10", column="numerator") == 1 + 2 + 1
    found = figures(TABLES, "event_participation_rate", "2026-10", by=("market",))
    assert found == {"US": 3 / 5, "DE": 1 / 2}
    assert figures(TABLES, "event_participation_rate", "2026-10", by=("kind",)) == {"call": 2 / 4, "fair": 2 / 3}


def test_events_may_be_open_to_who_is_invited() -> None:
    invited: dict[str, Any] = {"definitions": {"event_base": "invited"}}
    assert figure(TABLES, "event_participation_rate", "2026-10", column="denominator", **invited) == 8
    assert figure(TABLES, "event_participation_rate", "2026-10", column="numerator", **invited) == 7
    homeless = {**TABLES, "distributors": [{k: v for k, v in p.items() if k != "market"} for p in PEOPLE]}
    assert figure(homeless, "event_participation_rate", "2026-10", column="note") == "needs distributors.market"
    assert figure(homeless, "event_participation_rate", "2026-10", **invited) == 7 / 8


def test_the_interval_of_a_share_by_person_lies_between_none_and_all() -> None:
    """A takes part 2 times of 2 and B 0 of 1: 2 ÷ 3 ± 1.96 · 4 ÷ 9 would be −0.20 to 1.54.

    Over the quarter A is active in 3 months of 3, C in 0 of 1: 0.75 ± 1.959964 · 0.375, and below that is 0.0150135.
    """
    people = table("distributor_id enrolled_on", ("A", "10-01"), ("C", "12-15"))
    events = table("event_id held_on", ("e1", "10-10"), ("e2", "12-20"))
    tables = {
        "distributors": people, "events": events, "orders": table(
            "order_id ordered_on amount distributor_id",
            ("1", "10-01", 5, "A"), ("2", "11-01", 5, "A"), ("3", "12-01", 5, "A"),
        ), "attendance": table("event_id distributor_id", ("e1", "A"), ("e2", "A")),
    }
    asked: dict[str, Any] = {"every": "quarter", "count": 1, "definitions": {"active_counts_recruiting": False}}
    ends = [figure(tables, "event_participation_rate", "2026-Q4", column=end, **asked) for end in ("low", "high")]
    assert ends == [0, 1]
    ends = [figure(tables, "active_distributor_rate", "2026-Q4", column=end, **asked) for end in ("low", "high")]
    assert ends == [0.0150135, 1]


def test_reach_is_of_people() -> None:
    assert figure(TABLES, "event_reach", "2026-10") == 3 / 3
    assert figure(TABLES, "event_reach", "2026-11") == 1 / 3


def test_a_course_is_followed_from_its_first_assignment() -> None:
    assert figure(TABLES, "training_completion_rate", "2026-10", column="denominator") == 4
    assert figure(TABLES, "training_completion_rate", "2026-10", column="numerator") == 2
    assert figure(TABLES, "training_completion_rate", "2026-09") == 1
    assert figure(TABLES, "training_completion_rate", "2026-10", as_of="2026-10-31", column="denominator") == 2
    assert figure(TABLES, "training_completion_rate", "2026-10", as_of="2026-11-29", column="complete") is False
    assert figure(TABLES, "training_completion_rate", "2026-10", as_of="2026-11-30", column="complete") is True
    assert figure(TABLES, "training_completion_rate", "2026-10", definitions={"training_days": 31}) == 3 / 4


def test_an_agreement_is_on_file_from_the_day_it_is_signed() -> None:
    signed = table("distributor_id signed_on", ("A", "10-31"), ("A", "11-02"), ("B", "11-01"), ("X", "01-01"))
    tables = {"distributors": PEOPLE, "agreements": signed}
    assert figure(tables, "agreement_on_file_rate", "2026-10") == 1 / 3
    assert figure(tables, "agreement_on_file_rate", "2026-11") == 2 / 3


def test_ages_are_shares_of_everybody_on_the_books() -> None:
    asked: dict[str, Any] = {"min_cell": 0}
    ages = figures(TABLES, "distributor_age_distribution", "2026-10", **asked)
    assert ages == {"<18": 1 / 3, "35-44": 1 / 3, "(unknown)": 1 / 3}
    ages = figures(TABLES, "distributor_age_distribution", "2026-11", column="numerator", **asked)
    assert ages == {"18-24": 1, "35-44": 1, "(unknown)": 1}
    asked |= {"by": ("gender",)}
    ages = figures(TABLES, "distributor_age_distribution", "2026-10", **asked)
    assert ages == {("f", "<18"): 1 / 2, ("f", "35-44"): 1 / 2, ("m", "(unknown)"): 1}
    asked |= {"by": ("age_band",)}
    assert figures(TABLES, "distributor_age_distribution", "2026-10", **asked)["<18"] == 1 / 3
    assert set(figures(TABLES, "distributor_age_distribution", "2026-10").values()) == {None}


def test_a_birth_date_wins_over_a_birth_year_that_stands_in_for_it() -> None:
    """By the end of October the first is 34, and the second, counted from 1 July, 46."""
    people = table(
        "distributor_id enrolled_on birth_date birth_year",
        ("A", "01-01", "1992-01-01", 1980), ("B", "01-01", None, 1980),
    )
    ages = figures({"distributors": people}, "distributor_age_distribution", "2026-10", min_cell=0)
    assert ages == {"25-34": 1 / 2, "45-54": 1 / 2}


def test_segments_are_those_that_the_export_has() -> None:
    found = figures(TABLES, "segment_activity_rate", "2026-10", min_cell=0, definitions={"activity_minimum": 3})
    assert found == {"35-44": 1, "<18": 1, "(unknown)": 0, "f": 1, "m": 0}
    bare = {**TABLES, "distributors": table("distributor_id enrolled_on", ("A", "01-01"))}
    assert figure(bare, "segment_activity_rate", "2026-10") is None


def test_two_kpis_that_count_the_same_people_stand_beside_one_another_by_a_segment() -> None:
    """West has A, who called, east C, who did not: by region they are those of the segments of region."""
    people = table("distributor_id enrolled_on gender region", ("A", "01-01", "f", "west"), ("C", "01-01", "m", "east"))
    tables = {"distributors": people, "activities": table("distributor_id occurred_on kind", ("A", "10-05", "call"))}
    both = Case(
        tables, ("activity_rate", "segment_activity_rate"), as_of=day("10-31"), by=("region",), count=1, min_cell=0
    )
    rows = product(both).filter(pl.col("statistic") == "value", pl.col("gender").is_null())
    found = {(kpi, region, value) for kpi, region, value in rows.select("kpi", "region", "value").iter_rows()}
    assert found == {(kpi, *cell) for kpi in both.kpis for cell in (("west", 1.0), ("east", 0.0))}


def test_a_territory_is_covered_by_enough_active_people() -> None:
    tables = {
        "distributors": PEOPLE, "territories": table("territory market", ("N", "US"), ("S", "US"), ("W", "DE")),
        "orders": table(
            "order_id ordered_on amount distributor_id", ("0", "01-01", 1, "A"), ("1", "10-05", 1, "A"),
            ("2", "10-06", 1, "A"), ("3", "10-07", 1, "B"), ("4", "10-08", 1, "D"), ("5", "10-09", 1, "X"),
        ),
    }
    assert figure(tables, "territory_coverage", "2026-10") == 2 / 3
    assert figure(tables, "territory_coverage", "2026-10", definitions={"coverage_minimum": 2}) == 1 / 3
    assert figure(tables, "territory_coverage", "2026-11") == 0
    assert figures(tables, "territory_coverage", "2026-10", by=("market",)) == {"US": 1, "DE": 0}
    assert figure(tables, "territory_coverage", "2026-10", by=("gender",), column="note") == "cannot be split by gender"
