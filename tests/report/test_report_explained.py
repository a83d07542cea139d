"""A definition as a page, and the catalogue as a list, from one text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlmkpi.books.dimensions import Boundary
from mlmkpi.explain import Explanation, Parameter, explanation, labelled, plain
from mlmkpi.kpi import Better, Family, Interval, Kpi, Unit
from mlmkpi.kpis.recruiting import new_signups
from mlmkpi.report.explained import render_catalogue, render_explanation

CHURN = Explanation(
    "churn_rate", "Churn rate", "recruiting", "rate", "lower", "wilson",
    "The share of the distributors who were current when the window opened and no longer are.",
    "|S ∖ E| ÷ |S|", "a rate from 0 to 1.",
    (
        Parameter("lapse_after_days", 90, "a whole number from 0", "days without a sale after which one has lapsed"),
        Parameter("retention_base", "current", "current, active, on_books", "whose retention it is"),
        Parameter("valid_status", [], "a list", "the codes that count"),
    ),
    ("distributors.distributor_id|enrollments.distributor_id", "orders.distributor_id"),
    "who joins and leaves inside one period is in neither set.", "set-based retention.",
)


def test_a_page_tells_everything_in_order() -> None:
    assert render_explanation(CHURN, width=80, colour=False) == """\
Churn rate                                                       lower is better
  The share of the distributors who were current when the window opened and no
  longer are.

  Formula       |S ∖ E| ÷ |S|
  Unit          a rate from 0 to 1.
  Interval      95 %, Wilson score
  Parameters    lapse_after_days = 90
                  days without a sale after which one has lapsed. Values: a
                  whole number from 0
                retention_base = "current"
                  whose retention it is. Values: current, active, on_books
                valid_status = []
                  the codes that count. Values: a list
  Needs         distributors.distributor_id or enrollments.distributor_id;
                orders.distributor_id
  Edge cases    who joins and leaves inside one period is in neither set.
  Source        set-based retention.
  Compute it    mlmkpi compute exports/ --kpi churn_rate
"""


def test_the_catalogue_goes_by_family_in_the_order_given() -> None:
    sales = replace(CHURN, name="sales_volume", title="Sales", family="sales", unit="money", better="none")
    sales = replace(sales, meaning="All.")
    assert render_catalogue([CHURN, sales], width=80, colour=False) == """\
Recruiting and retention
  churn_rate    Churn rate                                                rate ↓
    The share of the distributors who were current when the window opened and no
    longer are.

Sales
  sales_volume  Sales                                                      money
    All.
"""


@pytest.mark.parametrize("width", [40, 60, 120])
def test_nothing_is_wider_than_the_screen(width: int) -> None:
    page, listed = (
        render_explanation(CHURN, width=width, colour=False), render_catalogue([CHURN], width=width, colour=False)
    )
    for text in (page, listed):
        lines = [line for line in text.splitlines() if "Compute it" not in line]
        assert max(map(len, lines)) <= width


def test_colour_is_asked_for() -> None:
    assert "\x1b" not in render_explanation(CHURN, width=80, colour=False)
    assert "\x1b[1mChurn rate" in render_explanation(CHURN, width=80, colour=True)


def test_a_docstring_is_taken_apart_at_its_labels() -> None:
    doc = """What it is, over
    two lines.

    Formula: a ÷ b, where a: the one
    and b the other.
    Unit: people.
    Edge cases: none: truly.
    Source: nobody.
    """
    assert labelled(doc) == (
        "What it is, over two lines.",
        {"Formula": "a ÷ b, where a: the one and b the other.", "Unit": "people.", "Edge cases": "none: truly.",
         "Source": "nobody."},
    )


def test_a_docstring_without_labels_is_all_meaning() -> None:
    assert labelled("Just this.") == ("Just this.", {})


def test_an_explanation_is_what_the_definition_declares() -> None:
    kpi = Kpi("new_signups", "New", "New", Family.RECRUITING, Unit.COUNT, Better.HIGHER, Interval.NONE, Boundary.END,
              new_signups)
    told = explanation(kpi)
    assert (told.name, told.unit, told.better, told.interval) == ("new_signups", "count", "higher", "none")
    assert [(each.name, each.default) for each in told.parameters] == [("cooling_off_days", 0)]
    assert told.formula
    assert told.meaning


def test_defaults_are_plain_values() -> None:
    assert [plain(each) for each in (True, 1.5, ("a",), Better.LOWER, None)] == [True, 1.5, ["a"], "lower", None]


def test_a_family_stands_in_its_place_once() -> None:
    """The catalogue's order is that of modules, several of which may hold a family's KPIs."""
    sales = replace(CHURN, name="sales_volume", family="sales")
    listed = render_catalogue([CHURN, sales, replace(CHURN, name="quick_ratio")], width=80, colour=False)
    heads = [line.split()[0] for line in listed.splitlines() if not line.startswith("    ") and line]
    assert heads == ["Recruiting", "churn_rate", "quick_ratio", "Sales", "sales_volume"]
