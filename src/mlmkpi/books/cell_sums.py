"""Cells added up by periods: where each period is one cell, there is nothing to add."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Frame


def sums_of_days(
    books: Books, rules: OrderRules, unit: str, days: Mapping[int, tuple[int, int]], sums: Mapping[str, str]
) -> Frame:
    """`unit`, `span`, and columns of the units' cells by how they add up: one row a unit and span with such days."""
    parts = [(cell, span) for span, ends in days.items() for cell in books.timeline.cells_of(*ends)]
    spans = pl.DataFrame(parts, schema={"cell": pl.Int32, "span": pl.Int32}, orient="row")
    rows = books.cells(rules, unit).select("unit", "cell", *sums)
    rows = rows.join(books.engine.small(spans), on="cell", how="inner").drop("cell")
    if spans["span"].is_unique().all() and not books.want(rules).dimensions[unit]:
        return rows
    added = [getattr(nw.col(name), how)() for name, how in sums.items()]
    return books.engine.group(rows, "unit", {"span": len(books.schedule.spans)}, [], added)
