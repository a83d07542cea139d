"""A real Spark Connect server, started from the installed package; and the command line on Spark."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
from polars.testing import assert_frame_equal

from equal.compare import Case, frames, product
from mlmkpi.engines import spark_stages
from mlmkpi.engines.spark_session import open_session, spark_engine
from mlmkpi.engines.spark_settings import cancel
from mlmkpi.errors import EngineError
from mlmkpi.settings import Settings
from spark.pack import packed
from spark.server import Server, free_port

pytestmark = pytest.mark.spark

KPIS = ("new_signups", "distributor_retention_rate", "personal_sales_volume", "time_to_first_sale", "sponsor_rate")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that listens."""
    started = Server(tmp_path_factory.mktemp("server"))
    try:
        started.wait()
        yield started
    finally:
        started.kill()


def case() -> Case:
    return Case(packed((3, 8)), KPIS, count=2, by=("market",), min_cell=0)


def test_a_server_gives_the_same_result(server: Server) -> None:
    assert_frame_equal(product(case()), product(case(), server.address), check_exact=True)


MLMKPI = str(Path(sys.executable).with_name("mlmkpi"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """The command as people call it."""
    return subprocess.run([MLMKPI, *command], capture_output=True, text=True, check=False)


def test_the_command_line_says_the_same_on_every_engine(server: Server, tmp_path: Path) -> None:
    for name, frame in frames(packed((3,))).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    asked = ("compute", str(tmp_path), "--kpi", "new_signups", "--last", "2", "--format", "json")
    here = run(*asked)
    assert json.loads(here.stdout)
    for engine in ("spark", server.address):
        there = run(*asked, "--engine", engine)
        assert (there.returncode, there.stdout, there.stderr) == (0, here.stdout, here.stderr)


HEADER = "order_id,ordered_on,amount"


@pytest.mark.parametrize(("lines", "told"), [
    (None, "error: file:{folder}/gone does not exist where the Spark server looks\n"),
    (("order_id,ordered_on,total", "O1,2026-01-01,5"), "error: orders.csv has no column for amount\n"),
    ((HEADER, "O1,2026-01-01,5", "O2,soon,5"), "error: orders.ordered_on: 1 cell is not a date\n"),
])
def test_what_is_wrong_with_the_data_ends_with_3(
    server: Server, tmp_path: Path, lines: Sequence[str] | None, told: str
) -> None:
    folder, out = tmp_path / ("exports" if lines else "gone"), tmp_path / "out.json"
    if lines:
        folder.mkdir()
        (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    done = run("compute", str(folder), "--kpi", "sales_volume", "--engine", server.address, "--output", str(out))
    assert done.stderr.startswith(told.format(folder=tmp_path))
    assert_plain(done.returncode, 3, done.stdout, done.stderr, out)


def test_nobody_at_the_address_ends_with_4(tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "out.json"
    for command in (("compute", "--output", str(out)), ("validate",)):
        done = run(*command, str(tmp_path), "--engine", f"sc://127.0.0.1:{port}/;token=secret")
        assert done.stderr.startswith(f"error: no Spark server answers at 127.0.0.1:{port}\n")
        assert "secret" not in done.stderr
        assert_plain(done.returncode, 4, done.stdout, done.stderr, out)


def test_validate_gives_its_findings_and_1(server: Server, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"{HEADER}\nO2,2026-01-01,5\nO2,2026-01-01,5\nO1,soon,5\n")
    done = run("validate", str(tmp_path), "--engine", server.address, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    found = [(each["rule"], each["count"], each["examples"][0]["key"]) for each in json.loads(done.stdout)]
    assert found == [("unreadable-cell", 1, "O1"), ("duplicate-row", 1, "O2")]


def test_ctrl_c_cancels_the_jobs_on_the_server(server: Server, endless: Path) -> None:
    out = endless / "out.json"
    server.becomes(busy=False)
    at_work = started(server, endless, out)
    server.becomes(busy=True)
    at_work.send_signal(signal.SIGINT)
    said, told = at_work.communicate(timeout=60)
    assert_plain(at_work.returncode, 130, said, told, out)
    server.becomes(busy=False)


@pytest.mark.parametrize("where", ["here", "on the server"])
def test_the_stage_under_way_is_known(server: Server, session: Any, where: str) -> None:
    found = session if where == "here" else open_session(server.address)
    with spark_engine(found, {"events": "events.csv"}, Settings()) as engine, ThreadPoolExecutor() as threads:
        assert spark_stages.now() is None
        endless = threads.submit(engine.collect, nw.from_native(found.range(10**12).groupBy().sum("id")))
        until = time.monotonic() + 60
        while (stage := spark_stages.now()) is None and time.monotonic() < until:
            time.sleep(0.05)
        cancel(found)
        with pytest.raises(EngineError):
            endless.result()
    assert stage is not None
    assert (stage.done, stage.tasks > 0) == (0, True)
    assert spark_stages.now() is None
    if found is not session:
        found.stop()


def test_a_server_killed_in_mid_run_ends_with_4(server: Server, endless: Path) -> None:
    """The last of the tests on this server."""
    out = endless / "out.json"
    at_work = started(server, endless, out)
    server.becomes(busy=True)
    server.kill()
    said, told = at_work.communicate(timeout=120)
    assert told.startswith("error: the Spark server is gone\n")
    assert_plain(at_work.returncode, 4, said, told, out)


@pytest.fixture
def endless(server: Server, tmp_path: Path) -> Path:
    """An export whose orders never end: a view of the server's."""
    session = open_session(server.address)
    columns = "cast(id AS string) order_id, date_from_unix_date(cast(id % 9 AS int)) ordered_on, 1.0D amount"
    session.sql(f"CREATE OR REPLACE VIEW default.endless AS SELECT {columns} FROM range(1000000000000)")
    session.stop()
    (tmp_path / "mlmkpi.toml").write_text('[files]\norders = "default.endless"\n')
    return tmp_path


def started(server: Server, folder: Path, out: Path) -> subprocess.Popen[str]:
    """A run under way."""
    command = [MLMKPI, "compute", str(folder), "--kpi", "sales_volume", "--engine", server.address]
    return subprocess.Popen(
        [*command, "--output", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def assert_plain(code: int, expected: int, said: str, told: str, out: Path) -> None:
    """The exit code, nothing on stdout, no trace on stderr, and no output file."""
    assert (code, said) == (expected, "")
    assert "at org.apache" not in told
    assert "Traceback" not in told
    assert not out.exists()
