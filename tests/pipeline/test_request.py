"""What a script asks in another form than the library takes is refused, not taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from mlmkpi.errors import UsageError

ORDERS = pl.DataFrame({
    "order_id": ["1"], "ordered_on": [date(2026, 10, 1)], "amount": [5.0], "distributor_id": ["A"],
})
PEOPLE = pl.DataFrame({"distributor_id": ["A"], "enrolled_on": [date(2026, 1, 1)]})
TABLES = {"orders": ORDERS, "distributors": PEOPLE}


@pytest.mark.parametrize(("asked", "said"), [
    ({"kpis": "sales_volume"}, "kpis is 'sales_volume'\n  expected  a list: ['sales_volume']"),
    ({"by": "market"}, "by is 'market'\n  expected  a list: ['market']"),
    ({"where": {"market": "US"}}, "market is 'US'\n  expected  a list: ['US']"),
    ({"kpis": ["sales_volume", None]}, "kpis has None\n  expected  texts, such as '1'"),
    ({"kpis": 3}, "kpis has 3\n  expected  texts"),
    ({"where": {"market": [1]}}, "market has 1\n  expected  texts, such as '1'"),
    ({"where": ["market=US"]}, "where is ['market=US']\n  expected  values by dimension: {"),
    ({"count": 1.5}, "count is 1.5\n  expected  1 or more"),
    ({"min_team": "3", "by": ["team"]}, "min_team is '3'\n  expected  a whole number"),
    ({"count": 0}, "count is 0\n  expected  1 or more"),
    ({"first": "2026-01-01"}, "first is '2026-01-01'\n  expected  a day: datetime.date(2026, 10, 31)"),
    ({"as_of": datetime(2026, 1, 1)}, "as_of is datetime.datetime(2026, 1, 1, 0, 0)\n  expected  a day: "),
])
def test_another_sort_of_value_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        mlmkpi.compute(TABLES, **{"kpis": ["sales_volume"], **asked})
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("run", [mlmkpi.cohorts, lambda tables, **asked: mlmkpi.team(tables, "A", **asked)])
def test_a_day_that_is_none_is_refused_wherever_one_is_asked_for(run: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="as_of is '2026-01-01'"):
        run(TABLES, as_of="2026-01-01")


def test_other_counts_and_ids_are_refused_wherever_they_are_asked_for() -> None:
    for last in (0, -1):
        with pytest.raises(UsageError, match=f"last is {last}"):
            mlmkpi.cohorts(TABLES, last=last)
    with pytest.raises(UsageError, match="leader has 5"):
        mlmkpi.team(TABLES, 5)  # type: ignore[arg-type]


def test_the_settings_file_may_be_named_as_a_text(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('currency = "EUR"')
    found = mlmkpi.compute(TABLES, kpis=["sales_volume"], count=1, config=str(tmp_path / "own.toml"))
    assert found.frame["unit"].to_list() == ["EUR"]


def test_no_tables_are_no_exports() -> None:
    with pytest.raises(UsageError, match="there is no table"):
        mlmkpi.compute({}, kpis=["sales_volume"])
