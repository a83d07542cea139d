"""Odd exports, a few rows each, and the figures that a person works out from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import figure, figures, table
from marks import wide
from mlmkpi.errors import DataError, UsageError
from mlmkpi.settings import Settings

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


SOLD = {
    "distributors": table(
        "distributor_id enrolled_on sponsor_id status", ("A", "01-01", None, "active"), ("B", "01-02", "A", "active")
    ),
    "orders": table(
        "order_id ordered_on amount distributor_id customer_id", ("o1", "01-01", 1, "A", "c1"),
        ("o2", "02-01", 5, "B", "c1"), ("o3", "02-02", 7, "A", "c2"),
    ),
}


@pytest.mark.parametrize(("by", "found"), [
    ("sponsor_id", {"A": 5, "(unknown)": 7}),
    ("enrolled_on", {"2026-01-01": 7, "2026-01-02": 5}),
    ("order.customer_id", {"c1": 5, "c2": 7}),
    ("order.distributor_id", {"A": 7, "B": 5}),
    ("order.order_id", {"o2": 5, "o3": 7}),
    ("order.ordered_on", {"2026-02-01": 5, "2026-02-02": 7}),
])
def test_segments_by_ids_and_days_are_named_as_the_export_names_them(by: str, found: dict[str, int]) -> None:
    """B, whom A sponsors, sold to c1 for 5; A to c2 for 7."""
    assert figures(SOLD, "sales_volume", "2026-02", by=(by,)) == found
    assert figures(SOLD, "sales_volume", "2026-02", by=(by,), where={by: [next(iter(found))]}) == {
        next(iter(found)): next(iter(found.values()))
    }


def test_of_every_leaders_team_too() -> None:
    """A's team is A and B."""
    assert figures(SOLD, "sales_volume", "2026-02", by=("team", "sponsor_id")) == {
        ("A", "A"): 5, ("A", "(unknown)"): 7,
    }
    assert figures(SOLD, "sales_volume", "2026-02", by=("team", "enrolled_on")) == {
        ("A", "2026-01-01"): 7, ("A", "2026-01-02"): 5,
    }


@pytest.mark.parametrize("by", ["status", "order.amount"])
def test_what_cannot_be_told_apart_from_a_figure_is_no_segment(by: str) -> None:
    """A Result has a status of its own; an amount is what is summed."""
    with pytest.raises(UsageError):
        figures(SOLD, "sales_volume", "2026-02", by=(by,))


@pytest.mark.parametrize("name", ["nonsense", "status", "order.amount"])
def test_what_was_given_is_named_as_it_was_given(name: str) -> None:
    asked: dict[str, Any] = {"kpis": ["sales_volume"], "count": 1}
    with pytest.raises(UsageError, match=f"(?m)^  got +by {name}$"):
        mlmkpi.compute(frames(SOLD), by=[name], **asked)
    with pytest.raises(UsageError, match=f"(?m)^  got +where {name}=x,y$"):
        mlmkpi.compute(frames(SOLD), where={name: ["x", "y"]}, **asked)


@pytest.mark.parametrize("name", ["amount", "order.amuont", "stauts", "order.stauts"])
def test_nothing_is_proposed_that_is_refused(name: str) -> None:
    """An amount is what is summed, and a Result has a status of its own; the status of orders may be split by."""
    with pytest.raises(UsageError) as refused:
        mlmkpi.compute(frames(SOLD), kpis=["sales_volume"], where={name: ["5"]}, count=1)
    hints = dict(refused.value.details)
    listed = hints["expected"].split(", ")
    assert "amount" not in listed
    assert ("status" in listed) == name.startswith("order.")
    assert hints.get("fix") == ("did you mean order.status?" if name == "order.stauts" else None)


def test_years_of_birth_and_events_split_beside_what_a_kpi_brings_itself() -> None:
    """A came to the one event, which was open to both."""
    tables = {
        "distributors": table(
            "distributor_id enrolled_on birth_year", ("A", "01-01", 1990), ("B", "01-01", 1991)
        ),
        "events": table("event_id held_on", ("e", "02-02")),
        "attendance": table("event_id distributor_id", ("e", "A")),
    }
    asked: dict[str, Any] = {"min_cell": 0, "column": "numerator"}
    bands = figures(tables, "distributor_age_distribution", "2026-02", by=("birth_year",), **asked)
    assert bands == {("1990", "35-44"): 1, ("1991", "25-34"): 1}
    assert figures(tables, "event_participation_rate", "2026-02", by=("event_id",)) == {"e": 1 / 2}


