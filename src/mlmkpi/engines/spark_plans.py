"""The physical plans of what a run does on Spark, for those who tune it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from typing import Any

_PLANS: ContextVar[list[str] | None] = ContextVar("_PLANS", default=None)


@contextmanager
def watched() -> Iterator[list[str]]:
    """A list that fills with the plan of every step that Spark runs inside the block, in order."""
    plans: list[str] = []
    token = _PLANS.set(plans)
    try:
        yield plans
    finally:
        _PLANS.reset(token)


def note(native: Any) -> None:
    """Write down a frame's plan where somebody watches."""
    plans = _PLANS.get()
    if plans is not None:
        text = io.StringIO()
        with redirect_stdout(text):
            native.explain(mode="formatted")
        plans.append(text.getvalue().strip())
