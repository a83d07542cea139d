"""Renderers: pure functions from a Result to one output each, and what they ask of a Result and of a KPI.

Import a renderer from its own module: only `table` loads Rich.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import polars as pl


class ResultLike(Protocol):
    """What `compute` hands over: one tidy frame and the run it came from."""

    @property
    def frame(self) -> pl.DataFrame: ...

    @property
    def by(self) -> tuple[str, ...]: ...

    @property
    def every(self) -> str: ...

    @property
    def as_of(self) -> date: ...

    @property
    def settings(self) -> Mapping[str, object]: ...


class KpiLike(Protocol):
    """What people are told of a KPI."""

    @property
    def title(self) -> str: ...

    @property
    def short(self) -> str: ...

    @property
    def family(self) -> str: ...

    @property
    def better(self) -> str: ...