def test_rows_left_out_are_counted_in_the_note_of_figures_that_read_them(tmp_path: Path) -> None:
    """Of four orders one has no number for an amount, and two share an id; the people are all there."""
    rows = "1,2026-01-01,5,A\n2,2026-01-02,x,A\n3,2026-01-31,7,A\n3,2026-01-31,8,A\n"
    (tmp_path / "orders.csv").write_text(f"order_id,ordered_on,amount,distributor_id\n{rows}")
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    result = mlmkpi.compute(tmp_path, kpis=["sales_volume", "new_signups"], count=1, bad_rows="skip")
    told = ["1 key of orders with different rows left out", "1 unreadable row of orders left out"]
    assert dict(result.frame.select("kpi", "note").rows()) == {"sales_volume": "; ".join(told), "new_signups": None}
    assert dict(result.frame.select("kpi", "value").rows()) == {"sales_volume": 5, "new_signups": 1}
    assert list(result.warnings) == told


def test_orders_of_unknown_codes_that_are_left_out_are_counted(tmp_path: Path) -> None:
    """Of five orders one is of a kind, two of a status that nobody knows; the first and the last count."""
    rows = ("01,1,5,sale,paid", "02,2,7,gift,paid", "03,3,9,sale,odd", "04,4,11,sale,odd", "31,5,13,sale,")
    dated = "".join(f"2026-01-{row}\n" for row in rows)
    (tmp_path / "orders.csv").write_text(f"ordered_on,order_id,amount,kind,status\n{dated}")
    result = mlmkpi.compute(tmp_path, kpis=["sales_volume"], count=1, bad_rows="skip")
    told = ["1 order of an unknown kind left out", "2 orders of an unknown status left out"]
    assert result.frame.select("value", "note").rows() == [(18, "; ".join(told))]
    assert list(result.warnings) == told
    worked = mlmkpi.work_out(tmp_path, "sales_volume", period="2026-01", bad_rows="skip")
    assert worked.left_out == tuple(told)
    known = Settings.model_validate({"definitions": {"valid_status": ["paid", "odd"]}})
    result = mlmkpi.compute(tmp_path, kpis=["sales_volume"], count=1, bad_rows="skip", settings=known)
    assert result.frame.select("value", "note").rows() == [(25, told[0])]


def test_repeats_of_a_key_that_is_left_out_are_no_repeats(tmp_path: Path) -> None:
    """Order 1 stands there three times, twice alike: all of it is left out; order 2 twice alike: it counts once."""
    rows = "1,2026-01-01,5\n1,2026-01-01,5\n1,2026-01-01,6\n2,2026-01-02,7\n2,2026-01-02,7\n"
    (tmp_path / "orders.csv").write_text(f"order_id,ordered_on,amount\n{rows}")
    result = mlmkpi.compute(tmp_path, kpis=["sales_volume"], count=1, bad_rows="skip")
    assert result.frame["value"].to_list() == [7]
    told = ["1 repeated row of orders counted once", "1 key of orders with different rows left out"]
    assert list(result.warnings) == told


def test_who_is_counted_in_several_segments_is_said_so() -> None:
    """A sold through two channels: one seller, but one in each; money stands in one alone."""
    tables = {"orders": table(
        "order_id ordered_on amount distributor_id channel", ("o0", "01-01", 1, "A", "web"),
        ("o1", "02-01", 5, "A", "web"), ("o2", "02-01", 7, "A", "app"),
    )}
    by: dict[str, Any] = {"by": ("order.channel",)}
    assert figures(tables, "active_distributors", "2026-02", **by) == {"app": 1, "web": 1}
    assert set(figures(tables, "active_distributors", "2026-02", **by, column="note").values()) == {
        "who has several of order.channel is counted in each"
    }
    assert set(figures(tables, "sales_volume", "2026-02", **by, column="note").values()) == {None}


NAMES = ("active", "seller", "span", "n")
MORE = ("start", "paid", "sold", "day", "unit_of", "attended", "customer")


