"""The Result: one tidy frame of figures, and the run it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

COLUMNS: dict[str, pl.DataType] = {
    "kpi": pl.String(), "period": pl.String(), "period_start": pl.Date(), "period_end": pl.Date(),
    "numerator": pl.Float64(), "denominator": pl.Float64(), "value": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "unit": pl.String(), "previous": pl.Float64(), "change": pl.Float64(),
    "year_ago": pl.Float64(), "target": pl.Float64(), "status": pl.String(), "complete": pl.Boolean(),
    "statistic": pl.String(), "definition": pl.String(), "note": pl.String(),
}
FIGURES = ("numerator", "denominator", "value", "low", "high")
"""The columns that are null where a figure is."""
TEXT = pl.Categorical()
"""What text is while rows are made, and handed on: few texts, each in many rows."""
PERIOD_COLUMNS = 4
"""The dimensions stand after the columns that say which KPI and period a row is of."""


@dataclass(frozen=True)
class Result:
    """What `compute` gives.

    `frame` has the columns of `COLUMNS`, with a text column a dimension after `period_end`. `hints` and `warnings` are
    lines for people: how the run was understood, and what is wrong with the export. `left_out` says of each KPI of the
    default set that has no row what the export lacks for it, `lacking` of each that was asked for and is null.
    """

    frame: pl.DataFrame
    by: tuple[str, ...]
    every: str
    as_of: date
    settings: Mapping[str, object]
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)


def schema(dimensions: tuple[str, ...], text: pl.DataType | None = None) -> dict[str, pl.DataType]:
    """The columns of a Result with these dimensions, in order; text as such a type where one is given."""
    names = list(COLUMNS)
    head, tail = names[:PERIOD_COLUMNS], names[PERIOD_COLUMNS:]
    columns = [*head, *dimensions, *tail]
    types = {name: COLUMNS.get(name, pl.String()) for name in columns}
    return {name: text if text and dtype == pl.String else dtype for name, dtype in types.items()}
