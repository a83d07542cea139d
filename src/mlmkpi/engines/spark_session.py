"""Opens a Spark session, local or on a Spark Connect server, quietly; nothing of Spark is imported before that."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mlmkpi.errors import EngineError, MissingExtraError, UsageError
from mlmkpi.settings import Settings

if TYPE_CHECKING:
    from mlmkpi.engines.spark import SparkEngine

JAVA = 17
PORT = 15002
REACH_SECONDS = 10
INSTALL = "pip install 'mlmkpi[spark]'"
REMOTE = "sc://"
_GET_JAVA = "install Java 17 (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17)"


@contextmanager
def spark_engine(
    engine: Any, root: str | Path | Mapping[str, Any], settings: Settings, *, bad_rows: str = "stop"
) -> Iterator[SparkEngine]:
    """An engine on "spark", "sc://host:port" or a session of the caller's, for as long as the block runs.

    What Spark raises in the block comes out as the tool's errors. A session on a server that was opened here ends with
    the block, and the server lets go of what it kept for it.
    """
    from mlmkpi.engines.spark_errors import translated

    with translated():
        session = open_session(engine) if isinstance(engine, str) else engine
    if not hasattr(session, "createDataFrame"):
        expected = 'polars, spark, an address such as "sc://host:15002", or a SparkSession'
        raise UsageError(f"engine is a {type(session).__name__}", (("expected", expected),))
    from mlmkpi.engines.spark import SparkEngine
    from mlmkpi.engines.spark_names import whole_names
    from mlmkpi.engines.spark_stages import told

    connect = ".connect." in type(session).__module__
    with (
        translated(), warnings.catch_warnings(), _unlogged(), whole_names(connect=connect),
        _active(session, connect=connect), told(session, connect=connect),
    ):
        warnings.filterwarnings("ignore", module=r"(pyspark|py4j|grpc|google)(\.|$)")
        try:
            opened = SparkEngine(session, root, settings, bad_rows=bad_rows)
            try:
                yield opened
            finally:
                opened.close()
        finally:
            if isinstance(engine, str) and connect:
                with suppress(Exception):
                    session.stop()


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep off the root log what py4j writes there when Ctrl-C comes."""
    root = logging.getLogger()
    root.addFilter(_not_py4j)
    try:
        yield
    finally:
        root.removeFilter(_not_py4j)


def _not_py4j(record: logging.LogRecord) -> bool:
    return Path(record.pathname).parent.name != "py4j"


@contextmanager
def _active(session: Any, *, connect: bool) -> Iterator[None]:
    """Make a Connect session the active one: PySpark gives what a server has kept to that, whoever had it kept."""
    if not connect:
        yield
        return
    of_thread = type(session)._active_session
    before = getattr(of_thread, "session", None)
    of_thread.session = session
    try:
        yield
    finally:
        of_thread.session = before


def open_session(engine: str) -> Any:
    """A session for "spark" (on this machine) or "sc://host:port" (a Spark Connect server).

    Raises MissingExtraError without PySpark or Java, EngineError where the server cannot be reached or is of
    another version, UsageError for another name.
    """
    if engine != "spark" and not engine.startswith(REMOTE):
        raise UsageError(
            f"there is no engine {engine}", (("expected", 'polars, spark, or an address such as "sc://host:15002"'),)
        )
    if find_spec("pyspark") is None:
        raise MissingExtraError("Spark needs pyspark, which is not installed", (("fix", INSTALL),))
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    for name in ("py4j", "pyspark", "DataFrameQueryContextLogger", "SQLQueryContextLogger", "SparkConnect"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return _local() if engine == "spark" else _remote(engine)


# ---- on this machine -------------------------------------------------------------------------------------------


def _local() -> Any:
    """A session in a Java process of its own, which ends with this one."""
    _check_java()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    builder = SparkSession.builder.appName("mlmkpi")
    for name, value in _local_settings().items():
        builder = builder.config(name, value)
    with _hushed() as said:
        try:
            session = builder.getOrCreate()
        except (PySparkException, OSError, RuntimeError) as error:
            said.seek(0)
            lines = [line for line in said.read().splitlines() if line.strip()]
            failed = EngineError("Spark did not start", (("got", lines[-1][:160] if lines else str(error)),))
        else:
            session.sparkContext.setLogLevel("OFF")
            return session
    raise failed


def _local_settings() -> dict[str, str]:
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "spark.master": "local[*]",
        "spark.driver.memory": f"{max(1024, memory // 2)}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ui.explainMode": "simple",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
    }


def _check_java() -> None:
    """Raise MissingExtraError without a Java that is new enough."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    if java is None:
        raise MissingExtraError("Spark needs Java, which is not installed", (("fix", _GET_JAVA),))
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < JAVA:
        got = f"Java {found[1]}" if found else "a Java that does not tell its version"
        raise MissingExtraError(f"Spark needs Java {JAVA} or newer", (("got", got), ("fix", _GET_JAVA)))


@contextmanager
def _hushed() -> Iterator[IO[str]]:
    """Let what a child process says on stdout and stderr go to a file, for as long as that child lives."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(ValueError, OSError):
            stream.flush()
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        try:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            yield said
        finally:
            for number, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, number)
                os.close(copy)


# ---- on a server -----------------------------------------------------------------------------------------------


def _remote(address: str) -> Any:
    """A session on a Spark Connect server."""
    _check_reach(address)
    try:
        import pyspark
        from pyspark.errors import PySparkException
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        missing = error.name or "a package"
        raise MissingExtraError(f"Spark Connect needs {missing}, which is not installed", (("fix", INSTALL),)) from None
    try:
        session = SparkSession.builder.remote(address).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=4, max_backoff=2000)])
        server = session.version
    except PySparkException as error:
        first = str(error).split("\n")[0]
        raise EngineError(
            f"{_shown(address)} does not answer as a Spark Connect server", (("got", first[:160]),)
        ) from None
    _check_version(pyspark.__version__, server)
    return session


def _check_reach(address: str) -> None:
    """Raise EngineError where nobody listens: Spark's own client would try for ten minutes."""
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host, port = None, 0
    if not host:
        raise UsageError(f"{_shown(address)} is no address", (("expected", "an address such as sc://host:15002"),))
    try:
        socket.create_connection((host, port), timeout=REACH_SECONDS).close()
    except OSError as error:
        raise EngineError(
            f"no Spark server answers at {host}:{port}",
            (("got", error.strerror or str(error)),
             ("fix", "start its Spark Connect service, or correct the address: --engine sc://host:15002")),
        ) from None


def _check_version(mine: str, server: str) -> None:
    """Raise EngineError for a server of another generation."""
    if mine.split(".")[0] != server.split(".")[0]:
        raise EngineError(
            f"the server runs Spark {server}, which this client does not speak",
            (("expected", f"Spark {mine.split('.')[0]}"), ("fix", f"pip install 'pyspark[connect]=={server}'")),
        )


def _shown(address: str) -> str:
    """An address without what may be secret in it."""
    return address.split("/;")[0].split(";")[0]
