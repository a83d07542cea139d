"""The line that moves while something is under way; it loads Rich, so it is imported only when it is shown."""

from __future__ import annotations

import time

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from mlmkpi.engines import spark_stages

LENGTH = 24


class Known(BarColumn):
    """A bar where it is known how much there is to do; else nothing."""

    def render(self, task: Task) -> RenderableType:  # type: ignore[override]
        """The bar."""
        return Text() if task.total is None else super().render(task)


class Stages(ProgressColumn):
    """The stage that Spark is at, where it is in use."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """The stage after a dot."""
        stage = spark_stages.now()
        return Text(f"· {stage}" if stage else "", "dim")


class Elapsed(ProgressColumn):
    """Minutes and seconds since a moment."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    def render(self, task: Task) -> Text:
        """The time."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return Text(f"{minutes}:{seconds:02d}", "dim")


def moving_line(began: float) -> Progress:
    """A line on stderr for one task: its description, a bar, the field `rows`, Spark's stage, and the time."""
    columns = (
        TextColumn("{task.description}", markup=False), Known(LENGTH),
        TextColumn("{task.fields[rows]}", style="dim"), Stages(), Elapsed(began),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
