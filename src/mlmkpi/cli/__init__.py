"""The command line: parse, one call of the library, one write. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (by default that of the process) and give its exit code."""
    from mlmkpi.cli.running import run
    from mlmkpi.cli.tuning import collect_rarely, tune

    tune(os.environ)
    if arguments is None:
        collect_rarely()
    return run(arguments)
