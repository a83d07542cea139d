"""The command line: parse, one call of the library, one write. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (by default that of the process) and give its exit code."""
    from mlmkpi.cli.running import run

    # A fit's matrices are a handful of numbers, over which the threads of linear algebra would wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return run(arguments)
