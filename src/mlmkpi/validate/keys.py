"""Rows with one key: equal ones count once, different ones contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.sources import Finding
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule


def key_findings(rows: Rows) -> Iterator[Finding]:
    """What is wrong with a table's key; nothing for tables without one."""
    key, engine = rows.key, rows.engine
    if not key or not engine.repeats(rows.table.name, key):
        return
    columns = [name for name in rows.table.names if name in rows.readable]
    repeated = engine.kept(_several(rows.scan(key).filter(*_known(rows)), key))
    among = engine.having(rows.scan(columns), repeated, key)
    differing = engine.kept(_several(among.select(*columns).unique(), key))
    held = engine.having(rows.placed(columns), repeated, key)
    word = " and ".join(key)
    yield from _counted(
        rows, engine.having(held, differing, key),
        Rule("differing-rows", key[0], nw.lit(True), f"different rows with one {word}", "error"),
    )
    yield from _counted(
        rows, engine.later(engine.having(held, differing, key, others=True), key),
        Rule("duplicate-row", key[0], nw.lit(True), f"a row that repeats one with its {word}; it is counted once"),
    )


def _known(rows: Rows) -> list[nw.Expr]:
    """Whether the parts of a key that a row cannot do without are there."""
    required = [name for name in rows.key if rows.table.column(name).required] or [rows.key[0]]
    return [~nw.col(name).is_null() for name in required]


def _several(frame: Frame, key: tuple[str, ...]) -> Frame:
    """The keys that stand in several rows."""
    return frame.group_by(*key).agg(nw.len().alias("len")).filter(nw.col("len") > 1).select(*key)


def _counted(rows: Rows, broken: Frame, rule: Rule) -> Iterator[Finding]:
    count = int(rows.engine.collect(broken.select(nw.len())).item())
    if count:
        yield rows.shown(rule, count, broken)
