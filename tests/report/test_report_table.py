"""The table for people: which figures it shows, what it marks, and that it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from mlmkpi.pipeline.result import schema
from mlmkpi.report.choose import Order
from mlmkpi.report.table import render_table
from mlmkpi.report.terminal import wants_colour

Make = Callable[..., Any]
Check = Callable[[str, str], None]
RED, OFF = "\x1b[31m", "\x1b[0m"


def table(example: Any, *, width: int = 80, colour: bool = False, exports: str | None = "exports/") -> str:
    return render_table(example.result, example.kpis, width=width, colour=colour, exports=exports)


def teams(example: Make, *of: tuple[str, float, float, float]) -> Any:
    """A company's teams by size, value and change."""
    usual = example("usual")
    rows = [
        {"kpi": "new_signups", "period": "2026-10", "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31),
         "team": team, "denominator": size, "value": value, "change": change, "unit": "rate", "status": "none",
         "complete": True, "statistic": "value", "definition": "new_signups()"}
        for team, size, value, change in of or (("A", 9.0, 0.1, 0.2), ("B", 5.0, 0.9, 0.1), ("C", 7.0, 0.5, 0.3))
    ]
    frame = pl.DataFrame(rows, schema=schema(("team",)))
    return replace(usual, result=replace(usual.result, frame=frame, by=("team",)))


@pytest.mark.parametrize(
    ("order", "shown", "more"),
    [(Order(), "ABC", 0), (Order(2), "AC", 1), (Order(1, "value"), "B", 2), (Order(2, "change"), "CA", 1),
     (Order(sort="value"), "BCA", 0)],
)
def test_the_first_segments_are_shown(order: Order, shown: str, more: int, example: Make) -> None:
    one = teams(example)
    text = render_table(one.result, one.kpis, width=80, colour=False, exports=None, order=order)
    assert "".join(line.split()[0] for line in text.splitlines() if line.strip()[:2] in ("A ", "B ", "C ")) == shown
    assert (f"… {more} more" in text) is bool(more)


def test_segments_that_are_equal_are_shown_in_their_order(example: Make) -> None:
    names = [f"T{at:02}" for at in range(40)]
    one = teams(example, *((name, 5.0, 0.5, 0.1) for name in names))
    text = render_table(one.result, one.kpis, width=80, colour=False, exports=None, order=Order(10))
    assert [line.split()[0] for line in text.splitlines() if line.strip().startswith("T")] == names[:10]


def line(text: str, start: str) -> str:
    (found,) = (each for each in text.splitlines() if each.strip().startswith(f"{start} "))
    return found


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("usual", 80), ("usual", 100), ("usual", 140), ("provisional", 80), ("judged", 80), ("judged", 140),
        ("split", 80), ("split", 140), ("hard", 80), ("hard", 140),
    ],
)
def test_a_result_looks_as_it_did(name: str, width: int, example: Make, golden: Check) -> None:
    golden(f"{name}-{width}.txt", table(example(name), width=width))


def test_a_result_in_colour_looks_as_it_did(example: Make, golden: Check) -> None:
    golden("judged-140-colour.txt", table(example("judged"), width=140, colour=True))


