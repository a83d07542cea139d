"""Which rows of a Result people are shown: a KPI's last complete period, its largest segments, their past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from mlmkpi.period import Period
from mlmkpi.pipeline.result import COLUMNS, Result

MOST = 20
FEW, MANY_KPIS = 3, 8
"""Beside more KPIs than MANY_KPIS, a KPI shows but so many of the segments that it brings itself, and of each no more
than its figure; where it brings several splits, the largest segments of each, one at least."""
Known = dict[date, tuple[bool, bool]]
"""By the day that a period starts on, whether a KPI's rows are complete, and whether one has a figure."""


@dataclass(frozen=True)
class Order:
    """How many segments are shown at most, and which come first: the largest, the highest, or those that rose most."""

    top: int = MOST
    sort: str = "size"


@dataclass(frozen=True)
class Point:
    """A figure in one period of its past."""

    value: float | None
    low: float | None
    high: float | None
    complete: bool


@dataclass(frozen=True)
class Row:
    """A figure that is shown; `own` are the labels of the dimensions `split` that the KPI brings itself."""

    statistic: str
    own: tuple[str, ...]
    split: tuple[str, ...]
    unit: str
    numerator: float | None
    denominator: float | None
    value: float | None
    low: float | None
    high: float | None
    previous: float | None
    change: float | None
    year_ago: float | None
    target: float | None
    status: str
    note: str | None
    past: tuple[Point | None, ...]

    @property
    def size(self) -> tuple[bool, float, float]:
        """What ranks a segment: how much stands behind it, then its value."""
        nothing = float("-inf")
        value = nothing if self.value is None else self.value
        return self.statistic == "value", value if self.denominator is None else self.denominator, value


@dataclass(frozen=True)
class Segment:
    """The rows of one combination of the dimensions asked for; so many `more`, of its own segments, are not shown."""

    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int


@dataclass(frozen=True)
class Block:
    """A KPI's rows in the period it is shown for."""

    kpi: str
    period: Period
    at: int
    segments: tuple[Segment, ...]
    more: int
    complete: bool
    empty: bool


@dataclass(frozen=True)
class Choice:
    """What is shown: the Result's periods, which of them is the one, and the KPIs in report order, few or `many`."""

    periods: tuple[Period, ...]
    at: int
    ended: bool
    many: bool
    blocks: tuple[Block, ...]


def choose(result: Result, order: Order) -> Choice | None:
    """The rows to show; None where the Result has none."""
    frame = result.frame
    if frame.is_empty():
        return None
    spans = frame.select("period_start", "period_end", "period").unique().sort("period_start").rows()
    periods = tuple(Period(*span) for span in spans)
    ended = [at for at, period in enumerate(periods) if period.end <= result.as_of]
    at = ended[-1] if ended else len(periods) - 1
    by_kpi, known = frame.partition_by("kpi", maintain_order=True), _known(frame)
    many = len(by_kpi) > MANY_KPIS
    own = [_own_period(known[rows["kpi"][0]], periods, at) for rows in by_kpi]
    blocks = [_block(rows, result.by, periods, shown, order, many) for rows, shown in zip(by_kpi, own, strict=True)]
    return Choice(periods, at, bool(ended), many, tuple(blocks))


def _block(
    frame: pl.DataFrame, by: tuple[str, ...], periods: tuple[Period, ...], at: int, order: Order, many: bool
) -> Block:
    now, more = _largest(frame.filter(pl.col("period_start") == periods[at].start), by, order)
    brought = [name for name in frame.columns if name not in COLUMNS and name not in by]
    keys = [*by, *brought, "statistic"]
    past = _past(frame.join(now, on=keys, how="semi", nulls_equal=True) if more else frame, keys, periods)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for record in now.iter_rows(named=True):
        labels = tuple(str(record[name]) for name in by if record[name] is not None)
        groups.setdefault(labels, []).append(_row(record, brought, past[tuple(record[key] for key in keys)]))
    segments = tuple(_segment(labels, rows, many) for labels, rows in groups.items())
    empty = frame["value"].null_count() == frame.height
    return Block(frame["kpi"][0], periods[at], at, segments, more, now["complete"].all(), empty)


