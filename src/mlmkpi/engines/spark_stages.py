"""Which stage Spark is at, for whoever shows it: asked for, so that nothing is asked of Spark where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stage:
    """A stage of a job: its number, and how many of its tasks are done.

    >>> str(Stage(3, 12, 40))
    'stage 3, 12 of 40 tasks'
    """

    number: int
    done: int
    tasks: int

    def __str__(self) -> str:
        return f"stage {self.number}, {self.done:,} of {self.tasks:,} tasks"


Look = Callable[[], Stage | None]
_LOOKS: list[Look] = []


def now() -> Stage | None:
    """The stage that a run of this process has reached; None where Spark is at nothing, or not in use."""
    with suppress(Exception):
        return _LOOKS[-1]() if _LOOKS else None
    return None


@contextmanager
def told(session: Any, *, connect: bool) -> Iterator[None]:
    """Let `now` tell of a session for as long as the block runs."""
    heard: list[Stage] = []

    def listen(stages: Iterable[Any] | None, **_: Any) -> None:
        heard[:] = [
            Stage(each.stage_id, each.num_completed_tasks, each.num_tasks) for each in stages or () if not each.done
        ]

    def look() -> Stage | None:
        return (heard[0] if heard else None) if connect else _local(session)

    if connect:
        session.registerProgressHandler(listen)
    _LOOKS.append(look)
    try:
        yield
    finally:
        _LOOKS.remove(look)
        if connect:
            session.removeProgressHandler(listen)


def _local(session: Any) -> Stage | None:
    """The first stage that this process's Spark is at."""
    tracker = session.sparkContext.statusTracker()
    for number in tracker.getActiveStageIds():
        found = tracker.getStageInfo(number)
        if found is not None:
            return Stage(number, found.numCompletedTasks, found.numTasks)
    return None
