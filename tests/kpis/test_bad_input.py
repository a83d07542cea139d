"""Exports that make no sense somewhere: null with the reason or a finding, never a traceback, never a silent 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

import mlmkpi
from equal.compare import Case, frames, settings_of
from kpis.orders import Rows, day, figure, figures, table
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings

ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id", ("0", "2025-01-01", 1, "D1", "C1"),
    ("1", "10-05", 10, "D1", "C1"), ("2", "10-31", 10, "D2", "C2"),
)
PEOPLE = table(
    "distributor_id enrolled_on market birth_date", ("D1", "2025-01-01", "US", "1980-01-01"),
    ("D2", "2025-01-01", "DE", "2015-01-01"), ("D3", "2025-01-01", "DE", "1900-01-01"),
)
NOBODY = "nothing to divide by: the denominator is 0"
END = {"as_of": "2026-10-31"}


def company(**tables: Rows) -> dict[str, Rows]:
    """Three distributors and three orders, with further tables."""
    return {"orders": ORDERS, "distributors": PEOPLE, **tables}


def warnings(
    kpi: str, tables: dict[str, Rows], ladder: Sequence[str] = (), *, by: Sequence[str] = ()
) -> tuple[str, ...]:
    """What a run warns of."""
    case = Case(tables, (kpi,), rank_ladder=tuple(ladder))
    return mlmkpi.compute(
        frames(tables), kpis=[kpi], by=by, count=1, as_of=day("10-31"), settings=settings_of(case)
    ).warnings


def test_a_rank_that_is_not_on_the_ladder_is_ignored_and_told() -> None:
    """D1 rose to a rank that is none, so stands where they stood; D2 rose."""
    ranks = table(
        "distributor_id rank effective_on", ("D1", "gold", "09-01"), ("D1", "platinum", "10-05"),
        ("D2", "silver", "09-01"), ("D2", "gold", "10-01"),
    )
    ladder = ("silver", "gold", "ruby")
    asked: dict[str, Any] = {**END, "rank_ladder": ladder}
    assert figure(company(ranks=ranks), "rank_advancement_rate", "2026-10", **asked) == 1 / 3
    assert "1 row of ranks that is not on the ladder ignored" in warnings(
        "rank_advancement_rate", company(ranks=ranks), ladder
    )
    assert warnings("rank_advancement_rate", company(ranks=ranks[2:]), ladder) == ()


def test_without_a_ladder_ranks_have_no_order() -> None:
    ranks = table("distributor_id rank effective_on", ("D1", "gold", "09-01"))
    for kpi in ("rank_advancement_rate", "rank_maintenance_rate"):
        told = {**END, "column": "note"}
        assert figure(company(ranks=ranks), kpi, "2026-10", **told) in ("set rank_ladder", "needs ranks.kind")
        assert figure(company(ranks=ranks), kpi, "2026-10", **END) is None


def test_scores_off_the_scale_are_counted_even_where_there_are_no_others() -> None:
    some = table("answered_on score", ("10-02", 11), ("10-03", 9), ("10-04", -1))
    assert figure(company(surveys=some), "net_promoter_score", "2026-10", **END) == 100
    assert figure(company(surveys=some), "net_promoter_score", "2026-10", **END, column="note") == (
        "answers off the scale: 2"
    )
    assert figure(company(surveys=some[:1]), "net_promoter_score", "2026-10", **END) is None
    assert figure(company(surveys=some[:1]), "net_promoter_score", "2026-10", **END, column="note") == (
        f"{NOBODY}; answers off the scale: 1"
    )


def test_without_respondents_every_answer_counts() -> None:
    answers = table("answered_on score", ("10-02", 10), ("10-02", 10), ("10-03", 0))
    assert figure(company(surveys=answers), "net_promoter_score", "2026-10", **END, column="denominator") == 3


def test_a_market_without_a_segment_that_is_listed_twice() -> None:
    """Two customers among 100 people of US and 50 of DE; where DE is of 50 and of 60, C1 of US alone is counted."""
    twice = table("market population segment", ("US", 100, "a"), ("DE", 50, None), ("DE", 50, None))
    assert figure(company(markets=twice), "market_penetration_rate", "2026-10", **END) == 2 / 150
    differing = table("market population segment", ("US", 100, "a"), ("DE", 50, None), ("DE", 60, None))
    with pytest.raises(DataError, match="markets has different rows with one market and segment"):
        figure(company(markets=differing), "market_penetration_rate", "2026-10", **END)
    frame = mlmkpi.compute(
        frames(company(markets=differing)), kpis=["market_penetration_rate"], count=1, as_of=day("10-31"),
        bad_rows="skip",
    ).frame
    assert frame["value"].to_list() == [1 / 100]


def test_posts_without_an_id_count_each_where_another_is_repeated() -> None:
    """Two posts alike without an id, and T1: three, shared 1 + 1 + 4 times."""
    posts = table(
        "posted_on post_id shares", ("10-01", None, 1), ("10-01", None, 1), ("10-02", "T1", 4), ("10-02", "T1", 4)
    )
    assert figure(company(posts=posts), "content_sharing_rate", "2026-10", **END) == 6 / 3


def test_followers_counted_twice_a_day() -> None:
    counts = table("counted_on account_id followers", ("09-30", "A", 100), ("09-30", "A", 100), ("10-31", "A", 110))
    assert figure(company(followers=counts), "follower_growth_rate", "2026-10", **END) == 0.1
    assert warnings("follower_growth_rate", company(followers=counts)) == ("1 repeated row of followers counted once",)
    counts = [*counts, *table("counted_on account_id followers", ("09-30", "A", 105))]
    with pytest.raises(DataError, match="1 such key: 2026-09-30"):
        figure(company(followers=counts), "follower_growth_rate", "2026-10", **END)


def test_an_event_nobody_was_eligible_for() -> None:
    tables = company(
        events=table("event_id held_on market", ("E1", "10-10", "FR")),
        attendance=table("event_id distributor_id attended", ("E1", "D1", True)),
    )
    assert figure(tables, "event_participation_rate", "2026-10", **END) is None
    assert figure(tables, "event_participation_rate", "2026-10", **END, column="note") == NOBODY


def test_a_lead_that_converted_before_it_came_in_did_not() -> None:
    leads = table("lead_id created_on converted_on", ("L1", "09-05", "09-01"), ("L2", "09-06", "09-07"))
    assert figure({"orders": ORDERS, "leads": leads}, "lead_conversion_rate", "2026-09", **END) == 1 / 2


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("income_distribution", 5 / 3), ("earnings_gini", 2 / 3), ("top_1pct_earnings_share", 1),
        ("share_earning_nothing", 2 / 3), ("at_most_break_even_share", 2 / 3), ("reinvestment_rate", 2 / 5),
    ],
)
def test_commissions_of_unknown_people_are_left_out_and_counted(kpi: str, value: float) -> None:
    tables = company(
        commissions=table("distributor_id paid_on amount", ("D1", "10-10", 5), ("X9", "10-11", 7)),
        expenses=table("distributor_id spent_on amount", ("D1", "10-01", 2), ("X9", "10-01", 3)),
    )
    assert figure(tables, kpi, "2026-10", **END) == pytest.approx(value)
    assert figure(tables, kpi, "2026-10", **END, column="note") == "paid but not on the books, left out: 1"


def test_commissions_of_unknown_people_are_paid_out_all_the_same() -> None:
    tables = company(commissions=table("distributor_id paid_on amount", ("X9", "10-11", 7)))
    assert figure(tables, "payout_ratio", "2026-10", **END) == 7 / 20
    assert figures(tables, "payout_ratio", "2026-10", **END, by=("market",))["US"] == 0


def test_a_market_of_nobody_is_left_out_and_its_customers_counted() -> None:
    tables = company(markets=table("market population", ("US", 0), ("DE", 100)))
    note = "customers of markets without a population, left out: 1"
    assert figure(tables, "market_penetration_rate", "2026-10", **END) == 1 / 100
    assert figure(tables, "market_penetration_rate", "2026-10", **END, column="note") == note
    nowhere = company(markets=table("market population", ("US", 0), ("DE", None)))
    assert figure(nowhere, "market_penetration_rate", "2026-10", **END) is None
    assert figure(nowhere, "market_penetration_rate", "2026-10", **END, column="note") == (
        f"{NOBODY}; {note.replace('1', '2')}"
    )


def test_people_too_young_or_too_old_stand_in_the_outer_bands() -> None:
    found = figures(company(), "distributor_age_distribution", "2026-10", **END, min_cell=0)
    assert found == {"<18": 1 / 3, "45-54": 1 / 3, "65+": 1 / 3}


def test_orders_that_lack_a_day_an_amount_or_a_volume_are_told() -> None:
    orders = table(
        "order_id ordered_on amount volume distributor_id", ("O1", "10-05", 10, 8, "D1"), ("O2", None, 20, 5, "D1"),
        ("O3", "10-31", None, 5, "D1"), ("O4", "10-31", 5, None, "D1"),
    )
    found = warnings("personal_sales_volume", {"orders": orders})
    assert "2 orders without a day or an amount left out" in found
    assert "1 order without a volume counted as 0" in found
    assert figure({"orders": orders}, "personal_sales_volume", "2026-10", **END) == 8.0


def test_orders_that_lack_an_id_count_and_are_told() -> None:
    orders = table(
        "order_id ordered_on amount distributor_id", ("O1", "10-05", 10, "D1"), (None, "10-06", 20, "D1"),
        (None, "10-31", 5, "D1"),
    )
    told = "2 orders without an order_id counted all the same"
    assert told in warnings("sales_volume", {"orders": orders})
    assert told in mlmkpi.work_out(
        frames({"orders": orders}), "sales_volume", period="2026-10", as_of=day("10-31"), settings=Settings()
    ).left_out
    assert figure({"orders": orders}, "sales_volume", "2026-10", **END) == 35.0


def test_rows_that_lack_a_cell_which_their_table_needs_are_told_where_they_are_read() -> None:
    """Of the people whom an enrolment would make new, two have no day and one no id: the fourth is new alone."""
    enrollments = table(
        "distributor_id enrolled_on", ("D4", "10-05"), ("D5", None), ("D6", None), (None, "10-06"),
    )
    ranks = table("distributor_id rank effective_on", ("D1", None, "10-05"))
    tables = {"enrollments": enrollments, "ranks": ranks}
    assert figure(tables, "new_signups", "2026-10", **END) == 1
    told = ("1 row of enrollments has no distributor_id", "2 rows of enrollments have no enrolled_on")
    assert warnings("new_signups", tables) == told
    assert warnings("rank_advancement_rate", company(ranks=ranks), ("gold",))[0] == "1 row of ranks has no rank"
    claims = company(claims=table("reviewed_on violation", ("10-05", None), ("10-06", False)))
    assert warnings("claims_violation_rate", claims) == ()


def test_a_termination_before_the_enrolment_does_not_count_and_is_told() -> None:
    """D1 and D2 stay on the books; D3 is gone on the 20th, and D4's termination is not seen yet."""
    people = table(
        "distributor_id enrolled_on terminated_on", ("D1", "2026-01-05", "2025-01-05"), ("D2", "01-05", "01-04"),
        ("D3", "01-05", "10-20"), ("D4", "12-05", "11-20"),
    )
    tables = {"orders": ORDERS, "distributors": people}
    assert figure(tables, "team_growth_rate", "2026-10", **END) == -1 / 3
    assert warnings("team_growth_rate", tables) == ("2 terminations before the enrolment left out",)


