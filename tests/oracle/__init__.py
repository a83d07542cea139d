"""An independent restatement of the KPI definitions in plain Python: slow, exact, and written without the product.

Loops, dates, fractions and dictionaries only. The tests compare every figure of the product with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from oracle.definitions import Definitions
from oracle.export import Export
from oracle.registry import KPIS
from oracle.rows import Desk, Row, find, rows_of
from oracle.split import Split
from oracle.world import World

__all__ = ["KPIS", "Row", "find", "oracle"]


def oracle(
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    kpis: Sequence[str],
    every: str = "month",
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    as_of: date | None = None,
    first: date | None = None,
    last: date | None = None,
    count: int | None = None,
    compare_year: bool = False,
    definitions: Mapping[str, Any] | None = None,
    min_cell: int = 5,
    rank_ladder: Sequence[str] = (),
    currency: str | None = None,
) -> list[Row]:
    """The rows of the KPIs, in the order asked for.

    Tables map canonical names to rows with canonical columns; a column no row has is absent from the export.
    `where` keeps rows of a split by its dimensions; `definitions` are the settings' parameters.
    """
    wanted = where or {}
    parameters = {"min_cell": min_cell, "rank_ladder": rank_ladder, **(definitions or {})}
    world = World(Export(tables), Definitions.of(parameters), every, as_of, currency)
    split = Split(world, [*by, *(name for name in wanted if name not in by)])
    spans = world.calendar.spans(first, last, count)
    rows = [row for name in kpis for row in rows_of(Desk(world, name, split), spans, compare_year)]
    return [row for row in rows if all(row.dims[name] in (None, *values) for name, values in wanted.items())]
