"""One leader's page: what stands beside what, who is on its lists, and that nobody outside the team is."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from cli.ended import Run
from equal.compare import frames
from marks import wide
from mlmkpi.cli import main
from mlmkpi.errors import DataError, UsageError
from mlmkpi.kpi import KPIS
from mlmkpi.report.table import render_table
from mlmkpi.report.team_page import render_team_page, render_team_page_json
from mlmkpi.settings import Settings
from teams.test_trees import Rows

END, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
LONG_AGO = date(2025, 1, 1)


def person(who: str, sponsor: str | None, **more: Any) -> dict[str, Any]:
    return {"distributor_id": who, "sponsor_id": sponsor, "enrolled_on": LONG_AGO, "name": f"Name of {who}", **more}


PEOPLE: Rows = [
    person("TOP", None), person("L", "TOP"), person("OTHER", "TOP"),
    person("new", "L", enrolled_on=date(2026, 10, 20)), person("old", "L"), person("late", "old"),
    person("gone", "old", terminated_on=date(2026, 9, 1)), person("busy", "gone"),
]


def sale(at: int, seller: str, day: date, amount: int) -> dict[str, Any]:
    return {"order_id": f"o{at}", "ordered_on": day, "amount": Decimal(amount), "distributor_id": seller}


SALES: Rows = [
    sale(1, "old", END - timedelta(days=95), 5),  # current on 30 September, no more on 31 October
    sale(2, "late", END - timedelta(days=80), 7),  # 89 − 80 days left
    sale(3, "busy", END, 40), sale(4, "L", END, 3), sale(5, "OTHER", END, 100), sale(6, "busy", date(2026, 9, 9), 20),
    sale(7, "TOP", LONG_AGO, 1), sale(8, "TOP", date(2026, 10, 15), 1),
]
RANKS: Rows = [{"distributor_id": f"h{at}", "rank": "2", "effective_on": LONG_AGO} for at in range(5)] + [
    {"distributor_id": "TOP", "rank": "1", "effective_on": LONG_AGO}
]
HOLDERS: Rows = [person(f"h{at}", None) for at in range(5)]
HOLDERS_SALES: Rows = [sale(20 + at, f"h{at}", END, 30 + 10 * at) for at in range(5)]
TABLES = frames({"distributors": PEOPLE + HOLDERS, "orders": SALES + HOLDERS_SALES, "ranks": RANKS})


@pytest.fixture(scope="module")
def page() -> mlmkpi.TeamPage:
    return mlmkpi.team(TABLES, "L", depth=3, as_of=END)


def test_the_lists_have_the_people_they_are_about(page: mlmkpi.TeamPage) -> None:
    assert [one.id for one in page.joined] == ["new"]
    assert [(one.id, one.days_left) for one in page.lapsed] == [("old", -6)]
    assert [(one.id, one.days_left) for one in page.lapsing] == [("late", 9)]
    assert [(one.id, one.volume, one.usual_volume) for one in page.rising] == [("busy", 40, 50), ("old", 40, 50)]
    assert page.counts == {"joined": 1, "lapsed": 1, "lapsing": 1, "rising": 2}


def test_the_figures_are_those_of_compute(page: mlmkpi.TeamPage) -> None:
    found = {(line.kpi, line.statistic): line for line in page.figures}
    volume = found["team_sales_volume", "value"]
    assert (volume.value, volume.previous, volume.median_leader) == (43, 20, 41.5)
    assert found["team_sales_volume", "team_size"].value == 4
    assert found["new_signups", "value"].company == 1
    for kpi, statistic in (("personal_sales_volume", "median"), ("team_growth_rate", "value")):
        rows = mlmkpi.compute(TABLES, kpis=[kpi], where={"team": ["L"]}, count=1, as_of=END).frame
        assert found[kpi, statistic].value == rows.filter(pl.col("statistic") == statistic)["value"][0]


def test_a_teams_volumes_are_totals_and_change_in_percent() -> None:
    by_team = mlmkpi.compute(TABLES, kpis=["team_sales_volume"], by=["team"], count=2, as_of=END)
    company = mlmkpi.compute(TABLES, kpis=["team_sales_volume"], count=2, as_of=END)
    shown = [
        render_team_page(mlmkpi.team(TABLES, "busy", as_of=END), KPIS, width=80, colour=False),
        *(render_table(found, KPIS, width=80, colour=False, exports=None) for found in (by_team, company)),
    ]
    lines = [[" ".join(line.split()) for line in text.splitlines()] for text in shown]
    assert any(line.endswith(" company median leader") for line in lines[0])
    for at, wanted in enumerate((
        "own volume 40.0 vol +100.0 %", "L 43.0 vol +115.0 %", "Team sales volume 75.7 vol +55.7 ",
    )):
        assert [line for line in lines[at] if line.startswith(wanted)]


@pytest.mark.parametrize(("leader", "day", "figures"), [
    # Who led by then: TOP, L, old and gone; `new` was enrolled by L, in the teams of L and TOP.
    ("old", END, (0, None, None, 0.5)), ("L", NOVEMBER, (0, 1, -1, 0)), wide("L", END, (1, None, None, 0.5)),
    wide("old", NOVEMBER, (0, None, None, 0)), wide("OTHER", END, (0, None, None, 0.5)),
])
def test_a_leader_of_whom_a_count_has_no_row_counts_nobody(leader: str, day: date, figures: tuple[Any, ...]) -> None:
    [line] = [one for one in mlmkpi.team(TABLES, leader, as_of=day).figures if one.kpi == "new_signups"]
    assert (line.value, line.previous, line.change, line.median_leader) == figures


def test_what_the_orders_do_not_reach_back_to_is_not_known() -> None:
    found = {day: mlmkpi.team(TABLES, "old", as_of=day) for day in (
        date(2025, 1, 31), date(2025, 3, 31), date(2025, 4, 30),  # the orders start on 1 January, 90 days before
    )}
    assert [(page.counts["lapsed"], page.counts["lapsing"]) for page in found.values()] == [
        (None, None), (None, 3), (3, 0),
    ]
    line = "Lapsed, still on the books  not known: the orders do not reach back far enough"
    texts = [render_team_page(page, KPIS, width=80, colour=False).splitlines() for page in found.values()]
    assert [line in text for text in texts] == [True, True, False]
    later = {**TABLES, "orders": TABLES["orders"].filter(pl.col("ordered_on") > date(2026, 7, 1))}
    before, after = (mlmkpi.team(later, "L", depth=1, as_of=date(2026, month, 30)) for month in (6, 9))
    assert [node.volume for node in before.nodes] == [None, None]
    assert [node.volume for node in after.nodes] == [20, 20]
    assert "0.0 vol" not in render_team_page(before, KPIS, width=80, colour=False)


def test_the_trees_volumes_and_their_changes_are_of_the_same_team() -> None:
    page = mlmkpi.team(TABLES, "L", depth=3, as_of=END, settings=Settings(definitions={"team_depth": 1}))
    assert {one.id: (one.volume, one.change) for one in page.nodes} == {
        "L": (3, 3), "old": (0, 0), "gone": (40, 20), "busy": (40, 20), "late": (0, None), "new": (0, None),
    }


def test_the_tree_is_drawn_with_the_largest_team_first(page: mlmkpi.TeamPage) -> None:
    assert [(one.id, one.below, one.size, one.volume, one.listed) for one in page.nodes] == [
        ("L", 0, 4, 43, True), ("old", 1, 2, 40, True), ("gone", 2, 1, 40, False), ("busy", 3, 0, 40, True),
        ("late", 2, 0, 0, True), ("new", 1, 0, 0, True),
    ]
    shallow = mlmkpi.team(TABLES, "L", depth=1, as_of=END)
    assert [(one.id, one.more, one.gone) for one in shallow.nodes] == [("L", 0, 0), ("old", 2, 1), ("new", 0, 0)]
    drawn = render_team_page(shallow, KPIS, width=80, colour=False).splitlines()
    gone = render_team_page(mlmkpi.team(TABLES, "gone", as_of=END), KPIS, width=80, colour=False)
    assert "\n1 person below in the sponsor tree\n" in gone
    assert "│  └─ … 2 more, 1 gone" in drawn


def test_a_page_that_cannot_be_made_says_what_cures_it(tmp_path: Path) -> None:
    TABLES["distributors"].drop("sponsor_id").write_parquet(tmp_path / "distributors.parquet")
    with pytest.raises(DataError, match=r"a team's page needs distributors\.sponsor_id or dist") as caught:
        mlmkpi.team(tmp_path, "L")
    assert caught.value.details == (("fix", f"mlmkpi kpis {tmp_path} --missing tells what cures it"),)


def test_a_latest_day_that_is_taken_for_a_slip_is_told() -> None:
    orders = frames({"orders": [*SALES, sale(99, "TOP", date(2029, 1, 1), 1)]})["orders"]
    page = mlmkpi.team({**TABLES, "orders": orders}, "L")
    told = "the latest order is dated 2029-01-01, 793 days after the next: taken for a slip"
    assert (page.as_of, page.warnings[0]) == (END, told)


def test_nobody_outside_the_team_is_on_the_page(page: mlmkpi.TeamPage) -> None:
    said = render_team_page_json(page) + render_team_page(page, KPIS, width=140, colour=False)
    assert "TOP" not in said
    assert "OTHER" not in said


def test_names_are_shown_only_where_asked_for(page: mlmkpi.TeamPage) -> None:
    assert "Name of" not in render_team_page_json(page)
    assert {one.name for one in mlmkpi.team(TABLES, "L", names=True, as_of=END).nodes} >= {"Name of L", "Name of old"}


@pytest.mark.parametrize("width", [80, 140])
def test_the_page_fits_the_screen(width: int, page: mlmkpi.TeamPage) -> None:
    lines = render_team_page(page, KPIS, width=width, colour=False).splitlines()
    assert lines[0] == "L, October 2026 · as of 31 Oct 2026"
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line.startswith(("├", "└", "│"))] == [
        "├─ old                 2  40.0 vol  +100.0 %   66.7 %",
        "│  ├─ gone, gone       1  40.0 vol  +100.0 %  100.0 %",
        "│  │  └─ busy          0  40.0 vol  +100.0 %  100.0 %",
        "│  └─ late             0   0.0 vol            100.0 %",
        "└─ new                 0   0.0 vol",
    ]
    assert "  late  9 days left  enrolled 1 Jan 2025" in lines


def test_a_leader_alone_is_told_so_and_an_unknown_one_is_refused() -> None:
    assert mlmkpi.team(TABLES, "OTHER", as_of=END).alone
    with pytest.raises(UsageError, match="nobody with the id 'bus'"):
        mlmkpi.team(TABLES, "bus", as_of=END)


def test_what_cannot_be_chosen_is_refused_with_what_can() -> None:
    for wrong, said in (({"tree": "family"}, "tree is 'family'"), ({"every": "hour"}, "every is 'hour'"),
                        ({"depth": -1}, "depth counts from 0")):
        with pytest.raises(UsageError, match=said):
            mlmkpi.team(TABLES, "L", as_of=END, **wrong)


def test_the_command_prints_the_page(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for name, frame in TABLES.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    assert main(("team", "L", str(tmp_path), "--format", "json", "--depth", "1")) == 0
    assert json.loads(capsysbinary.readouterr().out)["leader"] == "L"
    assert main(("team", "OTHER", str(tmp_path))) == 0
    ended = Run(0, *(each.decode() for each in capsysbinary.readouterr()))
    assert ended.out.startswith("OTHER, October 2026 · as of 31 Oct 2026\n0 people below in the sponsor tree\n")
    assert "OTHER has nobody in the sponsor tree: their own figures" in ended.err


def test_a_leader_who_enrolled_after_the_last_period_that_ended_is_told_so() -> None:
    said = "new enrolled on 2026-10-20, after 2026-09, the last period that ended"
    with pytest.raises(UsageError, match=said):
        mlmkpi.team(TABLES, "new", as_of=date(2026, 10, 25))
    assert mlmkpi.team(TABLES, "new", as_of=date(2026, 10, 25), every="week").period == "2026-W43"


def test_a_line_of_a_thousand_is_drawn_to_its_end() -> None:
    line = [person("p0", None)] + [person(f"p{at}", f"p{at - 1}") for at in range(1, 1_010)]
    page = mlmkpi.team(frames({"distributors": line, "orders": SALES[2:3]}), "p0", depth=2_000, as_of=END)
    assert [one.id for one in page.nodes] == [one["distributor_id"] for one in line]
    drawn = render_team_page(page, KPIS, width=80, colour=False).splitlines()
    start = next(at for at, row in enumerate(drawn) if row.startswith("└─ p1 "))
    assert drawn[start + 1].startswith("   └─ p2 ")
    assert [int(row.split("  0.0 vol")[0].split()[-1].replace(",", "")) for row in drawn[start : start + 1_009]] == [
        *range(1_008, -1, -1)
    ]


def test_of_a_long_line_only_its_ends_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of 200 in a line sold 1 in September and in October: the k-th's team 201 − k, and all of it stayed."""
    line = [person(f"p{at:03}", f"p{at - 1:03}" if at > 1 else None) for at in range(1, 201)]
    sales = [sale(at, f"p{at:03}", END, 1) for at in range(1, 201)]
    sales += [sale(at + 200, f"p{at:03}", date(2026, 9, 1), 1) for at in range(1, 201)]
    sales.append(sale(500, "p001", date(2026, 1, 1), 1))
    named: list[Any] = []
    compute = mlmkpi.compute

    def noting(*arguments: Any, **options: Any) -> mlmkpi.Result:
        named.append((options.get("where") or {}).get("team"))
        return compute(*arguments, **options)

    monkeypatch.setattr("mlmkpi.pipeline.team_page.compute", noting)
    page = mlmkpi.team(frames({"distributors": line, "orders": sales}), "p001", depth=1000, as_of=END)
    assert [(one.id, one.size, one.volume, one.previous, one.change, one.retention) for one in page.nodes] == [
        (f"p{at:03}", 200 - at, 201 - at, 201 - at, 0, 1) for at in range(1, 201)
    ]
    assert [ids for ids in named if ids is not None] == [["p001", "p200"]]
