"""What must hold between two runs of every KPI, whatever the figures are: an oracle of the same text may err alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

import mlmkpi
import mlmkpi.kpis
from equal.compare import frames
from marks import wide
from mlmkpi.kpi import KPIS
from mlmkpi.settings import Settings
from mlmkpi.tables import TABLES, Kind
from oracle.companies import company

Frames = dict[str, pl.DataFrame]
Row = dict[str, Any]

AS_OF = date(2026, 6, 15)
CYCLE = timedelta(days=1461)
RUN = Settings.model_validate({"min_cell": 0, "rank_ladder": ["1", "2", "3", "4"], "definitions": {"leader_rank": "2"}})
DATED = {
    "orders": "ordered_on", "enrollments": "enrolled_on", "ranks": "effective_on", "events": "held_on",
    "activities": "occurred_on", "surveys": "answered_on", "posts": "posted_on", "followers": "counted_on",
    "clicks": "clicked_on", "leads": "created_on", "costs": "booked_on", "expenses": "spent_on",
    "trainings": "assigned_on", "agreements": "signed_on", "claims": "reviewed_on",
}
LATER = {"distributors": ("terminated_on", "status"), "leads": ("converted_on", "outcome"),
         "trainings": ("completed_on",), "customers": ("joined_on",)}
"""Columns that are blank until the day of the first of them."""
MONEY = {"orders": ("amount", "volume", "commissionable_volume"), "order_lines": ("amount", "cost"),
         "commissions": ("amount",), "expenses": ("amount",), "costs": ("amount",), "enrollments": ("kit_amount",)}
PEOPLE = ("distributor_id", "sponsor_id", "enroller_id", "customer_id")


MORE = [pytest.param(seed, marks=pytest.mark.full) for seed in (48, 57, 63)]


@pytest.fixture(scope="module", params=[31, *MORE])
def tables(request: pytest.FixtureRequest) -> Frames:
    """A company in which nobody enrols twice a day, as the enroller then is that of the highest id."""
    found = frames(company(request.param, features=()).tables)
    once = found["enrollments"].unique(["distributor_id", "enrolled_on"], keep="first", maintain_order=True)
    return {**found, "enrollments": once}


@pytest.fixture(scope="module", params=[0, wide(1), wide(2)])
def kpis(request: pytest.FixtureRequest) -> list[str]:
    """A third of the KPIs, of every family."""
    return list(KPIS)[request.param::3]


@pytest.fixture(scope="module")
def expected(tables: Frames, kpis: list[str]) -> list[Row]:
    return rows(tables, kpis)


def rows(tables: Frames, kpis: list[str], as_of: date = AS_OF, **asked: Any) -> list[Row]:
    """The KPIs' rows of two periods."""
    asked = {"every": "quarter", "count": 2, "compare_year": True, **asked}
    result = mlmkpi.compute(tables, kpis=kpis, as_of=as_of, settings=RUN, **asked)
    return result.frame.rows(named=True)


def key(row: Row) -> tuple[Any, ...]:
    """What a row is of."""
    figures = ("value", "numerator", "denominator", "low", "high", "previous", "change", "year_ago", "note")
    return tuple(value for name, value in row.items() if name not in figures)


def changed(tables: Frames, change: Callable[[str, str], pl.Expr | None]) -> Frames:
    """Columns put in place of others, by table and name."""
    return {
        table: frame.with_columns(new.alias(name) for name in frame.columns if (new := change(table, name)) is not None)
        for table, frame in tables.items()
    }


def until(tables: Frames, day: date) -> Frames:
    """The export as it was on a day: no row of later days, and nothing told that came later."""
    known = {}
    for table, frame in tables.items():
        if table in DATED:
            frame = frame.filter((pl.col(DATED[table]) <= day).fill_null(True))
        elif table == "commissions":
            frame = frame.filter(pl.coalesce("earned_on", "paid_on") <= day)
        if table in LATER:
            dated = pl.col(LATER[table][0])
            kept = [(dated <= day).fill_null(True) if name == "status" else dated <= day for name in LATER[table]]
            frame = frame.with_columns(
                pl.when(keep).then(name).alias(name) for name, keep in zip(LATER[table], kept, strict=True)
            )
        known[table] = frame
    return known


def test_what_comes_later_is_not_seen(tables: Frames, kpis: list[str], expected: list[Row]) -> None:
    assert rows(until(tables, AS_OF), kpis) == expected


@pytest.mark.full
@pytest.mark.parametrize("asked", [
    {"by": ["rank"]}, {"by": ["market"], "every": "month"}, {"by": ["customer.country"]}, {"every": "week"},
], ids=str)
def test_no_segment_sees_what_comes_later(tables: Frames, asked: dict[str, Any]) -> None:
    assert rows(until(tables, AS_OF), list(KPIS), **asked) == rows(tables, list(KPIS), **asked)


