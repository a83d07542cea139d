"""What a sum holds: columns of money are looked through before they are summed, so that no sum wraps round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import narwhals as nw

from mlmkpi.books.export import Export
from mlmkpi.books.expressions import LARGEST, Expr
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Engine, Frame
from mlmkpi.errors import DataError

ROWS = "_n"
"""How many rows were looked through, beside their extremes."""


def hold(export: Export, rows: Frame, columns: Mapping[str, str]) -> None:
    """Raise DataError where what a column of the rows comes to is more than a sum holds.

    `columns` says where each of them comes from, as `table.column`. The rows are gone through, so materialised.
    """
    found = export.engine.collect(rows.select(*extremes(columns))).row(0, named=True)
    refuse_beyond(export, rows, found, columns)


def extremes(columns: Collection[str]) -> list[Expr]:
    """What `refuse_beyond` wants to know of the columns."""
    lows = [nw.col(name).min().alias(f"{name}:low") for name in columns]
    highs = [nw.col(name).max().alias(f"{name}:high") for name in columns]
    return [*lows, *highs, nw.len().alias(ROWS)]


def refuse_beyond(export: Export, rows: Frame, found: Mapping[str, Any], columns: Mapping[str, str]) -> None:
    """As `hold`, with the extremes found; only where these allow it are the rows added up."""
    for name, source in columns.items():
        largest = max(abs(found[f"{name}:{end}"] or 0) for end in ("low", "high"))
        most = largest * found[ROWS]
        if most > LARGEST:
            most = _total(export.engine, rows, name)
        if most > LARGEST:
            raise _beyond(f"{source} comes to more than can be summed", most, "it is the right column")
        export.held[source] = max(most, export.held.get(source, 0))


def hold_together(export: Export, columns: Mapping[str, tuple[Frame, str]]) -> None:
    """Raise DataError where columns that are added to each other come to more than a sum holds, all together.

    Each was looked through under its `table.column`; only where what was found allows it are the rows added up, of
    which it is the column named beside them.
    """
    if sum(export.held[source] for source in columns) <= LARGEST:
        return
    total = sum(_total(export.engine, rows, name) for rows, name in columns.values())
    if total > LARGEST:
        *others, last = columns
        what = f"{', '.join(others)} and {last} come to more than can be summed together"
        raise _beyond(what, total, "they are the right columns")


def _total(engine: Engine, rows: Frame, name: str) -> float:
    """What a column comes to without its signs."""
    return float(engine.collect(rows.select(nw.col(name).cast(nw.Float64).abs().sum())).item() or 0)


def _beyond(what: str, total: float, right: str) -> DataError:
    return DataError(
        what,
        (("got", f"about {total / SCALE / 1e12:,.0f} trillion in all"),
         ("expected", "amounts that come to less than 922 trillion in all"),
         ("fix", f"see whether {right} of the export")),
    )
