"""Renderers: pure functions from a Result to one output each, and what they ask of a Result and of a KPI.

`render.render` gives any of them by its name. A renderer loads what it needs and no more: only `table` loads Rich.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


class ResultLike(Protocol):
    """What `compute` hands over: one tidy frame and the run it came from."""

    @property
    def frame(self) -> pl.DataFrame:
        """The rows, as the design lays them out."""
        ...

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions asked for."""
        ...

    @property
    def every(self) -> str:
        """How long a period is."""
        ...

    @property
    def as_of(self) -> date:
        """The last day that counts."""
        ...

    @property
    def settings(self) -> Mapping[str, object]:
        """What the run was set to."""
        ...

    @property
    def left_out(self) -> Mapping[str, str]:
        """What the export lacks, by KPI that has no row."""
        ...

    @property
    def lacking(self) -> Mapping[str, str]:
        """What the export lacks, by KPI whose rows are null."""
        ...


class KpiLike(Protocol):
    """What people are told of a KPI."""

    @property
    def title(self) -> str:
        """Its full name."""
        ...

    @property
    def short(self) -> str:
        """A name for narrow columns."""
        ...

    @property
    def family(self) -> str:
        """The section it stands in."""
        ...

    @property
    def better(self) -> str:
        """Which way is good: higher, lower, band or none."""
        ...
