"""The as-of date of the exports, and from which day on a date lies in the future of the others."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mlmkpi.sources import Exports
from mlmkpi.validate.declared import HAPPENED

_GAP = 31


def as_of_day(exports: Exports, readable: Mapping[str, frozenset[str]]) -> int | None:
    """The latest order date, else the latest date of anything that happened, as a day number; None without one.

    A latest date more than 31 days after the next one is passed over.
    """
    if "ordered_on" in readable.get("orders", ()):
        return _last(exports, {"orders": frozenset({"ordered_on"})})
    return _last(exports, readable)


def _last(exports: Exports, readable: Mapping[str, frozenset[str]]) -> int | None:
    days = [
        exports.tables[table].scan([name]).select(pl.col(name).alias("day")).group_by("day").len().select("day")
        for table, columns in readable.items()
        for name in sorted(columns & HAPPENED)
    ]
    if not days:
        return None
    found = pl.concat(days).drop_nulls().unique().collect(engine="streaming")["day"].sort(descending=True)
    if not len(found):
        return None
    alone = len(found) > 1 and found[0] - found[1] > _GAP
    return int(found[1] if alone else found[0])