def _known(frame: pl.DataFrame) -> dict[str, Known]:
    """What is known of each KPI's periods."""
    complete, figure = pl.col("complete").all(), pl.col("value").is_not_null().any()
    found: dict[str, Known] = {}
    for kpi, start, whole, some in frame.group_by("kpi", "period_start").agg(complete, figure).iter_rows():
        found.setdefault(kpi, {})[start] = (whole, some)
    return found


def _own_period(found: Known, periods: tuple[Period, ...], shown: int) -> int:
    """The KPI's last period up to the one shown that is complete and has a figure; else a complete one.

    Without any, the one shown or its latest.
    """
    earlier = [at for at in range(shown, -1, -1) if found.get(periods[at].start, (False, False))[0]]
    for at in earlier:
        if found[periods[at].start][1]:
            return at
    if earlier:
        return earlier[0]
    return shown if periods[shown].start in found else max(
        at for at, period in enumerate(periods) if period.start in found
    )


def _largest(now: pl.DataFrame, by: tuple[str, ...], order: Order) -> tuple[pl.DataFrame, int]:
    """The rows of the first segments, in order where one is asked for or some are left out, and how many are."""
    if not by or (order.sort == "size" and now.select(by).n_unique() <= order.top):
        return now, 0
    main = pl.col("statistic") == "value"
    by_size = pl.coalesce("denominator", "value") if order.sort == "size" else pl.col(order.sort)
    size = by_size.filter(main).max().alias("size")
    figure = pl.col("value").filter(main).max().alias("figure")
    ranked = now.group_by(by, maintain_order=True).agg(size, figure).sort(
        "size", "figure", descending=True, nulls_last=True, maintain_order=True
    )
    kept = ranked[:order.top].select(by)
    rows = kept.join(now, on=by, how="left", nulls_equal=True, maintain_order="left_right")
    return rows, max(ranked.height - order.top, 0)


def _past(
    frame: pl.DataFrame, keys: list[str], periods: tuple[Period, ...]
) -> Mapping[tuple[object, ...], tuple[Point | None, ...]]:
    found: dict[tuple[object, ...], list[Point | None]] = {}
    place = {period.start: at for at, period in enumerate(periods)}
    columns = [*keys, "period_start", "value", "low", "high", "complete"]
    for *key, start, value, low, high, complete in frame[columns].iter_rows():
        points = found.setdefault(tuple(key), [None] * len(periods))
        points[place[start]] = Point(value, low, high, complete)
    return {key: tuple(points) for key, points in found.items()}


def _row(record: Mapping[str, Any], brought: Iterable[str], past: tuple[Point | None, ...]) -> Row:
    split = tuple(name for name in brought if record[name] is not None)
    own = tuple(str(record[name]) for name in split)
    figures = {one.name: record[one.name] for one in fields(Row) if one.name not in ("own", "split", "past")}
    return Row(own=own, split=split, past=past, **figures)


def _segment(labels: tuple[str, ...], rows: list[Row], many: bool) -> Segment:
    """The main figure first, then further statistics, then the segments that the KPI brings itself."""
    main = [row for row in rows if not row.own and row.statistic == "value"]
    others = [row for row in rows if not row.own and row.statistic != "value"]
    brought: dict[tuple[str, ...], dict[tuple[str, ...], list[Row]]] = {}
    for row in rows:
        if row.own:
            brought.setdefault(row.split, {}).setdefault(row.own, []).append(row)
    most = max(FEW // max(len(brought), 1), 1) if many else MOST
    kept = [group for groups in brought.values() for group in _largest_groups(list(groups.values()), most)]
    own = [row for group in kept for row in (_figure(group) if many else group)]
    shown = (*main, *others, *own)
    return Segment(labels, shown, len(rows) - len(shown))


def _figure(group: list[Row]) -> list[Row]:
    """A segment's figure without further statistics, where it has one."""
    return [row for row in group if row.statistic == "value"] or group


def _largest_groups(groups: list[list[Row]], most: int) -> list[list[Row]]:
    """All groups as they stand, or where they are too many the largest first."""
    if len(groups) <= most:
        return groups
    return sorted(groups, key=lambda group: max(row.size for row in group), reverse=True)[:most]
