"""Seasons: what a calendar month is like beside the year around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from mlmkpi.books.spans import Schedule
from mlmkpi.declaration import SCALE
from mlmkpi.kpi import Figure, Ratio
from mlmkpi.period import from_day_number

MONTH = "month"
WHOLE_MONTHS = 24
HALF = 6


def seasonal_rows(frame: pl.DataFrame, keys: Sequence[str], schedule: Schedule) -> pl.DataFrame:
    """From sums by `month` (its place among the whole months) to an index a calendar month, within the keys.

    The index is the mean, over the years, of the month's sum ÷ the 2×12 centred mean round it, where that is above 0;
    `numerator` is the sum of these ratios, `denominator` how many there are. Null with fewer than 24 whole months.
    """
    months = [from_day_number(first).month for first, _ in schedule.whole_months]
    schema: dict[str, pl.DataType] = {name: frame.schema[name] for name in keys}
    schema |= {MONTH: pl.String(), **dict.fromkeys(("numerator", "denominator", "value"), pl.Float64())}
    schema |= {"statistic": pl.String(), "note": pl.String()}
    rows: list[tuple[object, ...]] = []
    if len(months) >= WHOLE_MONTHS:
        wholes = (pl.col("numerator") * SCALE).round().cast(pl.Int64)
        for *key, places, found in frame.group_by(keys).agg(pl.col(MONTH).cast(pl.Int64), wholes).iter_rows():
            sums = dict(zip(places, found, strict=True))
            for month, ratios in sorted(_ratios([sums.get(at, 0) for at in range(len(months))], months).items()):
                above, below = _added(ratios)
                years = len(ratios)
                rows.append((*key, str(month), above / below, float(years), above / (below * years), "value", None))
    if not rows:
        last, nothing = schedule.shown[-1], [None] * (len(keys) - 1)
        rows = [(last, *nothing, None, None, None, None, "value", f"needs {WHOLE_MONTHS} whole months")]
    return pl.DataFrame(rows, schema=schema, orient="row")


def in_calendar_months(frame: pl.DataFrame, figure: Figure, schedule: Schedule) -> pl.DataFrame:
    """A seasonal figure's rows by the calendar month, in place of a month's place among the whole ones."""
    if not (isinstance(figure, Ratio) and figure.seasonal and MONTH in frame.columns):
        return frame
    months = {str(at): str(from_day_number(first).month) for at, (first, _) in enumerate(schedule.whole_months)}
    return frame.with_columns(pl.col(MONTH).cast(pl.String).replace(months))


def _ratios(sums: Sequence[int], months: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """By calendar month, each year's sum ÷ the mean of the twelve months round it, half of the ends counted.

    >>> _ratios([100] * 6 + [200] + [100] * 6, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1])
    {7: [(4800, 2600)]}
    """
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at in range(HALF, len(sums) - HALF):
        around = sums[at - HALF : at + HALF + 1]
        twice = 2 * sum(around) - around[0] - around[-1]
        if twice > 0:
            found[months[at]].append((4 * HALF * sums[at], twice))
    return dict(found)


def _added(ratios: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """What quotients come to together, as one.

    >>> _added([(1, 2), (1, 3)])
    (5, 6)
    """
    above, below = 0, 1
    for part, whole in ratios:
        above, below = above * whole + part * below, below * whole
    return above, below
