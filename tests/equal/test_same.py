"""What must not change a figure does not change a byte: the order of rows, how files are cut, packed, typed or read."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import mlmkpi
import mlmkpi.kpis
from equal.compare import frames
from marks import wide
from mlmkpi.kpi import KPIS
from mlmkpi.report.to_json import render_json
from mlmkpi.settings import Settings
from oracle.companies import company

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Frames:
    return frames(company(7, features=()).tables)


@pytest.fixture(scope="module", params=[1, wide(0), wide(2)])
def kpis(request: pytest.FixtureRequest) -> list[str]:
    """A third of the KPIs, of every family."""
    return list(KPIS)[request.param::3]


@pytest.fixture(scope="module")
def expected(tables: Frames, kpis: list[str]) -> str:
    return answer(tables, kpis)


def answer(exports: Path | Frames, kpis: list[str]) -> str:
    """The whole Result as JSON."""
    result = mlmkpi.compute(
        exports, kpis=kpis, every="quarter", count=2, by=["market"], settings=Settings(min_cell=0)
    )
    return render_json(result)


def shuffled(tables: Frames, folder: Path) -> None:
    draw = random.Random(5)
    for name, frame in tables.items():
        order = list(range(frame.height))
        draw.shuffle(order)
        frame[order].write_csv(folder / f"{name}.csv")


def cut_in_three_and_packed(tables: Frames, folder: Path) -> None:
    for name, frame in tables.items():
        (folder / name).mkdir()
        third = -(-frame.height // 3)
        for part in range(3):
            piece = frame.slice(part * third, third).write_csv().encode()
            (folder / name / f"part-{part}.csv.gz").write_bytes(gzip.compress(piece))


def typed(tables: Frames, folder: Path) -> None:
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")


@pytest.mark.parametrize(
    "write", [shuffled, cut_in_three_and_packed, wide(typed)], ids=lambda write: write.__name__
)
def test_files_written_otherwise_give_the_same_bytes(
    write: Callable[[Frames, Path], None], tables: Frames, kpis: list[str], expected: str, tmp_path: Path
) -> None:
    write(tables, tmp_path)
    assert answer(tmp_path, kpis) == expected


def test_ids_that_cannot_be_parsed_give_the_same_figures_as_those_that_can(
    tables: Frames, kpis: list[str], expected: str
) -> None:
    renamed = {
        name: frame.with_columns(
            ("x" + pl.col(column) + "-é").alias(column) for column in frame.columns
            if column in ("distributor_id", "customer_id", "sponsor_id", "enroller_id", "order_id", "original_order_id")
        )
        for name, frame in tables.items()
    }
    assert answer(renamed, kpis) == expected


@pytest.mark.parametrize(("table", "column"), [
    ("order_lines", "order_id"), wide("attendance", "distributor_id"),
])
def test_an_id_of_another_shape_than_the_first_changes_nothing(
    table: str, column: str, tables: Frames, kpis: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlmkpi.engines.shapes.SAMPLE", 1)
    rows = tables[table]
    odd = rows.head(1).with_columns(pl.lit("nobody's").alias(column))
    assert answer({**tables, table: pl.concat([rows, odd])}, kpis) == expected


def test_how_much_it_takes_to_stream_changes_nothing(
    tables: Frames, kpis: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlmkpi.engines.polars.FEW", -1)
    assert answer(tables, kpis) == expected
