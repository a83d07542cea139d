"""The whole way on the demo company: what the command prints is what the library computes, and nothing stays behind."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import mlmkpi
from cli.ended import PROGRAM, Run, environment
from mlmkpi.demo import write_demo
from mlmkpi.kpi import KPIS
from mlmkpi.pipeline import Result

Call = Callable[..., Run]
NOTE = "note: as of 2026-10-31, the latest order in the export; another: --as-of YYYY-MM-DD\n"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo company's folder."""
    folder = tmp_path_factory.mktemp("company") / "demo"
    write_demo(folder, orders=2_000, seed=1)
    return str(folder)


@pytest.fixture(scope="session")
def computed(demo: str) -> Result:
    """What the library makes of it."""
    return mlmkpi.compute(demo)


def test_the_table_names_every_kpi_within_eighty_columns(
    run: Call, demo: str, computed: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = run("compute", demo)
    assert (ended.code, ended.err.splitlines()[-1] + "\n") == (0, NOTE)
    lines = ended.out.splitlines()
    assert lines[0] == "October 2026, by month · as of 31 Oct 2026"
    assert max(map(len, lines)) <= 80
    names = {KPIS[name].short.strip() for name in computed.frame["kpi"].unique()}
    shown = [line.strip() for line in lines]
    assert [name for name in names if not any(line.startswith(name[:20]) for line in shown)] == []


def test_json_is_the_librarys_frame(run: Call, demo: str) -> None:
    rows = json.loads(run("compute", demo, "--kpi", "sales,social", "--format", "json").out)
    dates = pl.col("period_start", "period_end").cast(pl.String)
    assert rows == mlmkpi.compute(demo, kpis=["sales", "social"]).frame.with_columns(dates).to_dicts()


def test_parquet_is_the_librarys_frame(run: Call, demo: str, computed: Result, tmp_path: Path) -> None:
    assert run("compute", demo, "--output", str(tmp_path / "k.parquet")).code == 0
    data = (tmp_path / "k.parquet").read_bytes()
    assert_frame_equal(pl.read_parquet(BytesIO(data)), computed.frame)
    in_force = json.loads(pl.read_parquet_metadata(BytesIO(data))["mlmkpi.definitions"])
    assert in_force.keys() == set(computed.frame["kpi"])


def test_a_file_and_a_pipe_get_the_same_bytes_every_time(run: Call, demo: str, tmp_path: Path) -> None:
    first = run("compute", demo, "--kpi", "sales", "--format", "csv").out
    run("compute", demo, "--kpi", "sales", "--output", str(tmp_path / "k.csv"))
    assert (tmp_path / "k.csv").read_bytes().decode() == first


def test_options_narrow_the_rows(run: Call, demo: str) -> None:
    ended = run(
        "compute", demo, "--kpi", "new_signups,sales_volume", "--every", "quarter", "--last", "2",
        "--where", "market=US", "--format", "json",
    )
    rows = json.loads(ended.out)
    assert {row["kpi"] for row in rows} == {"new_signups", "sales_volume"}
    assert {(row["period"], row["market"]) for row in rows} == {("2026-Q3", "US"), ("2026-Q4", "US")}


def test_an_unknown_kpi_ends_with_two_and_the_nearest(run: Call, demo: str) -> None:
    ended = run("compute", demo, "--kpi", "churn_rat")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: there is no KPI churn_rat\n")
    assert ended.err.endswith("  fix       did you mean churn_rate?\n")


def test_what_is_missing_is_named_with_what_would_cure_it(run: Call, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount\n1,2026-09-01,5\n2,2026-10-31,7\n")
    lacking = {each["name"]: each["reason"] for each in json.loads(
        run("kpis", str(tmp_path), "--missing", "--format", "json").out
    )}
    assert lacking["new_signups"] == "needs the distributors or enrollments export"
    assert lacking["customer_retention_rate"] == "needs orders.customer_id"
    assert "sales_volume" not in lacking
    text = run("kpis", str(tmp_path), "--missing").out
    assert text.startswith(f"{len(lacking)} of {len(KPIS)} KPIs have no figure in")
    assert "\nneeds orders.customer_id\n  " in text


def test_what_is_wrong_is_said_beside_what_is_missing(run: Call, tmp_path: Path) -> None:
    """A seller of an order is not among the distributors, and no table is called weird; of the as-of date no option."""
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount,distributor_id\n1,2026-09-01,5,D2\n")
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nD1,2026-01-01\n")
    (tmp_path / "weird.csv").write_text("x\n")
    for form in ("table", "json"):
        assert run("kpis", str(tmp_path), "--missing", "--format", form).err == (
            f"warning: 1 seller of orders not among the distributors · mlmkpi validate {tmp_path}\n"
            "note: left unread, as no table is called so: weird.csv\n"
        )


def test_a_closed_pipe_ends_a_long_output_in_silence(process: Call, demo: str) -> None:
    asked = ("compute", demo, "--kpi", "personal_sales_volume", "--by", "distributor", "--format", "csv")
    assert process(*asked, shell="| true") == Run(0, "", "")


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_reading_ends_the_run_and_leaves_no_temporary_file(
    demo: str, tmp_path: Path, stop: signal.Signals, code: int
) -> None:
    packed, temporary = tmp_path / "packed", tmp_path / "temporary"
    temporary.mkdir()
    packed.mkdir()
    for name in ("orders", "distributors", "customers"):
        (packed / f"{name}.csv.gz").write_bytes(gzip.compress((Path(demo) / f"{name}.csv").read_bytes()))
    process = subprocess.Popen(
        [*PROGRAM, "compute", str(packed), "--output", str(temporary / "k.csv")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment(TMPDIR=str(temporary)),
    )
    until = time.monotonic() + 60
    while not list(temporary.glob("mlmkpi-*")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    process.send_signal(stop)
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("", "")
    # Where it comes while a dataclass is made Python, in the end, dies of the signal: a shell says the same of both.
    assert process.returncode in (code, -stop)
    assert list(temporary.iterdir()) == []


def test_nothing_stays_behind_a_run_or_an_error(process: Call, demo: str, tmp_path: Path) -> None:
    assert process("compute", demo, "--kpi", "sales").code == 0
    assert process("compute", demo, "--kpi", "none").code == 2
    assert list(tmp_path.iterdir()) == []
