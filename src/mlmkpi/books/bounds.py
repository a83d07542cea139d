"""What a sum holds: columns of money are looked through before they are summed, so that no sum wraps round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import narwhals as nw

from mlmkpi.books.expressions import LARGEST, SCALE, Expr
from mlmkpi.engines import Engine, Frame
from mlmkpi.errors import DataError

ROWS = "_n"
"""How many rows were looked through, beside their extremes."""


def hold(engine: Engine, rows: Frame, columns: Mapping[str, str]) -> None:
    """Raise DataError where what a column of the rows comes to is more than a sum holds.

    `columns` says where each of them comes from, as `table.column`. The rows are gone through, so materialised.
    """
    found = engine.collect(rows.select(*extremes(columns))).row(0, named=True)
    refuse_beyond(engine, rows, found, columns)


def extremes(columns: Collection[str]) -> list[Expr]:
    """What `refuse_beyond` wants to know of the columns."""
    lows = [nw.col(name).min().alias(f"{name}:low") for name in columns]
    highs = [nw.col(name).max().alias(f"{name}:high") for name in columns]
    return [*lows, *highs, nw.len().alias(ROWS)]


def refuse_beyond(engine: Engine, rows: Frame, found: Mapping[str, Any], columns: Mapping[str, str]) -> None:
    """As `hold`, with the extremes found; only where these allow it are the rows added up."""
    for name, source in columns.items():
        largest = max(abs(found[f"{name}:{end}"] or 0) for end in ("low", "high"))
        if largest * found[ROWS] <= LARGEST:
            continue
        total = engine.collect(rows.select(nw.col(name).cast(nw.Float64).abs().sum())).item()
        if total > LARGEST:
            raise DataError(
                f"{source} comes to more than can be summed",
                (("got", f"about {total / SCALE / 1e12:,.0f} trillion in all"),
                 ("expected", "amounts that come to less than 922 trillion in all"),
                 ("fix", "see whether it is the right column of the export")),
            )
