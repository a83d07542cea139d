"""What the registry says about a KPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oracle.calendar import Span
from oracle.figures import Block
from oracle.split import Split
from oracle.world import World

ANY = "person customer order"
LINES = f"{ANY} line"
WITHIN = ("value", "within_30", "within_60", "within_90")


def no_window(world: World) -> int:
    """The figure waits for nothing."""
    return 0


@dataclass(frozen=True)
class Kpi:
    """A KPI: how it is computed, the sides it can be split on, its statistics, and what in it reads orders.

    `window` is how many days it waits for an outcome; `always_year` gives its figure of a year before unasked;
    `last_only` is one figure a run, on the last period; `brings` names own dimensions that may be asked for as well.
    `table` is the one whose rows are counted, where they are rows of one: side `own` is its columns (named after
    `person`, only those that no distributor has).
    """

    compute: Callable[[World, Span, Split], list[Block]]
    sides: str = "person"
    statistics: tuple[str, ...] = ("value",)
    reads: str = "orders"
    window: Callable[[World], int] = no_window
    always_year: bool = False
    last_only: bool = False
    brings: tuple[str, ...] = ()
    table: str = ""
