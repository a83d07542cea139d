"""Ratios of sums: the place where units come back and the one division is made, and the interval round it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.books.expressions import LARGEST
from mlmkpi.books.spans import Schedule
from mlmkpi.facts.base import Measure
from mlmkpi.kpi import Block, Interval, Kpi, Part, Ratio, Unit
from mlmkpi.pipeline.constant import constant
from mlmkpi.pipeline.figure_parts import block_of, stands_apart
from mlmkpi.pipeline.jobs import Jobs, is_squared
from mlmkpi.pipeline.joins import full_join
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.sums import pair_name
from mlmkpi.statistics.intervals import linear, six_digits, wilson

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
FEW = 2**9
"""So many people are few: intervals of shares among fewer are looked up where there are many."""
FLOATS = 2**53
"""Whole numbers up to here are floats exactly."""
NOBODY = "nothing to divide by: the denominator is 0"
NOT_ABOVE = "the denominator is not above 0"


def ratio_rows(
    one: Planned, part: Part, jobs: Jobs, block: Block, keys: list[str], schedule: Schedule
) -> pl.DataFrame:
    """A statistic's figures by the keys; beside the main one, parts that count a subset of people have an interval."""
    if part.denominator is not None and part.denominator.per:
        return _parted(one, part, part.denominator, jobs, block, keys)
    squares = _squares(one, part, schedule)
    sums = _sums(one, part, jobs, block, keys, squares)
    if part.name != "value":
        if len(keys) > 1 and (part.denominator or stands_apart(part, one.figure)):
            sums = _occurring(sums, part)
        sums = _of_total(sums, one, part, keys, block)
        found = _divided(sums, part)
        if one.kpi.interval is Interval.WILSON:
            found = _interval(found, one, part, schedule)
        return _without(found, "_n", "_d")
    if len(keys) > 1:
        sums = _occurring(sums, part)
    sums = _of_total(sums, one, part, keys, block)
    sums, parts = _capped(one, sums)
    found = _interval(_divided(sums, part, parts), one, part, schedule, squares)
    return _without(found, "_n", "_d", *squares)


