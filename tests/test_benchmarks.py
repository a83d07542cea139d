"""The rivals of the benchmark compute what mlmkpi computes: a faster wrong figure would be no rival."""

from __future__ import annotations

from math import nan
from pathlib import Path

import polars as pl
import pytest

import mlmkpi
from benchmarks.cases import KPIS, OF_LINES, OF_THE_REST, PLUGIN, TEN_MORE
from benchmarks.copies import copies
from benchmarks.data import FIRST, company, whole_company
from benchmarks.rivals import notebook, sql
from mlmkpi.kpi import KPIS as CATALOGUE
from mlmkpi.kpi import facts_of
from mlmkpi.pipeline.plugins import forget_plugins

pytestmark = pytest.mark.wide
Rows = dict[tuple[str | None, ...], list[float | None]]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company(tmp_path_factory.mktemp("bench"), 5_000)


@pytest.fixture(scope="module")
def ours(exports: Path) -> Rows:
    frame = mlmkpi.compute(exports, kpis=list(KPIS), count=12).frame
    rows = frame.select("kpi", "period", "statistic", "tenure", "numerator", "denominator", "value").rows()
    return {row[:4]: list(row[4:]) for row in rows}


def same(ours: Rows, theirs: Rows) -> None:
    """Sums of floats differ in their last digits."""
    assert ours.keys() == theirs.keys()
    mine, others = ([each for key in ours for each in numbers(rows[key])] for rows in (ours, theirs))
    assert mine == pytest.approx(others, rel=1e-9, abs=1e-9, nan_ok=True)


def numbers(figures: list[float | None]) -> list[float]:
    return [nan if each is None else each for each in figures]


def test_every_order_lies_in_the_rows_that_the_definitions_read(exports: Path) -> None:
    days = pl.read_parquet(exports / "orders.parquet")["ordered_on"]
    assert days.min() == FIRST
    assert len(days) == pytest.approx(5_000, rel=0.001)


def test_the_sql_gives_the_same_figures(exports: Path, ours: Rows) -> None:
    rows = sql.figures(str(exports))
    names = ("kpi", "period", "statistic", "tenure")
    same(ours, {tuple(r[n] for n in names): [r["numerator"], r["denominator"], r["value"]] for r in rows})


def test_copies_of_the_company_have_so_many_times_its_sums(exports: Path, ours: Rows) -> None:
    frame = mlmkpi.compute(copies(exports, 3), kpis=list(KPIS), count=12).frame
    rows = frame.filter(pl.col("denominator") > 0).select(
        "kpi", "period", "statistic", "tenure", pl.col("numerator", "denominator") / 3
    ).rows()
    assert len(rows) > 100
    same({row[:4]: ours[row[:4]][:2] for row in rows}, {row[:4]: list(row[4:]) for row in rows})


def test_the_pandas_program_gives_the_same_figures(exports: Path, ours: Rows) -> None:
    theirs: Rows = {}
    for name, month, *figures in notebook.figures(str(exports)):
        kpi, _, statistic = name.partition(" ")
        theirs[kpi, month, statistic or "value", None] = figures
    same({key: ours[key] for key in theirs}, theirs)


def test_the_whole_company_has_every_table_and_the_lines_of_its_orders(tmp_path: Path) -> None:
    exports = whole_company(tmp_path, 2_000)
    assert {path.stem for path in exports.iterdir()} >= {"orders", "order_lines", "products", "commissions", "surveys"}
    orders, lines = (pl.read_parquet(exports / f"{table}.parquet") for table in ("orders", "order_lines"))
    assert orders["ordered_on"].min() == FIRST
    assert set(lines["order_id"]) <= set(orders["order_id"])
    assert len(lines) > len(orders)


def test_the_catalogue_is_every_kpi() -> None:
    assert {*OF_LINES, *OF_THE_REST, "customer_lifetime_value"} == set(CATALOGUE)
    assert {"best_sellers", "product_mix_share"} <= set(OF_LINES)


def test_the_ten_kpis_more_stand_on_facts_of_the_twenty(exports: Path) -> None:
    facts = {fact for name in KPIS for fact in facts_of(CATALOGUE[name].function())}
    try:
        frame = mlmkpi.compute(exports, kpis=list(TEN_MORE), config=PLUGIN, count=1).frame
        of_these = {fact for name in TEN_MORE for fact in facts_of(CATALOGUE[name].function())}
    finally:
        forget_plugins()
    assert set(frame.drop_nulls("value")["kpi"]) == set(TEN_MORE)
    assert len(of_these) > 4
    assert of_these <= facts