def test_four_years_later_every_figure_is_the_same(tables: Frames, kpis: list[str], expected: list[Row]) -> None:
    def later(table: str, name: str) -> pl.Expr | None:
        return pl.col(name) + CYCLE if tables[table].schema[name] == pl.Date else None

    dated = ("period", "period_start", "period_end", "note")
    now, then = (
        [{name: value for name, value in row.items() if name not in dated} for row in found]
        for found in (expected, rows(changed(tables, later), kpis, AS_OF + CYCLE))
    )
    assert now == then


def test_tenfold_money_is_tenfold_money_and_the_same_rates(
    tables: Frames, kpis: list[str], expected: list[Row]
) -> None:
    goods = pl.col("kpi") != "new_signups"

    def tenfold(table: str, name: str) -> pl.Expr | None:
        kind = tables[table].schema[name]
        if (table, name) == ("goals", "goal"):
            return pl.when(goods).then(pl.col(name) * 10).otherwise(name).cast(kind)
        return (pl.col(name) * 10).cast(kind) if name in MONEY.get(table, ()) else None

    for before, after in zip(expected, rows(changed(tables, tenfold), kpis), strict=True):
        times = 10 if before["unit"] in ("money", "volume") else 1
        for name in ("value", "low", "high", "previous", "year_ago"):
            wanted = before[name] and pytest.approx(before[name] * times, rel=1e-6)
            assert after[name] == wanted, (key(before), name)


def test_ids_in_another_order_change_nothing(tables: Frames, kpis: list[str], expected: list[Row]) -> None:
    found: dict[str, set[str]] = {}
    for table, frame in tables.items():
        for name in ids(table, frame):
            found.setdefault(space(name), set()).update(frame[name].drop_nulls())
    named = {kind: {each: f"é{9999 - at:04d}" for at, each in enumerate(sorted(all_of))}
             for kind, all_of in found.items()}

    def renamed(table: str, name: str) -> pl.Expr | None:
        return pl.col(name).replace_strict(named[space(name)]) if name in ids(table, tables[table]) else None

    products = {new: old for old, new in named["product_id"].items()}
    other = [
        {name: products.get(value, value) if name == "order.product" else value for name, value in row.items()}
        for row in rows(changed(tables, renamed), kpis)
    ]
    assert sorted(other, key=str) == sorted(expected, key=str)


def ids(table: str, frame: pl.DataFrame) -> list[str]:
    """A table's columns of ids."""
    return [column.name for column in TABLES[table].columns if column.kind is Kind.ID and column.name in frame.columns]


def space(name: str) -> str:
    """What a column's ids are compared with."""
    return "person" if name in PEOPLE else name.removeprefix("original_")


OF_WHOLES = ("index", "index_year", "pareto", "top_1pct", "herfindahl", "herfindahl_country", "herfindahl_region")
NOT_SUMS = ("order_size_trend", "seasonality_index", "top_1pct_earnings_share", "customer_lifetime_value")


def test_two_companies_side_by_side_add_up(kpis: list[str]) -> None:
    """All sums add; a denominator that stands beside every cell adds where both have the cell."""
    one, two = (apart(frames(company(seed, features=()).tables), name) for seed, name in ((31, "a"), (48, "b")))
    both = {table: pl.concat([one[table], two[table]], how="diagonal") for table in one}
    first, second, whole = (
        {key(row): row for row in rows(each, kpis, compare_year=False)} for each in (one, two, both)
    )
    for name, row in whole.items():
        if row["statistic"] in OF_WHOLES or row["kpi"] in NOT_SUMS:
            continue
        parts = [each[name] for each in (first, second) if name in each]
        for side in ("numerator", "denominator"):
            if side == "numerator" or len(parts) == 2:
                assert (row[side] or 0) == pytest.approx(sum(part[side] or 0 for part in parts)), (name, side)


def apart(tables: Frames, name: str) -> Frames:
    """A company whose ids and places are its own, its events for its own markets, its orders from the same day."""
    def own(table: str, column: str) -> pl.Expr | None:
        return name + pl.col(column) if column in (*ids(table, tables[table]), "market", "territory") else None

    first = tables["orders"].head(1).with_columns(
        pl.lit(date(2024, 9, 1)).alias("ordered_on"), pl.lit("first").alias("order_id"),
        pl.lit("cancelled").alias("status"),
    )
    tables = {**tables, "orders": pl.concat([tables["orders"], first])}
    tables["events"] = tables["events"].filter(pl.col("market").is_not_null())
    return changed({table: frame for table, frame in tables.items() if table not in ("periods", "targets")}, own)