def _without(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    return frame[[name for name in frame.columns if name not in names]]


def _of_total(sums: pl.DataFrame, one: Planned, part: Part, keys: list[str], block: Block) -> pl.DataFrame:
    """For shares, the denominator is that of all cells of the figure's own split."""
    if not (isinstance(one.figure, Ratio) and one.figure.of_total) or part.denominator is None:
        return sums
    return sums.with_columns(pl.col("_d").sum().over([name for name in keys if name not in block]))


def _sums(
    one: Planned, part: Part, jobs: Jobs, block: Block, keys: list[str], squares: list[str]
) -> pl.DataFrame:
    """`_n` and `_d` (whole numbers) by the keys, and the squares; what one fact has and the other lacks is 0 there."""
    totals = jobs.of(one.kpi, part.numerator.fact, block).totals
    names, above = [*keys, *squares], pl.col(part.numerator.name).alias("_n")
    if part.denominator is None:
        return totals.select(*names, above, pl.lit(None, dtype=pl.Int64).alias("_d"))
    below = pl.col(part.denominator.name).alias("_d")
    if jobs.key(one.kpi, part.numerator.fact, block) == jobs.key(one.kpi, part.denominator.fact, block):
        return totals.select(*names, above, below)
    others = jobs.of(one.kpi, part.denominator.fact, block).totals.select(*keys, below)
    return full_join(totals.select(*names, above), others, keys)


def _squares(one: Planned, part: Part, schedule: Schedule) -> list[str]:
    """The columns of squares that the figure's interval is made of, where it is."""
    if part.name != "value" or part.denominator is None or not is_squared(one.kpi.interval, schedule):
        return []
    return [f"{pair_name((part.numerator, part.denominator))}:{of}" for of in ("n", "yy", "xy", "xx")]


def _parted(
    one: Planned, part: Part, below: Measure, jobs: Jobs, block: Block, keys: list[str]
) -> pl.DataFrame:
    """The figures where each row of the denominator is divided by a number of its own: fractions to the last."""
    totals = jobs.of(one.kpi, below.fact, block_of(below, block)).totals
    due: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    for *key, per, found in totals.select(*keys, below.per, below.name).iter_rows():
        due[tuple(key)] += Fraction(found, int(per) * below.scale)
    totals = jobs.of(one.kpi, part.numerator.fact, block).totals.select(*keys, part.numerator.name)
    rows: list[tuple[object, ...]] = []
    for *key, found in totals.iter_rows():
        n, d = Fraction(found * part.times, part.numerator.scale), due[tuple(key)]
        note = None if d > 0 else NOT_ABOVE if d else NOBODY
        rows.append((*key, float(n), float(d), float(n / d) if d > 0 else None, note, part.name))
    schema: dict[str, pl.DataType] = {name: totals.schema[name] for name in keys}
    schema |= dict.fromkeys(("numerator", "denominator", "value"), pl.Float64())
    return pl.DataFrame(rows, {**schema, "note": pl.String(), "statistic": pl.String()}, orient="row")


def _occurring(sums: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Without the cells that nobody and nothing is counted in; money may be 0 where orders make up for each other."""
    if (part.denominator or part.numerator).scale != 1:
        return sums
    return sums.filter((pl.col("_n") != 0) | (pl.col("_d").fill_null(0) != 0))


def _capped(one: Planned, sums: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """For a cap, the numerator is cap × denominator − numerator; and how many of its parts make one of a measure's.

    They may be so many parts that the numbers take the widest integers.
    """
    cap = one.figure.cap if isinstance(one.figure, Ratio) else None
    if cap is None:
        return sums, 1
    above, below = (pl.col(name).cast(pl.Int128) for name in ("_n", "_d"))
    left = cap.numerator * below - cap.denominator * above
    return sums.with_columns(left.alias("_n"), below), cap.denominator


def _divided(sums: pl.DataFrame, part: Part, parts: int = 1) -> pl.DataFrame:
    """Numerator, denominator and value in a person's units; numerators are counted in `parts` of the measure's."""
    above, below = part.numerator.scale * parts, part.denominator.scale if part.denominator else 1
    n, d = _times(sums["_n"], part.times), sums["_d"]
    rows = sums.height
    found = [divided("numerator", n, above), constant("statistic", part.name, pl.String(), rows)]
    note = constant("note", None, pl.String(), rows)
    if part.denominator is None:
        denominator = constant("denominator", None, pl.Float64(), rows)
        return sums.hstack([*found, denominator, divided("value", n, above), note])
    top, bottom = (n, _times(d, above // below)) if above % below == 0 else (_times(n, below // above), d)
    value, least = divided("value", top, bottom), d.min()
    if isinstance(least, int) and least <= 0:
        value, note = value.set(d <= 0, None), note.set(d == 0, NOBODY).set(d < 0, NOT_ABOVE)
    return sums.hstack([*found, divided("denominator", d, below), value, note])


def _times(whole: pl.Series, times: int) -> pl.Series:
    """So many times the numbers, as the widest integers where they need it, which Polars multiplies by their like."""
    if times == 1:
        return whole
    low, high = whole.min(), whole.max()
    if isinstance(low, int) and isinstance(high, int) and max(-low, high) * times > LARGEST:
        whole = whole.cast(pl.Int128)
    return whole * times if whole.dtype != pl.Int128 else whole * pl.Series([times], dtype=pl.Int128)


def divided(name: str, above: pl.Series, below: pl.Series | int) -> pl.Series:
    """Whole numbers divided once, to the nearest float: Polars multiplies by the reciprocal of a scalar instead.

    Numbers that a float does not hold exactly are divided as Python's; by 0 there is no quotient then.
    """
    if not all(map(_exact_as_float, (above, below))):
        others = [below] * len(above) if isinstance(below, int) else below.to_list()
        pairs = zip(above.to_list(), others, strict=True)
        found = [None if n is None or not d else n / d for n, d in pairs]
        return pl.Series(name, found, dtype=pl.Float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = above.to_numpy() / (below if isinstance(below, int) else below.to_numpy())
    return pl.Series(name, quotient, dtype=pl.Float64)


def _exact_as_float(whole: pl.Series | int) -> bool:
    """Whether a float holds every one of these numbers; a column of wide integers is not looked through."""
    if isinstance(whole, int):
        return abs(whole) <= FLOATS
    if whole.dtype == pl.Int128:
        return False
    low, high = whole.min(), whole.max()
    return not (isinstance(low, int) and isinstance(high, int)) or (low >= -FLOATS and high <= FLOATS)


def _interval(
    frame: pl.DataFrame, one: Planned, part: Part, schedule: Schedule, squares: Sequence[str] = ()
) -> pl.DataFrame:
    """The 95 % interval, null where the value is."""
    kind = one.kpi.interval
    if kind is Interval.NONE or part.denominator is None or frame.is_empty():
        return frame
    n, d = frame["_n"].to_numpy(), frame["_d"].to_numpy()
    ends = list[Floats]()
    if squares:
        sums = [frame[name].fill_null(0).to_numpy() for name in squares]
        unit = part.times * part.denominator.scale / part.numerator.scale
        least, most = _bounds(one.kpi, part)
        ends = [six_digits(np.clip(end * unit, least, most)) for end in linear(sums[0], n, d, *sums[1:])]
    if kind in (Interval.WILSON, Interval.MONTHLY):
        shares = shares_ends(n, d)
        if ends:
            month = frame["span"].is_in([s.index for s in schedule.spans if len(s.months) <= 1]).to_numpy()
            shares = [np.where(month, share, end) for share, end in zip(shares, ends, strict=True)]
        ends = shares
    return frame.hstack([
        pl.Series(name, end, nan_to_null=True) for name, end in zip(("low", "high"), ends, strict=True)
    ])


def _bounds(kpi: Kpi, part: Part) -> tuple[float, float]:
    """Between which figures an interval lies: a share of people between none and all, points on their scale."""
    if kpi.interval is Interval.POINTS:
        return -part.times, part.times
    share = kpi.unit is Unit.RATE and kpi.interval in (Interval.MONTHLY, Interval.CLUSTERED)
    return (0, 1) if share else (-np.inf, np.inf)


def shares_ends(n: Ints, d: Ints) -> list[Floats]:
    """Both ends of Wilson's intervals to six digits; of small numbers worked out once for each pair.

    >>> [end.tolist() for end in shares_ends(np.array([3, 1]), np.array([10, 1]))]
    [[0.107791, nan], [0.603222, nan]]
    """
    if len(n) < FEW**2:
        return [six_digits(end) for end in wilson(n, d)]
    few = (n >= 0) & (n <= d) & (d < FEW)
    at = n[few] * FEW + d[few]
    seen = np.zeros(FEW**2, dtype=np.bool_)
    seen[at] = True
    pairs = np.flatnonzero(seen)
    known, others = wilson(pairs // FEW, pairs % FEW), wilson(n[~few], d[~few])
    ends = []
    for of_pair, other in zip(known, others, strict=True):
        laid, end = np.empty(FEW**2), np.empty(len(n))
        laid[pairs] = six_digits(of_pair)
        end[few], end[~few] = laid.take(at), six_digits(other)
        ends.append(end)
    return ends
