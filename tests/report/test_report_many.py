"""Tables of many KPIs: each says what it is, and where the rest of its segments stand, rather than all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from mlmkpi.report.render import Page, render

Make = Callable[..., Any]
SIZES = {"region": {"North": 50, "South": 70, "West": 10}, "gender": {"female": 90, "male": 30}}


def lines(one: Make, kpis: int) -> list[str]:
    """The table of so many KPIs: `it` has five segments of two splits, with a figure and an index each."""
    of = [
        one("rate", [0.1], over=size, labels={split: name}, statistic=statistic)
        for split, sizes in SIZES.items() for name, size in sizes.items() for statistic in ("value", "index")
    ]
    others = [one("rate", [0.5]).result.frame.with_columns(kpi=pl.lit(f"k{at}")) for at in range(1, kpis)]
    result = of[0].result
    frame = pl.concat([*(each.result.frame for each in of), *others], how="diagonal")
    known = of[0].kpis | {f"k{at}": replace(of[0].kpis["it"], title=f"K{at}", short=f"K{at}") for at in range(1, kpis)}
    shown = replace(result, frame=frame.select(*result.frame.columns, "gender"), by=())
    return render(shown, known, "table", Page(width=80)).decode().splitlines()


@pytest.mark.parametrize("kpis", [9, 30])
def test_of_many_kpis_each_split_shows_its_largest_segment_and_where_the_rest_is(one: Make, kpis: int) -> None:
    shown = lines(one, kpis)
    at = shown.index("  It")
    assert [line.split()[0] for line in shown[at + 1 : at + 3]] == ["South", "female"]
    assert shown[at + 3] == "    … 8 more: --kpi it"
    assert shown[at + 4].startswith("  K1")


def test_of_eight_kpis_all_segments_are_shown(one: Make) -> None:
    shown = lines(one, 8)
    at = shown.index("  It")
    segments = [line.strip().split("  ")[0] for line in shown[at + 1 : at + 11]]
    assert segments[:4] == ["North", "North · index", "South", "South · index"]
    assert shown[at + 11].startswith("  K1")
