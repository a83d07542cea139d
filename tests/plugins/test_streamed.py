"""Rows that are written as they come are those of the other KPIs where a plugin's fails, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi.pipeline.rows import rows_of
from plugins.own import FINE, failing, with_plugin

Call = Callable[..., Run]


@pytest.mark.parametrize("method", ["rows", "prepare", "assumes"])
@pytest.mark.parametrize("by", ["team", "distributor"])
def test_rows_written_as_they_come_are_those_without_it(
    company: Path, run: Call, tmp_path: Path, by: str, method: str
) -> None:
    """D1 has sold 10.50 and taken back 3.25, D2, who stands below, has sold 20.25."""
    (company / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    sold = [("D1", 27.5)] if by == "team" else [("D1", 7.25), ("D2", 20.25)]
    with_plugin(company, failing(method))
    asked = ("--kpi", "sales_volume,own")
    for form in "csv", "json", "parquet":
        file = tmp_path / f"kpis.{form}"
        ended = run("compute", str(company), *asked, "--by", by, "--last", "1", "--output", str(file))
        assert ended.code == 0, ended.err
        assert "warning: plugin own_kpi.py left out: own: KeyError\n" in ended.err
        frame = getattr(pl, f"read_{form}")(file)
        assert frame.select("kpi", by, "value").rows() == [("sales_volume", *each) for each in sold]


def test_rows_written_before_it_fails_are_dropped(company: Path, run: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows fail once those of the KPI before it are written."""
    def late(one: Any, *rest: Any, **more: Any) -> pl.DataFrame:
        if one.kpi.name == "own":
            raise KeyError("late")
        return rows_of(one, *rest, **more)

    asked_for = ("compute", str(with_plugin(company, FINE)), "--by", "team", "--last", "1", "--format")
    alone = {form: run(*asked_for, form, "--kpi", "sales_volume").out for form in ("csv", "json")}
    monkeypatch.setattr("mlmkpi.pipeline.kpi_rows.rows_of", late)
    for form, rows in alone.items():
        ended = run(*asked_for, form, "--kpi", "sales_volume,own")
        assert ended.out == rows
        assert "warning: plugin own_kpi.py left out: own: KeyError\n" in ended.err


def test_a_file_that_cannot_be_written_is_no_fault_of_a_plugin(
    company: Path, run: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlmkpi.report.stream.CsvWriter.made", full)
    target = ("--by", "team", "--output", str(tmp_path / "kpis.csv"))
    ended = run("compute", str(with_plugin(company, FINE)), "--kpi", "sales_volume,own", *target)
    assert ended.code == 4
    assert "No space left on device" in ended.err
    assert "plugin" not in ended.err


def test_who_takes_rows_as_they_come_and_cannot_drop_them_hears_of_it_as_an_error(company: Path) -> None:
    (company / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    with_plugin(company, failing("rows"))
    parts: list[pl.DataFrame] = []
    with pytest.raises(mlmkpi.EngineError, match=r"own of the plugin own_kpi\.py failed \(KeyError\)"):
        mlmkpi.compute(company, kpis=["sales_volume", "own"], count=1, write=parts.append)
    mlmkpi.compute(company, kpis=["sales_volume", "own"], count=1, write=parts.append, anew=parts.clear)
    assert pl.concat(parts).select("kpi", "value").rows() == [("sales_volume", 27.5)]
