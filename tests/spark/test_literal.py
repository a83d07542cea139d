"""Tiny companies written out, whose figures Spark gives as Polars does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import Rows, day, table
from kpis.test_bounds import SUMMED, added, company, compute
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(("kpi", "column", "header", "row", "of_nine"), [SUMMED[0], SUMMED[4]])
def test_money_that_no_sum_holds_is_refused(
    session: Any, kpi: str, column: str, header: str, row: tuple[Any, ...], of_nine: float
) -> None:
    name = column.partition(".")[0]
    with pytest.raises(DataError, match=f"{column} comes to more than can be summed"):
        compute(kpi, company(name, header, row, 10), session)
    found = compute(kpi, company(name, header, row, 9), session).frame
    assert found.filter(kpi=kpi, statistic="value")["value"].to_list() == [of_nine]


def test_columns_that_are_added_to_each_other_are_held_together(session: Any) -> None:
    kpi, _, columns, tables, _ = added(5)[-1]
    with pytest.raises(DataError, match=f"{columns} come to more than can be summed together"):
        compute(kpi, tables, session)
    kpi, statistic, _, tables, expected = added(4)[-1]
    found = compute(kpi, tables, session).frame.filter(kpi=kpi, statistic=statistic)
    assert expected in found["value"].to_list()


def both(session: Any, tables: dict[str, Rows], settings: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    """The rows of October 2026, which both engines give."""
    whole = frames(tables)
    asked = {"as_of": day("10-31"), "count": 1, "settings": Settings.model_validate(settings), **asked}
    sent = {name: session.createDataFrame(frame.to_arrow()) for name, frame in whole.items()}
    found = mlmkpi.compute(sent, engine=session, **asked).frame
    assert found.equals(mlmkpi.compute(whole, **asked).frame)
    return found.rows(named=True)


def test_ranks_are_known_however_they_are_spelled(session: Any) -> None:
    tables = {
        "distributors": table("distributor_id enrolled_on", ("A", "2025-01-01"), ("B", "2025-01-01")),
        "ranks": table("distributor_id rank effective_on", ("A", "GOLD ", "10-05"), ("B", "Silver", "01-05")),
    }
    found = both(session, tables, {"rank_ladder": ["silver", "gold"]}, kpis=["rank_advancement_rate"])
    moves = {(row["rank_from"], row["rank_to"]): row["value"] for row in found if row["statistic"] == "moves"}
    assert moves == {("silver", "gold"): 1, ("silver", "silver"): 1}


def test_days_of_moments_are_told_to_be_those_in_utc(session: Any, tmp_path: Path) -> None:
    """Half past eleven at night in UTC is the next day in Tokyo."""
    late = datetime(2026, 10, 30, 23, 30, tzinfo=UTC)
    orders = pl.DataFrame({"order_id": ["1"], "ordered_on": [late], "amount": [5]})
    orders.write_parquet(tmp_path / "orders.parquet")
    told = "orders.ordered_on holds moments, whose days are taken in UTC, as mlmkpi.toml sets no timezone"
    for settings, last, said in (({}, "2026-10-30", (told,)), ({"timezone": "Asia/Tokyo"}, "2026-10-31", ())):
        asked: dict[str, Any] = {"kpis": ["sales_volume"], "settings": Settings.model_validate(settings)}
        there = mlmkpi.compute(tmp_path, engine=session, **asked)
        assert there.warnings == said
        assert there.as_of == day(last)
        here = mlmkpi.compute(tmp_path, **asked)
        assert (here.frame.equals(there.frame), here.warnings) == (True, ())
