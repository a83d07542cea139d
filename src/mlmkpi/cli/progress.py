"""What is under way, on a terminal's stderr and only after a second: a quick run shows nothing."""

from __future__ import annotations

import os
import sys
import time
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mlmkpi.cli.interrupts import hear_signals
from mlmkpi.report.terminal import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PATIENCE = 1.0


class Progress:
    """A context manager to be called with what is being done; outside a terminal it says nothing. Signals end it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bar: Bar | None = None
        self._now = ("", 0, 0)
        self._began = time.monotonic()
        self._timer: Timer | None = None

    def __enter__(self) -> Self:
        hear_signals()
        if is_terminal(sys.stderr, os.environ):
            self._timer = Timer(PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, text: str, rows: int = 0, total: int = 0) -> None:
        """Say what is under way, and how many rows of how many where that is known."""
        with self._lock:
            self._now = (text, rows, total)
            self._update()

    def _show(self) -> None:
        from mlmkpi.cli.bar import moving_line

        bar = moving_line(self._began)
        with self._lock:
            if self._timer is not None:
                bar.add_task("", total=None, rows="")
                self._bar = bar
                self._update()
                bar.start()

    def _update(self) -> None:
        if self._bar is not None:
            text, rows, total = self._now
            told = rows_text(rows, total)
            self._bar.update(
                self._bar.task_ids[0], description=text, completed=rows, total=total or None, rows=told
            )


def rows_text(rows: int, total: int) -> str:
    """How far the rows are.

    >>> rows_text(6_812_000, 10_204_551), rows_text(1200, 0), rows_text(0, 0)
    ('6.8 of 10.2 million rows', '1,200 rows', '')
    """
    if not rows:
        return ""
    if max(rows, total) >= 1_000_000:
        far = f"{rows / 1e6:.1f}"
        return f"{far} of {total / 1e6:.1f} million rows" if total else f"{far} million rows"
    return f"{rows:,} of {total:,} rows" if total else f"{rows:,} rows"
