"""Rows with one key: equal ones count once, different ones contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from mlmkpi.sources import Finding
from mlmkpi.validate.lookups import Lookups, hashed
from mlmkpi.validate.rows import PLACE, Rows
from mlmkpi.validate.rule import Rule


def key_findings(rows: Rows, lookups: Lookups) -> Iterator[Finding]:
    """What is wrong with a table's key; nothing for tables without one."""
    if not rows.key or not _repeats(rows, lookups):
        return
    required = [name for name in rows.key if rows.source.table.column(name).required] or [rows.key[0]]
    known = pl.all_horizontal(pl.col(required).is_not_null())
    columns = [name for name in rows.source.table.names if name in rows.readable]
    keys = rows.source.scan(rows.key).filter(known).group_by(rows.key).len().filter(pl.col("len") > 1)
    repeated = keys.select(rows.key).collect(engine="streaming").lazy()
    among = rows.source.scan(columns).join(repeated, on=rows.key, how="semi", nulls_equal=True)
    distinct = among.select(columns).unique().group_by(rows.key).len()
    differing = distinct.filter(pl.col("len") > 1).select(rows.key).collect(engine="streaming").lazy()
    held = rows.frame(columns).join(repeated, on=rows.key, how="semi", nulls_equal=True)
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


def _repeats(rows: Rows, lookups: Lookups) -> bool:
    """Whether two rows may have one key: they may where their hashes are equal."""
    if rows.key == rows.source.table.key and len(rows.key) == 1:
        hashes = lookups.sorted_ids(rows.source.table.name)
    else:
        text = pl.concat_str(pl.col(rows.key).cast(pl.String).fill_null(""), separator="\0")
        found = rows.source.scan(rows.key).select(hashed(text).alias("hash")).collect(engine="streaming")
        hashes = np.sort(found["hash"].to_numpy())
    return bool((hashes[1:] == hashes[:-1]).any())
