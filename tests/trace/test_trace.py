"""The rows behind a figure: worked by hand on files, and for every KPI adding up to what compute gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import mlmkpi.kpis
from cli.ended import Run
from equal.compare import frames
from marks import wide
from mlmkpi.errors import DataError, UsageError
from mlmkpi.kpi import KPIS, Ratio
from mlmkpi.report.traced import proof
from mlmkpi.settings import Settings
from oracle.companies import company

DISTRIBUTORS = """\
distributor_id,enrolled_on,market,terminated_on
D1,2026-09-05,US,2026-10-20
D2,2026-09-06,DE,
D3,2026-10-07,US,
"""
FIRST = """\
order_id,ordered_on,amount,distributor_id,customer_id,status
A1,2026-10-01,10.50,D1,C1,paid
A2,2026-10-02,20.25,D2,C2,paid
A3,2026-10-03,99.00,D2,C2,cancelled
"""
SECOND = """\
order_id,ordered_on,amount,distributor_id,customer_id,status
A4,2026-09-30,7.00,D1,C1,paid
A5,2026-10-31,-3.25,D1,C1,paid
"""
SURVEYS = """\
answered_on,score,respondent_id
2026-10-05,10,R1
2026-10-06,8,R2
2026-10-07,2,R3
2026-09-01,10,R4
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    for name, text in {
        "distributors": DISTRIBUTORS, "orders_1": FIRST, "orders_2": SECOND, "surveys": SURVEYS,
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_orders_stand_in_their_files(exports: Path) -> None:
    found = mlmkpi.trace(exports, "sales_volume", period="2026-10")
    assert found.frame.select("table", "file", "row", "id", "contribution").rows() == [
        ("orders", "orders_1.csv", 1, "A1", 10.5), ("orders", "orders_1.csv", 2, "A2", 20.25),
        ("orders", "orders_2.csv", 2, "A5", -3.25),
    ]
    assert found.total == found.figure == found.value == 27.5
    assert found.adds_up


def test_a_filter_keeps_the_rows_of_a_segment(exports: Path) -> None:
    found = mlmkpi.trace(exports, "sales_volume", period="2026-10", where={"market": ["US"]})
    assert found.frame.select("market", "id", "contribution").rows() == [("US", "A1", 10.5), ("US", "A5", -3.25)]
    assert found.value == 7.25


def test_people_stand_where_the_roster_lists_them(exports: Path) -> None:
    lost = mlmkpi.trace(exports, "churn_rate", period="2026-10")
    base = mlmkpi.trace(exports, "churn_rate", period="2026-10", side="denominator")
    columns = ("table", "file", "row", "id", "contribution")
    assert lost.frame.select(columns).rows() == [("distributors", "distributors.csv", 1, "D1", 1.0)]
    assert base.frame["id"].to_list() == ["D1", "D2"]
    assert base.counted == "People current on the day before the period"


def test_answers_are_rows_of_the_surveys(exports: Path) -> None:
    found = mlmkpi.trace(exports, "net_promoter_score", period="2026-10", side="denominator")
    assert found.frame.select("table", "file", "row").rows() == [("surveys", "surveys.csv", n) for n in (1, 2, 3)]
    points = mlmkpi.trace(exports, "net_promoter_score", period="2026-10")
    assert points.frame.select("row", "contribution").rows() == [(1, 100.0), (3, -100.0)]


def test_durations_are_values_not_parts_of_a_sum(exports: Path) -> None:
    found = mlmkpi.trace(exports, "time_to_first_sale", period="2026-10", as_of=date(2026, 10, 31))
    assert not found.adds_up
    assert found.frame.select("id", "ended", "contribution").rows() == [("D3", 0, 24.0)]


def test_without_a_period_it_is_the_last_that_ended(exports: Path) -> None:
    assert mlmkpi.trace(exports, "sales_volume", as_of=date(2026, 10, 30)).period == "2026-09"


@pytest.mark.parametrize(("label", "rows"), [("2026", 4), ("2026-Q4", 3), ("2026-W40", 3), ("2026-10-02", 1)])
def test_a_label_says_how_long_a_period_is(exports: Path, label: str, rows: int) -> None:
    assert mlmkpi.trace(exports, "sales_volume", period=label).frame.height == rows


def test_a_period_of_the_companys_own(exports: Path) -> None:
    periods = "period,starts_on,ends_on\nP1,2026-09-01,2026-10-01\nP2,2026-10-02,2026-10-31\n"
    (exports / "periods.csv").write_text(periods)
    assert mlmkpi.trace(exports, "sales_volume", period="P1").frame["id"].to_list() == ["A1", "A4"]
    with pytest.raises(UsageError, match="there is no period P3"):
        mlmkpi.trace(exports, "sales_volume", period="P3")


def test_a_count_has_no_denominator(exports: Path) -> None:
    with pytest.raises(UsageError, match="it has no denominator"):
        mlmkpi.trace(exports, "sales_volume", side="denominator")


def test_what_growth_is_divided_by_is_in_an_earlier_period(exports: Path) -> None:
    with pytest.raises(UsageError, match="its denominator is the sum of an earlier period"):
        mlmkpi.trace(exports, "yoy_growth", side="denominator")


def test_what_cannot_be_computed_cannot_be_traced(exports: Path) -> None:
    with pytest.raises(DataError, match="needs the leads export"):
        mlmkpi.trace(exports, "lead_conversion_rate")


def test_the_command_says_that_the_rows_add_up(exports: Path, run: Callable[..., Run]) -> None:
    shown = run("trace", "sales_volume", str(exports), "--period", "2026-10", "--top", "2")
    assert shown.code == 0
    assert "Sales volume, October 2026 = " in shown.out
    assert "… and 1 more" in shown.out
    assert "3 rows: their contributions sum to 27.50, exactly the figure's numerator" in shown.out
    data = run("trace", "sales_volume", str(exports), "--period", "2026-10", "--format", "json")
    assert [row["contribution"] for row in json.loads(data.out)] == [10.5, 20.25, -3.25]
    assert "exactly the figure's numerator" in data.err


def test_a_name_of_no_format_that_rows_have_is_refused(exports: Path, run: Callable[..., Run]) -> None:
    ended = run("trace", "sales_volume", str(exports), "--output", str(exports / "rows.md"))
    assert (ended.code, (exports / "rows.md").exists()) == (2, False)
    assert "expected  a name that ends in .json, .csv, .parquet, .txt\n" in ended.err


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_every_format_has_every_row(exports: Path, run: Callable[..., Run], suffix: str, tmp_path: Path) -> None:
    target = tmp_path / "out" / f"rows.{suffix}"
    target.parent.mkdir()
    assert run("trace", "sales_volume", str(exports), "--period", "2026-10", "--output", str(target)).code == 0
    frame: pl.DataFrame = getattr(pl, f"read_{suffix}")(target)
    assert frame["contribution"].sum() == 27.5


RUN = Settings.model_validate({"rank_ladder": ["1", "2", "3"], "definitions": {"leader_rank": "2"}, "min_cell": 0})
QUARTER, END = date(2026, 7, 1), date(2026, 10, 31)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    found = frames(company(1, features=()).tables)
    people, days = found["distributors"]["distributor_id"], found["distributors"]["enrolled_on"]
    found["agreements"] = pl.DataFrame({"distributor_id": people, "signed_on": days})
    return found


@pytest.fixture(scope="module")
def computed(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    frame = mlmkpi.compute(
        tables, kpis=["all"], first=QUARTER, last=QUARTER, every="quarter", settings=RUN
    ).frame
    return frame.filter(pl.col("statistic") == "value")


def sides(side: str) -> list[str]:
    """The KPIs with such a sum of their own: not made of several periods' sums, nor taken off something."""
    found = []
    for name, kpi in KPIS.items():
        figure = kpi.function()
        if isinstance(figure, Ratio) and not (figure.growth or figure.cap is not None or figure.seasonal):
            found += [name] if side == "numerator" or figure.denominator else []
    return found


def check(name: str, side: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame) -> None:
    """The contributions sum to the figure's side, in every cell where the KPI brings a split of its own alone."""
    figure = KPIS[name].function()
    assert isinstance(figure, Ratio)
    found = mlmkpi.trace(tables, name, period="2026-Q3", side=side, settings=RUN).frame
    own = sorted({column for block in figure.blocks for column in block})
    split = [column for column in own if column in found.columns]
    rows = computed.filter(pl.col("kpi") == name)
    for column in own:
        rows = rows.filter(pl.col(column).is_not_null() if column in split else pl.col(column).is_null())
    if figure.of_total and side == "denominator":
        assert rows[side].to_list() == pytest.approx([found["contribution"].sum()] * rows.height)
        return
    sums: dict[tuple[str, ...], float] = {}
    for row in found.iter_rows(named=True):
        key = tuple(row[column] for column in split)
        sums[key] = sums.get(key, 0.0) + row["contribution"]
    for row in rows.iter_rows(named=True):
        assert sums.get(tuple(row[column] for column in split), 0.0) == pytest.approx(row[side] or 0.0)


@pytest.mark.parametrize("name", [*sides("numerator")[::10], *map(wide, sides("numerator")[5::10])])
def test_some_figures_are_the_sum_of_their_rows(
    name: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame
) -> None:
    check(name, "numerator", tables, computed)


@pytest.mark.full
@pytest.mark.parametrize("name", sides("numerator"))
def test_every_figure_is_the_sum_of_its_rows(
    name: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame
) -> None:
    check(name, "numerator", tables, computed)


@pytest.mark.full
@pytest.mark.parametrize("name", sides("denominator"))
def test_every_denominator_is_the_sum_of_its_rows(
    name: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame
) -> None:
    check(name, "denominator", tables, computed)


OF_ANOTHER = {
    "yoy_growth": "sales_volume", "order_size_trend": "average_order_value", "payout_cap_headroom": "payout_ratio",
}
"""Figures made of more than their own sums, and the figure that their rows sum to."""
OF_VALUES = {
    "time_to_first_sale": None, "autoship_survival": None, "earnings_gini": None, "volume_concentration": None,
    "top_1pct_earnings_share": "earnings_gini",
}
"""Figures taken from values, and where another tells it the figure whose denominator counts these."""
OF_ALL_MONTHS = ("seasonality_index",)


def test_every_kpi_is_traced_by_one_of_these_tests() -> None:
    assert sorted([*sides("numerator"), *OF_ANOTHER, *OF_VALUES, *OF_ALL_MONTHS]) == sorted(KPIS)


@pytest.mark.parametrize("name", list(OF_ANOTHER))
def test_what_is_made_of_more_shows_the_rows_of_the_period(
    name: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame
) -> None:
    found = mlmkpi.trace(tables, name, period="2026-Q3", settings=RUN)
    (other,) = computed.filter(pl.col("kpi") == OF_ANOTHER[name])["numerator"]
    assert found.frame["contribution"].sum() == pytest.approx(other)
    assert "exactly the sum behind the figure" in proof(found)
    assert found.note is not None


@pytest.mark.parametrize("name", list(OF_VALUES))
def test_what_is_taken_from_values_shows_each_of_them(
    name: str, tables: dict[str, pl.DataFrame], computed: pl.DataFrame
) -> None:
    found = mlmkpi.trace(tables, name, period="2026-Q3", settings=RUN)
    (units,) = computed.filter(pl.col("kpi") == (OF_VALUES[name] or name))["denominator"]
    assert found.frame.height == units
    assert "it is not a sum of them" in proof(found)


def test_an_index_over_all_months_shows_the_rows_of_all(tables: dict[str, pl.DataFrame]) -> None:
    found = mlmkpi.trace(tables, "seasonality_index", period="2026-Q3", settings=RUN)
    sold = mlmkpi.compute(tables, kpis=["sales_volume"], settings=RUN, count=40).frame
    start = tables["orders"]["ordered_on"].min()
    whole = sold.filter(pl.col("complete"), pl.col("period_start") >= start)
    assert whole.height > 2
    assert found.frame["contribution"].sum() == pytest.approx(whole["value"].sum())


def test_rows_behind_a_season_are_of_its_calendar_month(tmp_path: Path) -> None:
    """October's of three years, not those of the tenth month since the orders start, which is a July."""
    days = {"1": "2024-10-01", "2": "2025-07-06", "3": "2025-10-06", "4": "2026-09-02", "5": "2026-10-31"}
    rows = "".join(f"{number},{day},{number}0\n" for number, day in days.items())
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount\n" + rows)
    october = mlmkpi.trace(tmp_path, "seasonality_index", period="2026-10", where={"month": ["10"]}, as_of=END).frame
    assert october.select("month", "id", "contribution").rows() == [("10", "1", 10), ("10", "3", 30), ("10", "5", 50)]
    every = mlmkpi.trace(tmp_path, "seasonality_index", period="2026-10", as_of=END).frame
    assert every["month"].to_list() == ["10", "7", "10", "9", "10"]


def test_a_note_on_rows_left_out_does_not_change_what_the_rows_sum_to(exports: Path) -> None:
    (exports / "surveys.csv").write_text("answered_on,score\n2026-10-02,10\n2026-10-03,11\n")
    found = mlmkpi.trace(exports, "net_promoter_score", period="2026-10")
    assert found.note == "answers off the scale: 1"
    assert proof(found) == "1 row: their contributions sum to 100, exactly the figure's numerator"


def test_records_that_tell_nobodys_id_are_traced(tmp_path: Path) -> None:
    """Leads without a distributor, numbered or not, whether a figure has rows or none."""
    (tmp_path / "leads.csv").write_text(
        "lead_id,created_on,converted_on\nL1,2026-07-01,2026-07-20\nL2,2026-08-01,2026-09-20\n"
    )
    for period, converted in (("2026-07", [1]), ("2026-08", [])):
        found = mlmkpi.trace(tmp_path, "lead_conversion_rate", period=period, as_of=date(2026, 10, 31))
        assert found.frame["row"].to_list() == converted
        assert found.frame["id"].null_count() == len(converted)
        whole = mlmkpi.trace(
            tmp_path, "lead_conversion_rate", period=period, side="denominator", as_of=date(2026, 10, 31)
        )
        assert whole.total == whole.figure == 1


def test_records_of_somebody_are_told_by_whose_they_are(exports: Path) -> None:
    """Two leads of D3 and one of D2, whose ids are numbers inside; the first of D3's was converted in ten days."""
    (exports / "leads.csv").write_text(
        "lead_id,created_on,converted_on,distributor_id\nL1,2026-09-01,2026-09-11,D3\nL2,2026-09-02,,D2\n"
        "L3,2026-09-03,2026-10-30,D3\n"
    )
    kpi, late = "lead_conversion_rate", date(2026, 10, 31)
    converted = mlmkpi.trace(exports, kpi, period="2026-09", as_of=late).frame
    assert converted.select("table", "file", "row", "id").rows() == [("leads", "leads.csv", 1, "D3")]
    whole = mlmkpi.trace(exports, kpi, period="2026-09", as_of=late, side="denominator").frame
    assert whole.select("row", "id").rows() == [(1, "D3"), (2, "D2"), (3, "D3")]


def test_orders_without_an_id_stand_in_their_file(exports: Path) -> None:
    (exports / "orders_2.csv").write_text(FIRST.replace("A2", "").replace("A", "B"))
    found = mlmkpi.trace(exports, "sales_volume", period="2026-10")
    assert found.frame.select("table", "file", "row", "id").rows()[2:] == [
        ("orders", "orders_2.csv", 1, "B1"), ("orders", "orders_2.csv", 2, None),
    ]


def test_rows_of_several_tables_stand_each_in_its_own(exports: Path) -> None:
    for name, text in {
        "order_lines": "order_id,product_id,quantity,amount,cost\nA1,P1,1,10.50,4\nA4,P1,1,7,3\n",
        "commissions": "distributor_id,paid_on,amount\nD1,2026-09-30,1\nD1,2026-10-31,2\n",
        "costs": "market,booked_on,amount\nUS,2026-10-31,5\n",
        "markets": "market,population\nUS,100\nDE,50\n",
    }.items():
        (exports / f"{name}.csv").write_text(text)
    found = mlmkpi.trace(exports, "market_contribution", period="2026-10")
    assert found.frame.select("table", "file", "row", "id", "contribution").rows() == [
        ("commissions", "commissions.csv", 2, None, -2), ("costs", "costs.csv", 1, None, -5),
        ("order_lines", "order_lines.csv", 1, "A1", -4), ("orders", "orders_1.csv", 1, "A1", 10.5),
        ("orders", "orders_1.csv", 2, "A2", 20.25), ("orders", "orders_2.csv", 2, "A5", -3.25),
    ]
    (exports / "orders_1.csv").write_text(FIRST.replace("2026-10-01", "2025-10-01"))
    people = mlmkpi.trace(exports, "market_penetration_rate", period="2026-10", side="denominator")
    assert people.frame.select("table", "id", "contribution").rows() == [("markets", "DE", 50), ("markets", "US", 100)]


@pytest.mark.parametrize("period", ["2026-09", "2026-W40", "2026-Q4", "2026"])
def test_a_period_named_whole_is_not_told_to_be_widened(exports: Path, period: str) -> None:
    hints = mlmkpi.trace(exports, "sales_volume", period=period).hints
    assert [hint for hint in hints if "--to" in hint or "--from" in hint] == []
