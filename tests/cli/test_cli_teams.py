"""Every leader's figures on the command line: written KPI by KPI, and the same as the library's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

import mlmkpi
from cli.ended import Run
from marks import wide
from mlmkpi.demo import write_demo
from mlmkpi.report.stream import Behind
from mlmkpi.report.to_csv import csv_text
from mlmkpi.report.to_json import json_text

KPIS = ["new_signups", "churn_rate", "personal_sales_volume", "yoy_growth"]
Call = Callable[..., Run]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, orders=600)
    return folder


@pytest.fixture(scope="module")
def whole(exports: Path) -> pl.DataFrame:
    return mlmkpi.compute(exports, kpis=KPIS, by=["team"], count=3).frame


def test_the_rows_handed_on_in_turn_are_those_of_the_result(
    exports: Path, whole: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlmkpi.pipeline.kpi_rows.ROOM", 1)
    parts: list[pl.DataFrame] = []
    result = mlmkpi.compute(exports, kpis=KPIS, by=["team"], count=3, write=parts.append)
    assert result.frame.is_empty()
    assert len(parts) > 1 + len(KPIS)
    assert_frame_equal(pl.concat(parts).with_columns(pl.col(pl.Categorical).cast(pl.String)), whole)


def test_json_and_csv_have_every_row(run: Call, exports: Path, whole: pl.DataFrame, tmp_path: Path) -> None:
    asked = ("compute", str(exports), "--by", "team", "--kpi", ",".join(KPIS), "--last", "3")
    there = run(*asked, "--format", "json")
    assert there.code == 0, there.err
    assert [row["value"] for row in json.loads(there.out)] == whole["value"].to_list()
    assert run(*asked, "--output", str(tmp_path / "kpis.csv")).code == 0
    table = pl.read_csv(tmp_path / "kpis.csv", infer_schema=False)
    assert table["team"].to_list() == whole["team"].to_list()
    assert [name.name for name in tmp_path.iterdir()] == ["kpis.csv"]


def test_parquet_has_every_row_and_says_what_it_is(
    run: Call, exports: Path, whole: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "kpis.parquet"
    ended = run("compute", str(exports), "--by", "team", "--kpi", ",".join(KPIS), "--last", "3", "--output", str(file))
    assert ended.code == 0, ended.err
    assert_frame_equal(pl.read_parquet(file), whole)
    said = pq.read_metadata(file).metadata
    assert json.loads(said[b"mlmkpi.definitions"]).keys() == set(KPIS)
    assert said[b"mlmkpi.version"].decode() == mlmkpi.__version__


@pytest.mark.parametrize("step", ["made", "write", "close"])
def test_a_file_that_fails_half_way_is_not_there(
    run: Call, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(f"mlmkpi.report.stream.CsvWriter.{step}", lambda *_: 1 / 0)
    ended = run("compute", str(exports), "--by", "team", "--kpi", "new_signups", "--output", str(tmp_path / "kpis.csv"))
    assert ended.code != 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_rows_that_fail_half_way_leave_nothing_on_stdout(
    run: Call, exports: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    kind = {"json": "Json", "csv": "Csv", "parquet": "Parquet"}[form]
    monkeypatch.setattr(f"mlmkpi.report.stream.{kind}Writer.close", lambda *_: 1 / 0)
    ended = run("compute", str(exports), "--by", "team", "--kpi", "new_signups", "--format", form)
    assert ended.code != 0
    assert not ended.out


@pytest.mark.parametrize("by", ["distributor", wide("sponsor_id")])
def test_a_split_by_people_is_written_a_kpi_at_a_time_too(
    run: Call, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    asked = ("compute", str(exports), "--by", by, "--kpi", ",".join(KPIS), "--last", "3")
    frame = mlmkpi.compute(exports, kpis=KPIS, by=[by], count=3).frame
    assert run(*asked, "--format", "csv").out == csv_text(frame)
    assert run(*asked, "--format", "json").out == json_text(frame)
    assert run(*asked, "--output", str(tmp_path / "kpis.parquet")).code == 0
    assert_frame_equal(pl.read_parquet(tmp_path / "kpis.parquet"), frame)
    monkeypatch.setattr("mlmkpi.report.stream.CsvWriter.close", lambda *_: 1 / 0)
    assert run(*asked, "--format", "csv").code == 4


def test_a_leader_whose_id_a_spreadsheet_would_run_has_an_apostrophe(run: Call, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").write_text(
        "distributor_id,sponsor_id,enrolled_on\n=1+1,,2026-01-01\nB,=1+1,2026-01-02\n"
    )
    ended = run("compute", str(tmp_path), "--by", "team", "--kpi", "new_signups", "--last", "1", "--format", "csv")
    assert ended.code == 0, ended.err
    assert ",'=1+1," in ended.out


def test_a_file_without_a_row_still_has_its_columns(exports: Path, whole: pl.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "kpis.parquet"
    with file.open("wb") as out, Behind("parquet", out, "1") as rows:
        rows.write(whole.clear())
        rows.close({})
    assert_frame_equal(pl.read_parquet(file), whole.clear())
    parts: list[pl.DataFrame] = []
    mlmkpi.compute({"orders": exports / "orders.csv"}, by=["team"], kpis=["rank_advancement_rate"], write=parts.append)
    assert parts[0].is_empty()
    assert parts[0].columns == parts[-1].columns


def test_a_page_leaves_out_rows_that_do_not_fit_where_it_is_told_to(run: Call, exports: Path, tmp_path: Path) -> None:
    for path in exports.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "orders.csv").open("a") as orders:
        orders.write("X1,31/12" + "," * (orders_columns(tmp_path) - 2) + "\n")
    asked = ("team", "D0000002", str(tmp_path), "--format", "json")
    assert run(*asked).code == 3
    skipped = run(*asked, "--bad-rows", "skip")
    told = "1 unreadable row of orders left out"
    assert f'"note": "{told}"' in skipped.out
    unsaid = skipped.out.replace(f"; {told}", "").replace(f'"{told}"', "null")
    assert unsaid == run("team", "D0000002", str(exports), "--format", "json").out
    assert told in skipped.err


def orders_columns(folder: Path) -> int:
    return (folder / "orders.csv").read_text().partition("\n")[0].count(",") + 1
