"""A real Spark Connect server, started from the installed package; and the command line on Spark."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

import mlmkpi
from equal.compare import Case, frames, product, settings_of
from mlmkpi.errors import DataError, EngineError
from spark.conftest import QUICK
from spark.pack import packed

pytestmark = pytest.mark.spark

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
KPIS = ("new_signups", "distributor_retention_rate", "personal_sales_volume", "time_to_first_sale", "sponsor_rate")


class Server:
    """A server of its own process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        spec = importlib.util.find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        settings = QUICK | {"spark.connect.grpc.binding.port": str(self.port), "spark.ui.enabled": "false",
                            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        environment = os.environ | {
            "SPARK_HOME": str(home), "SPARK_CONNECT_MODE": "0",
            "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        }
        submit = [str(home / "bin" / "spark-submit"), "--master", "local[2]", "--class", SERVER]
        self.process = subprocess.Popen(
            [*submit, *options, "spark-internal"], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def address(self) -> str:
        return f"sc://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Until it listens."""
        until = time.monotonic() + 180
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError("the server does not come up")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


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


def test_a_server_that_does_not_see_the_path(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist where the Spark server looks"):
        mlmkpi.compute(tmp_path / "only-here", kpis=["new_signups"], engine=server.address)


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The command as people call it."""
    mlmkpi_ = str(Path(sys.executable).with_name("mlmkpi"))
    command = [mlmkpi_, "compute", str(folder), "--kpi", "new_signups", "--last", "2", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line_says_the_same_on_every_engine(server: Server, tmp_path: Path) -> None:
    for name, frame in frames(packed((3,))).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    here = run(tmp_path, "--format", "json")
    assert json.loads(here.stdout)
    for engine in ("spark", server.address):
        there = run(tmp_path, "--format", "json", "--engine", engine)
        assert (there.returncode, there.stdout, there.stderr) == (0, here.stdout, here.stderr)


def test_a_bad_cell_on_the_command_line_is_one_message(server: Server, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nD1,2026-01-01\nD2,soon\n")
    done = run(tmp_path, "--engine", server.address, "--output", str(tmp_path / "out.json"))
    assert (done.returncode, done.stdout) == (3, "")
    assert "distributors.enrolled_on: 1 cell is not a date" in done.stderr
    assert "at org.apache" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_a_server_killed_in_mid_run(tmp_path: Path) -> None:
    own = Server(tmp_path)
    told = []

    def kill(what: str) -> None:
        told.append(what)
        if what == "summing":
            own.kill()

    own.wait()
    try:
        with pytest.raises(EngineError, match="the Spark server is gone") as gone:
            compute(own.address, kill)
    finally:
        own.kill()
    assert "summing" in told
    assert gone.value.exit_code == 4


def compute(address: str, progress: Any) -> mlmkpi.Result:
    one = case()
    return mlmkpi.compute(frames(one.tables), kpis=KPIS, settings=settings_of(one), engine=address, progress=progress)
