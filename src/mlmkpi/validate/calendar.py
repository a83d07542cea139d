"""The as-of date of the exports, and from which day on a date lies in the future of the others."""

from __future__ import annotations

import narwhals as nw

from mlmkpi.period import FAR_APART
from mlmkpi.validate.declared import HAPPENED
from mlmkpi.validate.lookups import Lookups


def as_of_day(lookups: Lookups) -> int | None:
    """The latest order date, else the latest date of anything that happened, as a day number; None without one.

    A latest date more than 31 days after the next one is passed over.
    """
    ordered = "ordered_on" in lookups.readable.get("orders", ())
    dated = {"orders": frozenset({"ordered_on"})} if ordered else lookups.readable
    days = [
        lookups.engine.scan(table, [name]).select(nw.col(name).alias("day")).group_by("day").agg().select("day")
        for table, columns in dated.items()
        for name in sorted(columns & HAPPENED)
    ]
    if not days:
        return None
    found = lookups.engine.collect(nw.concat(days).drop_nulls().unique())["day"].sort(descending=True)
    if not len(found):
        return None
    alone = len(found) > 1 and found[0] - found[1] > FAR_APART
    return int(found[1] if alone else found[0])