def test_statuses_that_no_order_has_are_told() -> None:
    orders = table("order_id ordered_on amount status", ("1", "10-05", 10, "OK"), ("2", "10-31", 20, "gone"))
    found = [
        mlmkpi.compute(
            frames({"orders": orders}), kpis=[kpi], as_of=day("10-31"), count=1,
            settings=Settings.model_validate({"definitions": {"valid_status": ["ok", "okay"]}}),
        ).warnings
        for kpi in ("sales_volume", "new_signups")
    ]
    assert found == [("no order has the status okay, which valid_status names",), ()]
    without = table("order_id ordered_on amount", ("1", "10-05", 10))
    [told] = mlmkpi.compute(
        frames({"orders": without}), kpis=["sales_volume"], as_of=day("10-31"),
        settings=Settings.model_validate({"definitions": {"valid_status": ["ok", "okay"]}}),
    ).warnings
    assert told == "orders have no status, so all count, whatever valid_status names: ok, okay"


def test_ages_that_are_hardly_believed_are_told_where_ages_are_read() -> None:
    """On 31 October 2026, a day before D2's birthday, D1 and D2 are under 18; D3 is 111."""
    people = table(
        "distributor_id enrolled_on birth_date", ("D1", "2026-01-01", "2012-05-05"), ("D2", "2026-01-01", "2008-11-01"),
        ("D3", "2026-01-01", "1915-10-31"),
    )
    told = ("2 distributors under 18", "1 distributor over 110")
    assert warnings("distributor_age_distribution", company(distributors=people)) == told
    assert warnings("new_signups", company(distributors=people)) == ()
    born = table("customer_id birth_year", ("C1", 2027), ("C2", 1990))
    found = warnings("demographic_sales_trend", company(distributors=people, customers=born))
    assert set(found) == {"1 customer not born by the as-of date", *told}


