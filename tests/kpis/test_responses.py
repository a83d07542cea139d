"""What people answer and what leads become, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import Rows, figure, figures, table

LEADS = "lead_id created_on converted_on outcome source distributor_id"


def answers(*rows: tuple[object, ...]) -> dict[str, Rows]:
    return {"surveys": table("answered_on score respondent_id customer_id distributor_id weight", *(
        (*row, *([None] * (5 - len(row))), 1) for row in rows
    ))}


def test_promoters_less_detractors_of_a_hundred_valid_answers() -> None:
    tables = answers(("10-01", 9, "a"), ("10-02", 10, "b"), ("10-03", 8, "c"), ("10-04", 6, "d"), ("10-05", 0, "e"))
    assert figure(tables, "net_promoter_score", "2026-10") == 0
    assert figure(tables, "net_promoter_score", "2026-10", statistic="promoters") == 2
    assert figure(tables, "net_promoter_score", "2026-10", statistic="detractors") == 2
    assert figure(tables, "net_promoter_score", "2026-10", column="denominator") == 5
    assert figure(tables, "net_promoter_score", "2026-11") is None


def test_an_answer_off_the_scale_is_left_out_and_told() -> None:
    tables = answers(("10-01", 9, "a"), ("10-02", 11, "b"), ("10-03", -1, "c"), ("10-04", None, "d"))
    assert figure(tables, "net_promoter_score", "2026-10") == 100
    assert figure(tables, "net_promoter_score", "2026-10", column="note") == "answers off the scale: 3"


def test_of_a_respondents_answers_the_latest_valid_one_counts_and_of_one_day_the_lowest() -> None:
    tables = answers(("10-01", 10, "a"), ("10-05", 3, "a"), ("10-09", 11, "a"))
    assert figure(tables, "net_promoter_score", "2026-10") == -100
    tables = answers(("10-05", 10, "a"), ("10-05", 3, "a"), ("10-01", 10, "a"))
    assert figure(tables, "net_promoter_score", "2026-10") == -100
    tables = answers(("10-05", 10, "a"), ("11-05", 3, "a"))
    assert figure(tables, "net_promoter_score", "2026-10") == 100


def test_respondents_are_told_by_their_own_id_else_the_customers_else_the_distributors_else_not_at_all() -> None:
    tables = answers(
        ("10-01", 9, "a", "C1"), ("10-02", 9, "b", "C1"), ("10-03", 9, None, "C1"), ("10-04", 9, None, "C1"),
        ("10-05", 9, None, None, "C1"), ("10-06", 9, None, None, "C1"), ("10-07", 9), ("10-07", 9),
    )
    assert figure(tables, "net_promoter_score", "2026-10", column="denominator") == 6


def test_answers_weigh_what_the_export_says_and_nothing_where_it_is_empty() -> None:
    rows = (("10-01", 10, "a", 3), ("10-02", 0, "b", 0.5), ("10-03", 7, "c", 0.5), ("10-04", 0, "d", None))
    tables = {"surveys": table("answered_on score respondent_id weight", *rows)}
    assert figure(tables, "net_promoter_score", "2026-10") == 62.5
    assert figure(tables, "net_promoter_score", "2026-10", statistic="detractors") == 2


def test_the_interval_of_a_score_stays_on_the_scale() -> None:
    tables = answers(("10-01", 10, "a"), ("10-02", 10, "b"), ("10-03", 7, "c"))
    low, high = (figure(tables, "net_promoter_score", "2026-10", column=end) for end in ("low", "high"))
    assert (low, high) == (pytest.approx(200 / 3 - 1.959964 * 100 / 3, rel=1e-5), 100)


def test_scores_are_split_by_customer_by_distributor_and_by_a_column_of_the_survey() -> None:
    tables = {
        "surveys": table(
            "answered_on score respondent_id customer_id distributor_id wave", ("10-01", 10, "a", "C1", "D1", "one"),
            ("10-02", 0, "b", "C2", "D1", "one"), ("10-03", 7, "c", None, "D2", "two"),
        ),
        "customers": table("customer_id country", ("C1", "US"), ("C2", "MX")),
        "distributors": table("distributor_id enrolled_on market", ("D1", "01-01", "US"), ("D2", "01-01", "DE")),
    }
    ask: dict[str, Any] = {"period": "2026-10", "min_cell": 0}
    assert figures(tables, "net_promoter_score", by=("customer.country",), **ask) == {
        "US": 100, "MX": -100, "(unknown)": 0,
    }
    assert figures(tables, "net_promoter_score", by=("market",), **ask) == {"US": 0, "DE": 0}
    assert figures(tables, "net_promoter_score", by=("wave",), **ask) == {"one": 0, "two": 0}


def test_few_promoters_are_hidden_in_a_cell_whose_score_is_not() -> None:
    rows = [("10-01", score, f"r{n}", "f") for n, score in enumerate((10, 0, 0, 0, 0, 0))]
    tables = {"surveys": table("answered_on score respondent_id gender", *rows)}
    ask: dict[str, Any] = {"period": "2026-10", "by": ("gender",)}
    assert figures(tables, "net_promoter_score", **ask) == {"f": -400 / 6}
    assert figures(tables, "net_promoter_score", statistic="detractors", **ask) == {"f": 5}
    assert figures(tables, "net_promoter_score", statistic="promoters", **ask) == {"f": None}


def test_a_survey_that_does_not_say_whose_customer_cannot_be_split_by_customer() -> None:
    tables = {
        "surveys": table("answered_on score", ("10-01", 10)), "customers": table("customer_id country", ("C1", "US"))
    }
    note = figures(tables, "net_promoter_score", "2026-10", column="note", by=("customer.country",))
    assert note == {(): "needs surveys.customer_id"}


def test_a_lead_has_thirty_days_to_convert() -> None:
    leads = table(
        LEADS, ("1", "10-01", "10-01", "customer", "web", None), ("2", "10-01", "10-31", "distributor", "web", None),
        ("3", "10-01", "11-01", "customer", "fair", None), ("4", "10-01", "09-30", "customer", "fair", None),
        ("5", "10-01", None, None, None, None), ("6", "10-01", "10-02", None, "web", None),
    )
    tables = {"leads": leads}
    assert figure(tables, "lead_conversion_rate", "2026-10") == 3 / 6
    assert figure(tables, "prospect_to_customer_rate", "2026-10") == 1 / 6
    assert figure(tables, "prospect_to_distributor_rate", "2026-10") == 1 / 6
    assert figure(tables, "lead_conversion_rate", "2026-10", definitions={"lead_window_days": 31}) == 4 / 6
    assert figure(tables, "lead_conversion_rate", "2026-10", definitions={"digital_sources": ["Web"]}) == 1
    assert figures(tables, "lead_conversion_rate", "2026-10", by=("source",)) == {
        "web": 1, "fair": 0, "(unknown)": 0,
    }


def test_leads_too_young_to_tell_wait() -> None:
    tables = {"leads": table(LEADS, ("1", "10-05", "10-06", "customer", None, None), ("2", "10-20", *[None] * 4))}
    assert figure(tables, "lead_conversion_rate", "2026-10", as_of="2026-11-05") == 1
    assert figure(tables, "lead_conversion_rate", "2026-10", as_of="2026-11-05", column="complete") is False
    assert figure(tables, "lead_conversion_rate", "2026-10", as_of="2026-11-30", column="complete") is True
    assert figure(tables, "lead_conversion_rate", "2026-10", as_of="2026-11-30") == 1 / 2
    assert figure(tables, "lead_conversion_rate", "2026-10", as_of="2026-10-31") is None


def test_leads_without_outcomes_tell_no_customers() -> None:
    tables = {"leads": table("lead_id created_on converted_on", ("1", "10-01", "10-02"))}
    assert figure(tables, "lead_conversion_rate", "2026-10") == 1
    assert figure(tables, "prospect_to_customer_rate", "2026-10", column="note") == "needs leads.outcome"


def test_a_lead_with_two_rows_alike_counts_once() -> None:
    row = ("1", "10-01", "10-02", "customer", None, None)
    tables = {"leads": table(LEADS, row, row, ("2", "10-01", None, None, None, None))}
    assert figure(tables, "lead_conversion_rate", "2026-10") == 1 / 2


def test_answers_that_weigh_nothing_are_told_of() -> None:
    """Of three only the promoter weighs something: 100, and not 100 × (1 − 1) ÷ 3 without a word."""
    rows = table("answered_on score respondent_id weight", ("10-01", 10, "a", 2), ("10-01", 3, "b", None),
                 ("10-01", 8, "c", 0))
    assert figure({"surveys": rows}, "net_promoter_score", "2026-10") == 100
    note = figure({"surveys": rows}, "net_promoter_score", "2026-10", column="note")
    assert note == "respondents whose answer weighs 0 or has no weight: 2"