@pytest.mark.parametrize("width", [40, 60, 79, 80, 81, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(any_example: Any, width: int) -> None:
    assert max(cell_len(each) for each in table(any_example, width=width).splitlines()) <= width


def test_the_usual_month_uses_all_of_eighty_columns(example: Make) -> None:
    text = table(example("usual"))
    assert max(map(cell_len, text.splitlines())) == 80
    assert "…" not in text


def test_no_line_ends_in_blanks(any_example: Any) -> None:
    lines = table(any_example).splitlines()
    assert [each for each in lines if each != each.rstrip()] == []


def test_a_wider_terminal_gets_sums_and_full_titles(example: Make) -> None:
    narrow, wide = table(example("usual")), table(example("usual"), width=140)
    assert "denominator" not in narrow
    assert "denominator" in wide
    assert "Customer lifetime value, next 12 months" in wide


def test_a_wider_terminal_gets_a_longer_past(one: Make) -> None:
    example = one("count", list(range(1, 31)))
    assert "13 months" in table(example, width=38)
    assert "30 months" in table(example, width=80)


def test_plain_text_has_no_escape_codes(any_example: Any) -> None:
    assert "\x1b" not in table(any_example)


def test_colour_changes_nothing_but_colour(example: Make) -> None:
    coloured = table(example("judged"), colour=True)
    for code in ("\x1b[1m", "\x1b[2m", RED, OFF):
        coloured = coloured.replace(code, "")
    assert coloured == table(example("judged"))


@pytest.mark.parametrize(
    ("values", "better", "spread", "red"),
    [
        ([0.9, 0.8], "higher", None, True),
        ([0.8, 0.9], "higher", None, False),
        ([0.8, 0.9], "lower", None, True),
        ([0.9, 0.8], "band", None, False),
        ([0.9, 0.8], "none", None, False),
        ([0.9, 0.8], "higher", 0.01, True),
        ([0.9, 0.8], "higher", 0.2, False),
        ([0.9, 0.9], "higher", None, False),
    ],
)
def test_only_a_change_for_the_worse_beyond_chance_is_coloured(
    values: list[float], better: str, spread: float | None, red: bool, one: Make
) -> None:
    example = one("rate", values, better=better, spread=spread, over=100)
    assert (RED in table(example, colour=True)) is red


def test_a_further_statistic_is_coloured_only_where_it_points_as_its_kpi_does(one: Make) -> None:
    def worse(statistic: str) -> bool:
        return RED in table(one("rate", [0.9, 0.8], statistic=statistic, over=9), colour=True)

    assert [worse(name) for name in ("median", "p90", "demotion", "within_30")] == [True, True, False, False]


def test_a_missed_target_is_coloured(example: Make) -> None:
    text = table(example("judged"), width=140, colour=True)
    assert f"{RED}12.0 % missed{OFF}" in text
    assert "$1,200,000 met" in text


@pytest.mark.parametrize(
    ("values", "spread", "marked"),
    [
        ([10.0, 11.0], 1.5, True),
        ([10.0, 11.0], 0.6, True),
        ([10.0, 11.0], 0.4, False),
        ([10.0, 11.0], None, False),
        ([None, 11.0], 1.5, False),
    ],
)
def test_a_change_within_chance_is_marked_and_explained(
    values: list[float | None], spread: float | None, marked: bool, one: Make
) -> None:
    text = table(one("ratio", values, spread=spread, over=9))
    assert ("≈" in line(text, "It")) is marked
    assert ("≈ not more than chance" in text) is marked


@pytest.mark.parametrize(("previous", "marked"), [(10.5, True), (9.5, False)])
def test_without_the_period_before_the_previous_value_alone_decides(
    previous: float, marked: bool, one: Make
) -> None:
    example = one("ratio", [11.0], spread=1.0, over=9)
    change = {"previous": pl.lit(previous), "change": pl.lit(11.0 - previous)}
    frame = example.result.frame.with_columns(**change)
    text = table(replace(example, result=replace(example.result, frame=frame)))
    assert ("≈" in line(text, "It")) is marked


def test_an_interval_open_at_one_end_reaches_all_values_there(one: Make) -> None:
    example = one("days", [90, 58], spread=7, over=9)
    frame = example.result.frame.with_columns(high=pl.lit(None, pl.Float64))
    text = table(replace(example, result=replace(example.result, frame=frame)))
    assert "≥ 51 d" in line(text, "It")
    assert "≈" in line(text, "It")


def test_a_kpi_with_a_window_is_shown_for_its_own_last_complete_period(one: Make) -> None:
    text = table(one("rate", [0.1, 0.2, 0.9], window=30, over=9))
    assert "October 2026, by month" in text
    assert line(text, "It").split()[:4] == ["It", "(Sep)", "20.0", "%"]
    assert "(Sep): the last period with figures known in full, against the one before it" in text


def test_another_years_period_is_labelled_with_its_year(one: Make) -> None:
    assert "It (Dec 2025)" in table(one("rate", [0.1, 0.2], as_of=date(2026, 1, 31), window=30, over=9))


def test_a_kpi_without_a_complete_period_says_so(one: Make) -> None:
    assert "It (so far)" in table(one("rate", [0.2], window=30, over=9))


def test_the_last_period_that_ended_is_shown_and_the_running_one_named(one: Make) -> None:
    text = table(one("count", [10, 20, 3], as_of=date(2026, 10, 15)))
    assert "September 2026, by month · as of 15 Oct 2026" in text
    assert line(text, "It").rstrip() == "  It         20  +100.0 %  ▁█"
    assert "Oct 2026: not ended, so not shown" in text


def test_where_nothing_has_ended_the_running_period_is_shown_as_such(one: Make) -> None:
    text = table(one("count", [3], as_of=date(2026, 10, 15)))
    assert "October 2026 so far, by month · as of 15 Oct 2026" in text
    assert line(text, "It").split() == ["It", "3", "–"]


def test_a_figure_of_another_period_than_the_one_shown_is_labelled(one: Make) -> None:
    early, late = (one("ratio", values, over=9) for values in ([1.0], [1.5, 2.0]))
    first = late.result.frame.head(1)
    frame = pl.concat([early.result.frame, first.with_columns(kpi=pl.lit("old"))])
    kpis = {**early.kpis, "old": early.kpis["it"]}
    text = table(replace(early, result=replace(early.result, frame=frame), kpis=kpis))
    assert "It (Sep)" in text


def test_one_period_needs_no_sparkline(one: Make) -> None:
    text = table(one("count", [10]))
    assert "1 month" not in text
    assert not set("▁▂▃▄▅▆▇█") & set(text)


def test_all_null_is_dashes_and_one_line_that_helps(one: Make) -> None:
    text = table(one("rate", [None, None], notes={1: "needs the surveys export"}), exports="'my exports'")
    assert line(text, "It").split() == ["It", "–"]
    assert "1 not computed: mlmkpi kpis 'my exports' --missing" in text
    assert "It: needs the surveys export" in text


def test_what_the_export_does_not_lack_no_command_cures(one: Make) -> None:
    example = one("rate", [None], notes={0: "hidden: fewer than 5 people (min_cell)"})
    example = replace(example, result=replace(example.result, lacking={}))
    assert "1 not computed\nIt: hidden" in table(example)
    kpis = {**example.kpis, "other": example.kpis["it"]}
    said = "2 not computed, 1 for want of data: mlmkpi kpis exports/ --missing"
    assert said in table(replace(example, kpis=kpis))


def test_without_a_folder_no_command_is_made_up(one: Make) -> None:
    assert table(one("rate", [None]), exports=None).splitlines()[-1] == "1 not computed"


def test_a_definition_of_the_run_without_a_row_counts_as_not_computed(one: Make) -> None:
    example = one("count", [10])
    kpis = {**example.kpis, "other": example.kpis["it"]}
    assert "1 not computed" in table(replace(example, kpis=kpis))


def test_an_empty_result_says_so(one: Make) -> None:
    example = one("count", [10])
    text = table(replace(example, result=replace(example.result, frame=example.result.frame.clear())))
    assert text == "No figures as of 31 Oct 2026\n\n1 not computed: mlmkpi kpis exports/ --missing\n"


def test_the_same_note_of_several_kpis_is_one_line(one: Make) -> None:
    example = one("rate", [None], notes={0: "needs 90 days of history"})
    frame = pl.concat([example.result.frame, example.result.frame.with_columns(kpi=pl.lit("that"))])
    kpis = {**example.kpis, "that": replace(example.kpis["it"], short="That")}
    text = table(replace(example, result=replace(example.result, frame=frame), kpis=kpis))
    assert text.splitlines()[-1] == "It, That: needs 90 days of history"


def test_twenty_segments_are_shown_the_largest_first(example: Make) -> None:
    lines = table(example("split"), width=140).splitlines()
    start = lines.index("  Net sales") if "  Net sales" in lines else lines.index("  Company net sales")
    assert lines[start + 1].startswith("    a market with a name")
    assert lines[start + 20].startswith("    M02 · shop")
    assert lines[start + 21] == "    … 4 more, in --format csv"


def test_twenty_of_the_segments_that_a_kpi_brings_itself_are_shown(one: Make) -> None:
    sizes = range(1, 31)
    made = [one("rate", [0.1], over=size, labels={"rank_to": f"R{size:02d}"}) for size in sizes]
    result = replace(made[0].result, frame=pl.concat(each.result.frame for each in made), by=())
    lines = table(replace(made[0], result=result)).splitlines()
    names = [each.split()[0] for each in lines if each.startswith("    R")]
    assert names == [f"R{size:02d}" for size in range(30, 10, -1)]
    assert "    … 10 more, in --format csv" in lines


def test_a_long_name_leaves_room_for_what_it_is_joined_with(example: Make) -> None:
    text = table(example("split"))
    assert "    a market w… · (unknown) " in text
    assert "    a market with a… · shop " in text


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_is_for_terminals_without_no_color(environment: dict[str, str], colour: bool) -> None:
    assert wants_colour(Terminal(), environment) is colour
    assert wants_colour(StringIO(), environment) is False


def test_the_environment_changes_nothing(example: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, coloured = table(example("usual")), table(example("usual"), colour=True)
    for name, value in {"NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "30", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert table(example("usual")) == plain
    assert table(example("usual"), colour=True) == coloured


def test_a_kpi_without_a_figure_yet_is_shown_for_its_last_one(one: Make) -> None:
    text = table(one("days", [50, 58, None], over=9))
    assert line(text, "It").split()[:4] == ["It", "(Sep)", "58", "days"]
    assert "(Sep): the last period with figures known in full, against the one before it" in text


def test_a_kpi_that_is_part_of_another_stands_below_it_and_its_segments_below_that(one: Make) -> None:
    example = one("rate", [0.1], labels={"tenure": "<90 days"}, over=9)
    example = replace(example, result=replace(example.result, by=()))
    kpis = {"it": replace(example.kpis["it"], short="  by lapse", title="Churn by lapse")}
    lines = table(replace(example, kpis=kpis)).splitlines()
    at = next(number for number, each in enumerate(lines) if "by lapse" in each)
    assert lines[at] == "    Churn by lapse"
    assert lines[at + 1].startswith("      under 90 days  ")


def test_the_notes_of_one_kpi_are_one_line(one: Make) -> None:
    example = one("rate", [None], notes={0: "needs this"})
    other = example.result.frame.with_columns(statistic=pl.lit("p90"), note=pl.lit("needs that"))
    frame = pl.concat([example.result.frame, other])
    text = table(replace(example, result=replace(example.result, frame=frame)))
    assert text.splitlines()[-1] == "It: needs this; needs that"