def test_a_birth_year_that_is_no_year_is_told() -> None:
    """A day written as a number, and a negative year: D1 alone stands in the band of their age."""
    people = table(
        "distributor_id enrolled_on birth_year", ("D1", "2026-01-01", 1990), ("D2", "2026-01-01", 19801231),
        ("D3", "2026-01-01", -(10**13)),
    )
    told = ("1 distributor under 18", "1 distributor over 110")
    assert warnings("distributor_age_distribution", company(distributors=people)) == told
    found = figures(company(distributors=people), "distributor_age_distribution", "2026-10", **END, min_cell=0)
    assert found == {"<18": 1 / 3, "35-44": 1 / 3, "65+": 1 / 3}


def test_ages_are_told_of_those_alone_who_have_come_by_the_as_of_date() -> None:
    people = table(
        "distributor_id enrolled_on birth_date", ("D1", "2026-01-01", "2010-01-01"),
        ("D2", "2026-11-01", "2010-01-01"), ("D3", "2026-11-01", "1900-01-01"),
    )
    assert warnings("distributor_age_distribution", company(distributors=people)) == ("1 distributor under 18",)
    came = table("customer_id birth_year joined_on", ("C1", 2027, "2027-01-01"), ("C2", 2027, None))
    found = warnings("demographic_sales_trend", company(distributors=people[:2], customers=came))
    assert set(found) == {"1 customer not born by the as-of date", "1 distributor under 18"}


