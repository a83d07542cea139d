"""What a person at a terminal sees that a pipe does not: colour, width, progress, and Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from io import StringIO
from pathlib import Path

import pytest

from cli.ended import PROGRAM, environment
from mlmkpi.cli import progress as shown
from mlmkpi.cli.progress import Progress
from mlmkpi.cli.writing import format_of
from mlmkpi.engines import spark_stages
from mlmkpi.errors import UsageError


def on_terminal(*arguments: str, **more: str) -> tuple[int, str]:
    """The exit code of a process, and what it wrote to a terminal that is its stdout and stderr."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment(TERM="xterm", **more)
    )
    os.close(slave)
    written = bytearray()
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(master)
    return process.wait(), written.decode()


def test_a_terminal_gets_colour_and_none_under_no_color() -> None:
    coloured, plain = on_terminal("explain", "churn_rate"), on_terminal("explain", "churn_rate", NO_COLOR="1")
    assert coloured[0] == plain[0] == 0
    assert "\x1b[1m" in coloured[1]
    assert "\x1b" not in plain[1]


def test_an_error_is_red_on_a_terminal_and_not_under_no_color() -> None:
    assert on_terminal("compte")[1].startswith("\x1b[31merror:\x1b[0m there is no command compte")
    assert on_terminal("compte", NO_COLOR="1")[1].startswith("error: there is no command compte")


def test_columns_decides_on_the_width_of_a_terminal() -> None:
    lines = on_terminal("kpis", COLUMNS="60", NO_COLOR="1")[1].splitlines()
    assert 50 < max(map(len, lines)) <= 60


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_parquet_is_not_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(UsageError) as caught:
        format_of("parquet", None)
    assert str(caught.value) == "parquet is not for a terminal\n  fix  name a file: --output kpis.parquet"


def terminal_as_stderr(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal as stderr, from the test's own body: pytest sets stderr anew after the fixtures."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_a_quick_run_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_as_stderr(monkeypatch)
    with Progress() as progress:
        progress("reading orders")
    assert terminal.getvalue() == ""


def test_a_long_run_shows_what_is_under_way_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_as_stderr(monkeypatch)
    monkeypatch.setattr(shown, "PATIENCE", 0.01)
    with Progress() as progress:
        progress("reading orders", 6_812_000, 10_204_551)
        until = time.monotonic() + 20
        while "reading orders" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "6.8 of 10.2 million rows" in terminal.getvalue()
    assert "\x1b[2K" in terminal.getvalue().rpartition("reading orders")[2]


def test_a_long_run_on_spark_shows_its_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_as_stderr(monkeypatch)
    monkeypatch.setattr(shown, "PATIENCE", 0.01)
    monkeypatch.setattr(spark_stages, "_LOOKS", [lambda: spark_stages.Stage(3, 12, 40)])
    with Progress() as progress:
        progress("summing")
        until = time.monotonic() + 20
        while "tasks" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "summing" in terminal.getvalue()
    assert "· stage 3, 12 of 40 tasks" in terminal.getvalue()


def test_a_pipe_is_shown_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PATIENCE", 0.0)
    stream = StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with Progress() as progress:
        progress("reading orders")
        time.sleep(0.05)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_demo_without_a_word_and_leaves_nothing(
    tmp_path: Path, stop: signal.Signals, code: int
) -> None:
    folder = tmp_path / "demo"
    process = subprocess.Popen(
        [*PROGRAM, "demo", str(folder), "--orders", "1500000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), text=True,
    )
    until = time.monotonic() + 60
    while not list(folder.glob(".mlmkpi-demo-*/*")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.7)
    process.send_signal(stop)
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("", "")
    assert process.returncode in (code, -stop)
    assert list(folder.iterdir()) == []