@pytest.mark.parametrize("name", [*NAMES, *map(wide, MORE)])
def test_a_column_of_any_name_splits(name: str, tmp_path: Path) -> None:
    """A's column says x, B's y; the orders' own says of both orders what their buyers are."""
    (tmp_path / "distributors.csv").write_text(f"distributor_id,enrolled_on,{name}\nA,2026-01-01,x\nB,2026-01-02,y\n")
    (tmp_path / "orders.csv").write_text(
        f"order_id,ordered_on,amount,distributor_id,customer_id,{name}\n"
        "1,2026-01-01,1,A,c1,p\n2,2026-02-01,5,A,c1,p\n3,2026-02-28,7,B,c2,q\n"
    )
    kpis = ["sales_volume", "active_distributors", "active_customers", "distributor_retention_rate"]
    for by, sums in ((name, {"x": 5, "y": 7}), (f"order.{name}", {"p": 5, "q": 7})):
        result = mlmkpi.compute(tmp_path, kpis=kpis, by=[by], count=1)
        assert result.by == (by,)
        for kpi, expected in (("sales_volume", sums), ("active_distributors", dict.fromkeys(sums, 1))):
            rows = result.frame.filter(pl.col("kpi") == kpi)
            assert dict(rows.select(by, "value").rows()) == expected
        one = next(iter(sums))
        traced = mlmkpi.trace(tmp_path, "sales_volume", by=[by], where={by: [one]}, period="2026-02")
        assert (traced.frame[by].to_list(), traced.total) == ([one], 5)
    unsplit = mlmkpi.compute(tmp_path, kpis=["churn_rate"], by=[f"order.{name}"], count=1).frame
    assert unsplit["note"].unique().to_list() == [f"cannot be split by order.{name}"]


def test_goals_alone_of_new_people_are_told_as_of_the_latest_enrolment() -> None:
    """Without orders the 28th of February, B's day, is today: of 4 recruits A has 1."""
    tables = {
        "distributors": table("distributor_id enrolled_on enroller_id", ("A", "02-01", None), ("B", "02-28", "A")),
        "goals": table("distributor_id kpi goal starts_on ends_on", ("A", "new_signups", 4, "02-01", "02-28")),
    }
    result = mlmkpi.compute(frames(tables), kpis=["goal_attainment"], count=1)
    assert result.frame.select("period", "value").rows() == [("2026-02", 1 / 4)]


def test_a_year_whose_orders_start_in_november_is_a_year_of_two_months() -> None:
    """Of A and B, A sold in November; in December both did: 3 of 4, not of 24."""
    tables = {
        "distributors": table("distributor_id enrolled_on", ("A", "2025-01-01"), ("B", "2025-01-01")),
        "orders": table(
            "order_id ordered_on amount distributor_id", ("1", "11-05", 5, "A"), ("2", "12-05", 5, "A"),
            ("3", "12-31", 5, "B"),
        ),
    }
    asked: dict[str, Any] = {"every": "year", "definitions": {"active_counts_recruiting": False}}
    assert figure(tables, "active_distributor_rate", "2026", **asked) == 3 / 4
    assert figure(tables, "active_distributor_rate", "2026", **asked, column="note") == "orders start on 2026-11-05"
    assert figure(tables, "active_distributor_rate", "2025", **asked) is None


def test_where_no_month_has_ended_yet_nobody_was_on_the_books_at_one_s_end() -> None:
    """The orders start on the 5th of November, a Thursday, and it is the 6th; A recruited B that day."""
    tables = {
        "distributors": table("distributor_id enrolled_on enroller_id", ("A", "11-01", None), ("B", "11-06", "A")),
        "orders": table("order_id ordered_on amount distributor_id", ("1", "11-05", 5, "A"), ("2", "11-06", 5, "A")),
        "commissions": table("distributor_id paid_on amount", ("A", "11-06", 5)),
    }
    for kpi in ("active_distributor_rate", "ten_customer_share"):
        assert figure(tables, kpi, "2026-11", as_of="2026-11-06") is None


def test_two_periods_of_one_name_are_refused() -> None:
    """Rows of theirs could not be told apart."""
    tables = {
        "orders": table("order_id ordered_on amount", ("1", "01-05", 5), ("2", "02-05", 7)),
        "periods": table("period starts_on ends_on", ("P1", "01-01", "01-31"), ("P1", "02-01", "02-28")),
    }
    with pytest.raises(DataError, match="two periods are called P1\n  got  2026-01-01 to 2026-01-31, 2026-02-01 to"):
        mlmkpi.compute(frames(tables), kpis=["sales_volume"], every="period")


def test_periods_that_are_all_there_are_not_told_of() -> None:
    tables = {
        "orders": table("order_id ordered_on amount", ("1", "01-05", 5), ("2", "02-05", 7)),
        "periods": table("period starts_on ends_on", ("P1", "01-01", "01-31"), ("P2", "02-01", "02-28")),
    }
    found = mlmkpi.compute(frames(tables), kpis=["sales_volume"], every="period")
    assert (found.frame["value"].to_list(), list(found.warnings)) == ([5, 7], [])


