"""What opening a session says when something is missing; none of these needs Java."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mlmkpi.engines import spark_session
from mlmkpi.errors import EngineError, MissingExtraError, UsageError


def test_without_pyspark_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError) as told:
        spark_session.open_session("spark")
    assert told.value.exit_code == 2
    assert str(told.value).splitlines() == [
        "Spark needs pyspark, which is not installed", "  fix  pip install 'mlmkpi[spark]'"
    ]


def test_without_java_one_line_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MissingExtraError, match="Spark needs Java, which is not installed"):
        spark_session.open_session("spark")


@pytest.mark.parametrize("version", ["11.0.2", "1.8.0_402"])
def test_an_old_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setattr(spark_session, "find_spec", lambda _: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingExtraError, match=f"(?s)Java 17 or newer.*Java {version.split('.')[0]}"):
        spark_session.open_session("spark")


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: object())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineError, match=rf"no Spark server answers at 127\.0\.0\.1:{port}") as told:
        spark_session.open_session(f"sc://127.0.0.1:{port}/;token=secret")
    assert told.value.exit_code == 4
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("engine", ["sc://", "sc://host:port", "sc:///;token=secret"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: object())
    with pytest.raises(UsageError, match="is no address") as told:
        spark_session.open_session(engine)
    assert "secret" not in str(told.value)


def test_an_unknown_engine() -> None:
    with pytest.raises(UsageError, match="there is no engine duckdb"):
        spark_session.open_session("duckdb")


def test_a_server_of_another_generation() -> None:
    spark_session._check_version("4.3.0", "4.0.1")
    with pytest.raises(EngineError, match=r"the server runs Spark 3\.5\.6"):
        spark_session._check_version("4.3.0", "3.5.6")


def test_nothing_of_spark_is_imported_before_it_is_asked_for() -> None:
    loaded = "[m for m in sys.modules if m.split('.')[0] in ('pyspark', 'py4j', 'grpc')]"
    code = f"import sys, mlmkpi.pipeline; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