def test_the_age_of_a_posts_audience_tells_nothing_of_distributors_ages() -> None:
    posts = table("posted_on distributor_id age_band reach likes", ("10-05", "D1", "18-24", 10, 1))
    assert warnings("segment_engagement_rate", company(posts=posts)) == ()
    assert warnings("segment_engagement_rate", company(posts=posts), by=("age_band",)) == ()
    assert "1 distributor under 18" in warnings("social_engagement_rate", company(posts=posts), by=("age_band",))


def test_a_volume_that_was_asked_for_and_is_absent_is_null_and_the_default_is_the_amount() -> None:
    orders = table("order_id ordered_on amount distributor_id", ("1", "10-05", 40, "A"))
    tables = {"distributors": table("distributor_id enrolled_on", ("A", "01-01")), "orders": orders}
    for kpi in ("personal_sales_volume", "volume_concentration"):
        asked = {"definitions": {"volume": "cv"}}
        assert figure(tables, kpi, "2026-10", column="note", **asked) == "needs orders.commissionable_volume"
        assert figure(tables, kpi, "2026-10", column="denominator") == 1
    active = {"definitions": {"active_rule": "volume>=10", "volume": "cv"}}
    said = figure(tables, "active_distributors", "2026-10", column="note", **active)
    assert said == "needs orders.commissionable_volume"
    assert figure(tables, "personal_sales_volume", "2026-10") == 40


