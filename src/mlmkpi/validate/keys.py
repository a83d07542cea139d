"""Rows with one key: equal ones count once, different ones contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from mlmkpi.engines.ids import MISS, parsed
from mlmkpi.sources import Finding
from mlmkpi.validate.rows import PLACE, Rows
from mlmkpi.validate.rule import Rule

_SPARSEST = 8


def key_findings(rows: Rows) -> Iterator[Finding]:
    """What is wrong with a table's key; nothing for tables without one."""
    if not rows.key or not _repeats(rows):
        return
    required = [name for name in rows.key if rows.source.table.column(name).required] or [rows.key[0]]
    known = pl.all_horizontal(pl.col(required).is_not_null())
    columns = [name for name in rows.source.table.names if name in rows.readable]
    keys = rows.frame(rows.key).filter(known).group_by(rows.key).len().filter(pl.col("len") > 1)
    repeated = keys.select(rows.key).collect(engine="streaming").lazy()
    among = rows.frame(columns).join(repeated, on=rows.key, how="semi", nulls_equal=True)
    distinct = among.select(columns).unique().group_by(rows.key).len()
    differing = distinct.filter(pl.col("len") > 1).select(rows.key).collect(engine="streaming").lazy()
    held = rows.frame(columns, places=True).join(repeated, on=rows.key, how="semi", nulls_equal=True)
    word = " and ".join(rows.key)
    yield from _counted(
        rows, held.join(differing, on=rows.key, how="semi", nulls_equal=True),
        Rule("differing-rows", rows.key[0], pl.lit(True), f"different rows with one {word}", "error"),
    )
    alike = held.join(differing, on=rows.key, how="anti", nulls_equal=True)
    later = pl.int_range(pl.len()).over(rows.key, order_by=PLACE) > 0
    yield from _counted(
        rows, alike.select(*PLACE, *rows.key).filter(later),
        Rule("duplicate-row", rows.key[0], pl.lit(True), f"a row that repeats one with its {word}; it is counted once"),
    )


def _counted(rows: Rows, broken: pl.LazyFrame, rule: Rule) -> Iterator[Finding]:
    count = int(broken.select(pl.len()).collect(engine="streaming").item())
    if count:
        yield rows.shown(rule, count, broken)


def _repeats(rows: Rows) -> bool:
    """Whether two rows may have one key; where ids are dense integers a look at a bitmap tells."""
    frame = rows.frame(rows.key).select(rows.key)
    if len(rows.key) == 1:
        numbers = _numbers(frame.filter(pl.col(rows.key[0]).is_not_null()), rows.key[0])
        if numbers is not None:
            return _repeated(numbers)
    lengths = frame.group_by(rows.key).len()
    return bool(lengths.select((pl.col("len") > 1).any()).collect(engine="streaming").item())


def _numbers(frame: pl.LazyFrame, name: str) -> pl.Series | None:
    """The ids as integers, None where they are not made of one prefix and so many digits."""
    if frame.collect_schema()[name].is_integer():
        return frame.collect(engine="streaming")[name]
    first = frame.head(1).collect()[name]
    codec = parsed(first.to_list())
    if codec is None:
        return None
    numbers = frame.select(codec.encode(pl.col(name)).alias(name)).collect(engine="streaming")[name]
    return None if numbers.min() == MISS else numbers


def _repeated(numbers: pl.Series) -> bool:
    """Whether a number stands there twice."""
    low, high = numbers.min(), numbers.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return False
    if high - low > _SPARSEST * len(numbers) + 1_000_000:
        return bool(numbers.n_unique() < len(numbers))
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[numbers.to_numpy() - low] = True
    return int(np.count_nonzero(seen)) < len(numbers)
