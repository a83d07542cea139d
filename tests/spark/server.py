"""A real Spark Connect server of its own process, started from the installed package."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from spark.conftest import QUICK

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


class Server:
    """A server of its own process."""

    def __init__(self, folder: Path) -> None:
        self.port, self._ui = free_port(), free_port()
        spec = importlib.util.find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        settings = QUICK | {"spark.connect.grpc.binding.port": str(self.port), "spark.ui.port": str(self._ui),
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

    def running(self) -> int:
        """How many jobs it is at."""
        (application,) = self._asked("applications")
        return len(self._asked(f"applications/{application['id']}/jobs?status=running"))

    def becomes(self, busy: bool) -> None:
        """Until it runs jobs, or none."""
        until = time.monotonic() + 60
        while bool(self.running()) is not busy:
            assert time.monotonic() < until, "its jobs neither start nor end"
            time.sleep(0.1)

    def _asked(self, what: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._ui}/api/v1/{what}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
