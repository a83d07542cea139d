"""A Ctrl-C that compiled code swallows, as it does what is raised while an object goes, comes again."""

from __future__ import annotations

import subprocess
import sys

SWALLOWED = """
import signal, time
from mlmkpi.cli.interrupts import hear_signals, stopped

class Going:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

hear_signals()
try:
    Going()
    for _ in range(2000):
        time.sleep(0.01)
except KeyboardInterrupt:
    print("stopped", stopped())
"""
OTHER = SWALLOWED.replace("signal.raise_signal(signal.SIGINT)", "raise ValueError").replace("range(2000)", "range(1)")


TWICE = """
import signal
from mlmkpi.cli import main
from mlmkpi.cli.interrupts import hear_signals, stopped

hear_signals()
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    print("stopped", stopped())
raise SystemExit(main(["--version"]))
"""


def _ran(program: str) -> tuple[str, str]:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0
    return ended.stdout, ended.stderr


def test_a_swallowed_ctrl_c_comes_again_in_silence() -> None:
    assert _ran(SWALLOWED) == ("stopped 130\n", "")


def test_what_else_cannot_be_raised_is_told_as_ever() -> None:
    out, err = _ran(OTHER)
    assert out == ""
    assert "ValueError" in err


def test_a_signal_ends_one_run_and_not_the_next_of_the_process() -> None:
    assert _ran(TWICE) == ("stopped 143\nmlmkpi 0.1.0\n", "")
