"""The as-of date of the exports, and the day their orders start."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import narwhals as nw

from mlmkpi.period import FAR_APART, first_after_slips
from mlmkpi.tables import HAPPENED
from mlmkpi.validate.lookups import Lookups


def as_of_and_start(lookups: Lookups) -> tuple[int | None, int | None]:
    """The as-of date and the day the orders start, as day numbers; None where nothing, or no order, is dated.

    The as-of date is the latest order date, else the latest date of anything that happened; one more than 31 days after
    the next one is passed over. So are orders more than ten years before the others where they start.
    """
    of_orders = _days(lookups, {"orders": lookups.readable.get("orders", frozenset())})
    found = of_orders or _days(lookups, lookups.readable)
    if len(found) > 1 and found[-1] - found[-2] > FAR_APART:
        found.pop()
    return found[-1] if found else None, first_after_slips(found) if of_orders else None


def _days(lookups: Lookups, dated: Mapping[str, AbstractSet[str]]) -> list[int]:
    """The distinct days in the tables' columns on which something happened, in order."""
    days = [
        lookups.engine.scan(table, [name]).select(nw.col(name).alias("day")).group_by("day").agg().select("day")
        for table, columns in dated.items()
        for name in sorted(columns & HAPPENED)
    ]
    if not days:
        return []
    return lookups.engine.collect(nw.concat(days).drop_nulls().unique())["day"].sort().to_list()
