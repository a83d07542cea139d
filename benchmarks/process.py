"""Measuring whole processes: wall time and peak memory, start-up and all."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = str(Path(sys.executable).parent / "mlmkpi")
_PER_MIB = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Case:
    """A command; `leaves_out` says what it does not do that mlmkpi does."""

    name: str
    command: tuple[str, ...]
    leaves_out: str = ""


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of all processors, and MiB of memory at the peak."""

    seconds: float
    busy: float
    mib: float


def measure(command: Sequence[str], output: Path) -> Cost:
    """Run a command once, its stdout in a file. Raises RuntimeError where it fails."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, os.fspath(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, os.fspath(output.with_suffix(".err")), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    usual = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), usual, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"{' '.join(command)} failed: {output.with_suffix('.err').read_text()[-2000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _PER_MIB)


def best(costs: Sequence[Cost]) -> Cost:
    """The fastest run, and the highest peak of any."""
    return Cost(
        min(cost.seconds for cost in costs), min(cost.busy for cost in costs), max(cost.mib for cost in costs)
    )
