"""Figures as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from mlmkpi.period import Calendar, Every, Period
from mlmkpi.report.format import change_text, interval_text, plain_text, spark_text, value_text
from mlmkpi.report.labels import before_text, clean, family_text, period_text, segment_text, statistic_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1204, "count", "1,204"),
        (0, "count", "0"),
        (0.862, "rate", "86.2 %"),
        (0.0042, "rate", "0.42 %"),
        (-0.012, "rate", "−1.2 %"),
        (1, "rate", "100.0 %"),
        (-1e-9, "rate", "0.00 %"),
        (2562 / 506_000_000, "rate", "0.00051 %"),
        (0.00017881, "rate", "0.018 %"),
        (0.0004, "ratio", "0.00040"),
        (1.1204, "ratio", "1.12"),
        (0.0456, "ratio", "0.046"),
        (58, "days", "58 days"),
        (1, "days", "1 day"),
        (12.5, "days", "12.5 days"),
        (39.84, "points", "39.8 pt"),
        (-12, "points", "−12.0 pt"),
        (212.44, "volume", "212.4 vol"),
        (284310.4, "volume", "284,310 vol"),
        (59.241, "USD", "$59.24"),
        (-59.241, "USD", "−$59.24"),
        (9999.5, "USD", "$9,999.50"),
        (1284310.35, "USD", "$1,284,310"),
        (59.241, "EUR", "EUR 59.24"),
        (5924.1, "JPY", "JPY 5,924"),
        (59.241, "money", "59.24"),
        (None, "rate", "–"),
    ],
)
def test_a_value_carries_its_unit(value: float | None, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


@pytest.mark.parametrize(
    ("change", "before", "value", "unit", "total", "text"),
    [
        (90, 1114, 1204, "count", True, "+8.1 %"),
        (-90, 1204, 1114, "count", True, "−7.5 %"),
        (12, 0, 12, "count", True, "+12"),
        (4000, 100, 4100, "count", True, "+4,000 %"),
        (0, 12, 12, "count", True, "0.0 %"),
        (49397.05, 1234913.3, 1284310.35, "USD", True, "+4.0 %"),
        (150.25, -100.0, 50.25, "USD", True, "+$150.25"),
        (0.31, 58.93, 59.24, "USD", False, "+$0.31"),
        (-0.31, 59.24, 58.93, "EUR", False, "−0.31"),
        (-0.013, 0.875, 0.862, "rate", False, "−1.3 pt"),
        (0.0003, 0.0039, 0.0042, "rate", False, "+0.03 pt"),
        (-0.00001, 0.5, 0.49999, "rate", False, "0.0 pt"),
        (0.01, 1.11, 1.12, "ratio", False, "+0.01"),
        (-4, 62, 58, "days", False, "−4 d"),
        (7.25, 220, 227.25, "volume", False, "+7.2"),
        (1.25, 38.5, 39.75, "points", False, "+1.2 pt"),
        (None, None, 3, "count", True, "–"),
    ],
)
def test_a_total_changes_in_percent_a_rate_in_points_all_else_in_its_own_unit(
    change: float | None, before: float | None, value: float, unit: str, total: bool, text: str
) -> None:
    assert change_text(change, before, value, unit, total=total) == text


@pytest.mark.parametrize(
    ("low", "high", "value", "unit", "text"),
    [
        (0.854, 0.869, 0.862, "rate", "85.4–86.9 %"),
        (0.0035, 0.0123, 0.0042, "rate", "0.35–1.23 %"),
        (58.51, 59.97, 59.24, "USD", "$58.51–$59.97"),
        (58.51, 59.97, 59.24, "EUR", "58.51–59.97"),
        (51, 66, 58, "days", "51–66 d"),
        (51, None, 58, "days", "≥ 51 d"),
        (None, 66, 58, "days", "≤ 66 d"),
        (-3.21, 4.5, 1, "points", "−3.2 to 4.5"),
        (1.05, 1.2, 1.12, "ratio", "1.05–1.20"),
        (None, None, 1, "ratio", ""),
        (1, 2, None, "ratio", ""),
    ],
)
def test_an_interval_names_its_unit_once(
    low: float | None, high: float | None, value: float | None, unit: str, text: str
) -> None:
    assert interval_text(low, high, value, unit) == text


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([-2, 0, 2], "▁▅█"),
        ([1, None, 8], "▁ █"),
        ([5, 5, 5], "▄▄▄"),
        ([100, 101, 99, 104], "▃▄▂▆"),
        ([0, 0], "▁▁"),
        ([0, None], "▁ "),
        ([None, None], ""),
        ([], ""),
    ],
)
def test_a_sparkline_shows_gaps_and_keeps_small_moves_small(values: list[float | None], bars: str) -> None:
    assert spark_text(values) == bars


def test_sums_have_decimals_only_where_they_have_any() -> None:
    texts = [plain_text(value) for value in (8310, 12.5, 1284310.35, None)]
    assert texts == ["8,310", "12.50", "1,284,310", ""]


@pytest.mark.parametrize(
    ("every", "label", "full", "before"),
    [
        ("day", "5 Jan 2026", "5 Jan 2026", "vs 4 Jan"),
        ("week", "2026-W02", "2026-W02", "vs W01"),
        ("month", "Jan 2026", "January 2026", "vs Dec"),
        ("quarter", "Q1 2026", "Q1 2026", "vs Q4"),
        ("year", "2026", "2026", "vs 2025"),
    ],
)
def test_periods_are_named_as_people_name_them(every: str, label: str, full: str, before: str) -> None:
    period = Calendar(Every(every)).holding(date(2026, 1, 5))
    assert period is not None
    assert period_text(period, every) == label
    assert period_text(period, every, full=True) == full
    assert before_text(period, every, None) == before


def test_a_companys_own_periods_keep_their_labels() -> None:
    ninth, tenth = (Period(date(2026, m, 3), date(2026, m, 30), f"P{m}\n") for m in (9, 10))
    assert period_text(tenth, "period") == "P10 "
    assert before_text(tenth, "period", ninth) == "vs P9 "
    assert before_text(ninth, "period", None) == "vs before"


def test_names_from_exports_cannot_steer_a_terminal() -> None:
    assert clean("a\x1b[31mb\r\nc\u202ed\u2028e") == "a\ufffd[31mb  c\ufffdd\ufffde"


def test_segments_statistics_and_families_are_words() -> None:
    assert [segment_text(label) for label in ("<90 days", ">=60 days", "<18", "65+", "(unknown)", "US")] == [
        "under 90 days", "60 days and more", "under 18", "65+", "(unknown)", "US",
    ]
    assert [statistic_text(name) for name in ("median", "p90", "within_60", "own", "top_1pct")] == [
        "median", "P90", "within 60 days", "own purchases", "top 1 %",
    ]
    assert [family_text(name) for name in ("recruiting", "something")] == [
        "Recruiting and retention", "Something",
    ]