def test_orders_without_a_row_are_told_where_they_are_read() -> None:
    exports = {**frames({"distributors": PEOPLE}), "orders": frames({"orders": ORDERS})["orders"].clear()}
    for kpi, told in (("sales_volume", ("orders has no rows",)), ("new_signups", ())):
        assert mlmkpi.compute(exports, kpis=[kpi], count=1, as_of=day("10-31")).warnings == told
    assert warnings("sales_volume", company()) == ()


@pytest.mark.parametrize("orders", [
    frames({"orders": ORDERS})["orders"].clear(),
    frames({"orders": ORDERS})["orders"].with_columns(pl.lit(None, pl.Date).alias("ordered_on")),
])
def test_without_an_order_that_has_a_day_nothing_is_known_of_sales(orders: pl.DataFrame) -> None:
    """An export that broke off is no company that sold nothing."""
    exports = {**frames({"distributors": PEOPLE}), "orders": orders}
    kpis = ["sales_volume", "active_distributors", "distributor_retention_rate", "new_signups"]
    frame = mlmkpi.compute(exports, kpis=kpis, count=2, as_of=day("10-31")).frame
    of_orders = frame.filter(pl.col("kpi") != "new_signups")
    assert set(of_orders["note"]) == {"no order has a day"}
    nothing = of_orders.select("value", "numerator", "denominator", "previous").null_count()
    assert nothing.row(0) == (len(of_orders),) * 4
    assert frame.filter(kpi="new_signups")["value"].null_count() == 0


@pytest.mark.parametrize("kpis", [["sales_volume"], ["sales_volume", "personal_sales_volume", "payout_ratio"]])
@pytest.mark.parametrize("column", ["amount", "volume"])
def test_money_that_comes_to_more_than_a_sum_holds_is_refused(kpis: list[str], column: str) -> None:
    """Ten times 99,999,999,999,999 are more than 922,337,203,685,477.5807; nine times are not."""
    large = 99_999_999_999_999
    rows = [("0", "2025-01-01", 1, 1, "A"), *(
        (str(at), "10-05", *((large, 1) if column == "amount" else (1, large)), "A") for at in range(1, 11)
    )]
    whole = {"orders": table("order_id ordered_on amount volume distributor_id", *rows)}
    asked: dict[str, Any] = {"kpis": kpis, "as_of": day("10-31"), "count": 1, "settings": settings_of(Case({}, ()))}
    if column == "amount" or len(kpis) > 1:
        with pytest.raises(DataError, match=f"orders.{column} comes to more than can be summed"):
            mlmkpi.compute(frames(whole), **asked)
    nine = {"orders": whole["orders"][:-1]}
    found = mlmkpi.compute(frames(nine), **asked).frame
    value = {"sales_volume": 9 * (large if column == "amount" else 1), "personal_sales_volume": 9 * (
        large if column == "volume" else 1
    )}
    for name, expected in value.items():
        assert found.filter(kpi=name, statistic="value")["numerator"].to_list() in ([], [expected])
