"""Tiny companies written out, and the figures of a KPI by what it is split by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from equal.compare import Case, product

Rows = Sequence[Mapping[str, Any]]
Key = tuple[str, ...] | str
KEPT = 32
_results: dict[str, pl.DataFrame] = {}


def day(text: str) -> date:
    """A day of 2026 as month and day, or a whole date."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def table(columns: str, *rows: Sequence[Any]) -> Rows:
    """Rows of a table by the names of its columns; days in text, money exact."""
    names = columns.split()
    return [{name: _cell(name, value) for name, value in zip(names, row, strict=True)} for row in rows]


def _cell(name: str, value: Any) -> Any:
    if name.endswith("_on") or name == "birth_date":
        return None if value is None else day(value)
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def figures(
    tables: Mapping[str, Rows], kpi: str, period: str, *, statistic: str = "value", column: str = "value",
    as_of: str = "2026-12-31", **asked: Any,
) -> dict[Key, Any]:
    """A figure of a period by the values of its dimensions (`()` for none), from a run of that KPI alone."""
    from mlmkpi.pipeline.result import COLUMNS

    case = Case(tables, (kpi,), as_of=day(as_of), **{"count": 14, **asked})
    found: dict[Key, Any] = {}
    for row in result(case).iter_rows(named=True):
        if row["period"] == period and row["statistic"] == statistic:
            split = tuple(v for k, v in row.items() if k not in COLUMNS and v is not None)
            found[split[0] if len(split) == 1 else split] = row[column]
    return found


def result(case: Case) -> pl.DataFrame:
    """The product's Result; the latest are kept, as most tests ask several figures of one run."""
    asked = repr(case)
    if asked not in _results:
        _results[asked] = product(case)
    for old in list(_results)[:-KEPT]:
        del _results[old]
    return _results[asked]


def figure(tables: Mapping[str, Rows], kpi: str, period: str, **asked: Any) -> Any:
    """The one figure of an unsplit KPI."""
    return figures(tables, kpi, period, **asked)[()]
