"""How a command line ended, and the environment that processes run in."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

PROGRAM = (sys.executable, "-c", "from mlmkpi.cli import main; raise SystemExit(main())")


@dataclass(frozen=True)
class Run:
    """Its exit code and what it said."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The process's environment without what decides on colour and width."""
    kept = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return kept | more
