"""What a check found in the exports: how often, where, and what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from mlmkpi.period import from_day_number
from mlmkpi.sources.discretion import quoted
from mlmkpi.tables import Column, Kind, Table

Severity = Literal["error", "warning", "info"]


def cell_text(column: Column, cell: Any) -> str | None:
    """A typed cell as text; what is private is never shown."""
    if cell is None or column.is_private:
        return None
    if column.kind is Kind.DATE:
        return from_day_number(cell).isoformat()
    if column.kind is Kind.MONEY:
        return f"{Decimal(cell).scaleb(-4):.4f}".rstrip("0").rstrip(".")
    return quoted(str(cell), column.kind)


def key_text(table: Table, key: Sequence[str], row: Mapping[str, Any]) -> str | None:
    """What a row's cells of the key say; None where they are empty."""
    return " / ".join(filter(None, (cell_text(table.column(name), row[name]) for name in key))) or None


@dataclass(frozen=True)
class Example:
    """One row that a finding stands on; `row` counts records from 1, header left out."""

    file: str | None
    row: int | None
    key: str | None
    value: str | None


@dataclass(frozen=True)
class Finding:
    """How many of the checked rows break a rule; `message` is one sentence for people."""

    table: str
    column: str | None
    rule: str
    severity: Severity
    count: int
    checked: int
    examples: tuple[Example, ...]
    message: str