def test_declared_codes_are_known_however_they_are_spelled() -> None:
    """A was paid as 1 and got the title 2 in February, no advancement; a lead of two bought; of 4 recruits A has 1."""
    tables = {
        "distributors": table("distributor_id enrolled_on enroller_id", ("A", "01-01", None), ("B", "02-28", "A")),
        "ranks": table("distributor_id rank effective_on kind", ("A", "1", "01-01", "Paid_As"),
                       ("A", "2", "02-10", "TITLE")),
        "leads": table("lead_id created_on converted_on outcome", ("L1", "02-02", "02-03", "Customer"),
                       ("L2", "02-02", None, None)),
        "goals": table("distributor_id kpi goal starts_on ends_on", ("A", "New_Signups", 4, "02-01", "02-28")),
    }
    assert figure(tables, "rank_advancement_rate", "2026-02") == 0
    assert figure(tables, "rank_maintenance_rate", "2026-02") == 0
    assert figure(tables, "prospect_to_customer_rate", "2026-02") == 1 / 2
    assert figure(tables, "prospect_to_distributor_rate", "2026-02") == 0
    assert figures(tables, "goal_attainment", "2026-02") == {"new_signups": 1 / 4}


def test_kits_on_orders_split_by_customers_however_their_kind_is_spelled() -> None:
    """c1 of the US paid 8 for goods and 2 for a kit; what the enrolments tell of kits is not asked then."""
    tables = {
        "orders": table(
            "order_id ordered_on amount distributor_id customer_id kind", ("1", "02-01", 8, "A", "c1", "Sale"),
            ("2", "02-02", 2, "A", "c1", "Kit"),
        ),
        "customers": table("customer_id country", ("c1", "US")),
        "enrollments": table("distributor_id enrolled_on kit_amount", ("A", "02-01", 99)),
    }
    assert figures(tables, "kit_revenue_share", "2026-02", by=("customer.country",)) == {"US": 2 / 10}


@pytest.mark.parametrize(("kpi", "value"), [
    ("segment_engagement_rate", 0.5), ("demographic_sales_trend", 5), ("goal_attainment", 1),
])
def test_a_period_in_which_a_kpi_has_no_cell_is_named(kpi: str, value: float) -> None:
    """A post, a sale and a goal of January; none of February, which has ended."""
    tables = frames({
        "distributors": table(
            "distributor_id enrolled_on gender birth_date region", ("A", "01-05", "f", "1990-01-01", "north")
        ),
        "orders": table("order_id ordered_on amount distributor_id customer_id", ("1", "01-06", 5, "A", None)),
        "posts": table("posted_on likes reach gender age_band", ("01-07", 1, 2, "f", "18-24")),
        "goals": table("distributor_id kpi goal starts_on ends_on", ("A", "sales_volume", 5, "01-01", "01-31")),
    })
    asked: Any = {"as_of": date(2026, 3, 1), "settings": Settings(min_cell=0)}
    for period in ("2026-02", None):
        with pytest.raises(DataError, match=f"{kpi} has nothing to count in 2026-02"):
            mlmkpi.work_out(tables, kpi, period=period, **asked)
    told = mlmkpi.work_out(tables, kpi, period="2026-01", **asked)
    assert {part.value for part in told.parts} == {value}


@pytest.mark.parametrize("listed", [pl.Int64, pl.String], ids=["the list has numbers", "the rows have numbers"])
def test_ids_of_products_and_events_meet_whether_they_are_numbers_or_texts(listed: type[pl.DataType]) -> None:
    """Of 30 sold, 10 are of product 1, which is food; the one person came to an event."""
    named = pl.String if listed == pl.Int64 else pl.Int64
    days = [date(2026, 10, 2), date(2026, 10, 3)]
    tables = {
        "distributors": pl.DataFrame({"distributor_id": ["A"], "enrolled_on": days[:1]}),
        "orders": pl.DataFrame({"order_id": ["1", "2"], "ordered_on": days, "amount": [10, 20]}),
        "order_lines": pl.DataFrame({
            "order_id": pl.Series([1, 2]), "product_id": pl.Series([1, 2]).cast(named), "quantity": [1, 1],
            "amount": [10, 20],
        }),
        "products": pl.DataFrame({"product_id": pl.Series([1, 2]).cast(listed), "category": ["food", "care"]}),
        "events": pl.DataFrame({"event_id": pl.Series([7, 8]).cast(listed), "held_on": days}),
        "attendance": pl.DataFrame({"event_id": pl.Series([7, 8]).cast(named), "distributor_id": ["A", "A"]}),
    }
    found = mlmkpi.compute(tables, kpis=["product_mix_share", "event_reach", "best_sellers"], count=1).frame
    rows = found.filter(pl.col("statistic") == "value").select(
        "kpi", pl.coalesce("order.category", "order.product"), "numerator", "denominator"
    )
    assert {row[:3] for row in rows.rows()} == {
        ("product_mix_share", "food", 10.0), ("product_mix_share", "care", 20.0),
        ("best_sellers", "1", 10.0), ("best_sellers", "2", 20.0), ("event_reach", None, 1.0),
    }
