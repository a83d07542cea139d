"""Runs a company through the product and through the oracle, and tells where they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

import mlmkpi
from mlmkpi.settings import Settings
from mlmkpi.tables import TABLES, Kind
from oracle import Row, oracle

TYPES = {
    Kind.ID: pl.String(), Kind.DATE: pl.Date(), Kind.MONEY: pl.Decimal(18, 4), Kind.RATE: pl.Float64(),
    Kind.INTEGER: pl.Int64(), Kind.CODE: pl.String(), Kind.FLAG: pl.Boolean(), Kind.TEXT: pl.String(),
}
RUN = ("min_cell", "rank_ladder", "currency")


@dataclass(frozen=True)
class Case:
    """What is asked of both."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    kpis: tuple[str, ...]
    every: str = "month"
    by: tuple[str, ...] = ()
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    count: int | None = None
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    compare_year: bool = False
    definitions: Mapping[str, Any] = field(default_factory=dict)
    min_cell: int = 5
    rank_ladder: tuple[str, ...] = ()


def frames(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pl.DataFrame]:
    """Literal rows as typed frames; a column that no row has is absent."""
    return {name: _frame(name, rows) for name, rows in tables.items()}


def _frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    names = [name for name in TABLES[table].names if any(name in row for row in rows)]
    names += sorted({name for row in rows for name in row} - set(names))
    columns = {}
    for name in names:
        known = name in TABLES[table].names
        kind = TYPES[TABLES[table].column(name).kind] if known else pl.String()
        columns[name] = pl.Series(name, [row.get(name) for row in rows], dtype=kind, strict=False)
    return pl.DataFrame(columns)


def settings_of(case: Case) -> Settings:
    """The case's settings."""
    return Settings.model_validate({
        "definitions": {k: list(v) if isinstance(v, tuple) else v for k, v in case.definitions.items()},
        "min_cell": case.min_cell, "rank_ladder": list(case.rank_ladder),
    })


def product(case: Case, engine: Any = None) -> pl.DataFrame:
    """The product's Result."""
    return mlmkpi.compute(
        frames(case.tables), kpis=case.kpis, every=case.every, by=case.by, where=case.where, count=case.count,
        first=case.first, last=case.last, as_of=case.as_of, compare_year=case.compare_year,
        settings=settings_of(case), engine=engine,
    ).frame


def expected(case: Case) -> list[Row]:
    """The oracle's rows."""
    return oracle(
        case.tables, kpis=case.kpis, every=case.every, by=case.by, where=case.where, as_of=case.as_of,
        first=case.first, last=case.last, count=case.count, compare_year=case.compare_year,
        definitions=case.definitions, min_cell=case.min_cell, rank_ladder=case.rank_ladder,
    )


def differences(case: Case, engine: Any = None) -> list[str]:
    """Where the two differ, a line a row; empty where they agree."""
    return compared(expected(case), product(case, engine))


def compared(restated: Sequence[Row], frame: pl.DataFrame) -> list[str]:
    """Where the oracle's rows and a Result's differ, a line a row."""
    rows = {_key(row): row for row in restated}
    found = {_key_of(record): record for record in frame.iter_rows(named=True)}
    lines = [f"only in the oracle: {key} {_short(rows[key])}" for key in rows if key not in found]
    lines += [f"only in the product: {key} {_brief(record)}" for key, record in found.items() if key not in rows]
    for key in rows.keys() & found.keys():
        lines += [f"{key}: {line}" for line in _differing(rows[key], found[key])]
    return sorted(lines)


def _key(row: Row) -> tuple[Any, ...]:
    dims = tuple(sorted((name, value) for name, value in row.dims.items() if value is not None))
    return row.kpi, row.period, dims, row.statistic


def _key_of(record: Mapping[str, Any]) -> tuple[Any, ...]:
    from mlmkpi.pipeline.result import COLUMNS

    dims = tuple(sorted((k, v) for k, v in record.items() if k not in COLUMNS and v is not None))
    return record["kpi"], record["period"], dims, record["statistic"]


def _differing(row: Row, record: Mapping[str, Any]) -> list[str]:
    lines = []
    for name in ("numerator", "denominator", "value", "previous", "year_ago"):
        want, got = getattr(row, name), record[name]
        if (None if want is None else float(want)) != got:
            lines.append(f"{name} is {got}, the oracle has {None if want is None else float(want)} ({record['note']})")
    if _change(row) != record["change"]:
        lines.append(f"change is {record['change']}, the oracle has {_change(row)}")
    for name in ("low", "high"):
        want, got = getattr(row, name), record[name]
        if not _near(want, got):
            lines.append(f"{name} is {got}, the oracle has {want}")
    if row.complete != record["complete"]:
        lines.append(f"complete is {record['complete']}, the oracle has {row.complete}")
    if record["value"] is None and not record["note"]:
        lines.append("the value is null without a reason")
    return lines


def _change(row: Row) -> float | None:
    """The change as the difference of the two figures that stand beside it."""
    if row.change is None or row.value is None or row.previous is None:
        return None
    return float(row.value) - float(row.previous)


def _near(want: float | None, got: float | None) -> bool:
    if want is None or got is None:
        return want is None and got is None
    return math.isclose(want, got, rel_tol=1e-9, abs_tol=1e-15)


def _short(row: Row) -> str:
    return f"n={row.numerator} d={row.denominator} v={row.value} {row.null_reason or ''}"


def _brief(record: Mapping[str, Any]) -> str:
    return f"n={record['numerator']} d={record['denominator']} v={record['value']} {record['note'] or ''}"
