"""Rows and different units counted, and first days: in an array, or by integers put in order; no keys are hashed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from operator import xor

import numpy as np
import polars as pl

from mlmkpi.engines.lookup import ends, has_twice, is_narrow

KEY = "_key"
MOST = 2**26
"""How many counts an array is laid out for."""
LABELS = (pl.Categorical, pl.Enum)


def counted(rows: pl.LazyFrame, keys: Sequence[str], unit: str, name: str) -> pl.DataFrame:
    """By keys, how many different units there are, none of which is null, under the name."""
    schema = rows.collect_schema()
    if all(schema[key].is_integer() or isinstance(schema[key], LABELS) for key in (*keys, unit)):
        eager = rows.select(*keys, unit).collect(engine="streaming")
        found = None if eager.is_empty() else _ordered(eager, keys, unit, name)
        rows = eager.lazy()
        if found is not None:
            return found
    return rows.group_by(keys).agg(pl.col(unit).n_unique().alias(name)).collect(engine="streaming")


def tallied(rows: pl.DataFrame, unit: str, key: str, name: str) -> pl.DataFrame | None:
    """How many rows, under the name, each unit has by a count; None where there is no room for an array."""
    units = rows[unit]
    if not is_narrow(units):
        return None
    (low, high), (first, last) = ends(units), ends(rows[key])
    size = high - low + 1
    if size * (last - first + 1) > MOST:
        return None
    at = rows[key].to_numpy().astype(np.intp)
    at -= first
    at *= size
    at += units.to_numpy()
    counts = np.zeros(size * (last - first + 1), dtype=np.int32)
    np.add.at(counts, at - low, np.ones(len(at), dtype=np.int32))
    found = np.flatnonzero(counts)
    return pl.DataFrame({
        unit: pl.Series(found % size + low, dtype=units.dtype),
        key: pl.Series(found // size + first, dtype=rows[key].dtype), name: counts[found],
    })


def least(rows: pl.DataFrame, unit: str, day: str) -> pl.DataFrame | None:
    """The least of each unit's days, under their name; None where the units do not lie close together."""
    units, days = rows[unit], rows[day].to_numpy()
    if not is_narrow(units):
        return None
    low, high = ends(units)
    far = np.iinfo(days.dtype).max
    found = np.full(high - low + 1, far, dtype=days.dtype)
    np.minimum.at(found, units.to_numpy().astype(np.intp) - low, days)
    some = np.flatnonzero(found != far)
    return pl.DataFrame({unit: pl.Series(some + low, dtype=units.dtype), day: found[some]})


def has_repeats(rows: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether two rows have an equal key; those whose first column is null are left out."""
    if len(key) == 1 and rows[key[0]].dtype.is_integer():
        return has_twice(rows[key[0]].drop_nulls())
    known = rows.filter(pl.col(key[0]).is_not_null()).select(key)
    if len(key) > 1 and not may_repeat(known):
        return False
    distinct = known.lazy().select(pl.struct(key).n_unique() if len(key) > 1 else pl.col(key[0]).n_unique())
    return int(distinct.collect(engine="streaming").item()) < known.height


def may_repeat(rows: pl.DataFrame) -> bool:
    """Whether two rows have one hash, as rows that are equal do."""
    hashes = rows.select(pl.col(name).hash(seed).alias(name) for seed, name in enumerate(rows.columns))
    ordered = hashes.select(reduce(xor, map(pl.col, rows.columns)).alias(KEY))[KEY].sort(multithreaded=False)
    return bool((ordered == ordered.shift(1)).any())


def _ordered(rows: pl.DataFrame, keys: Sequence[str], unit: str, name: str) -> pl.DataFrame | None:
    """By one integer a row; None where there is no room in it."""
    columns = [rows[key].to_physical() for key in (*keys, unit)]
    lows, highs = zip(*(ends(column) if column.count() else (0, -1) for column in columns), strict=True)
    sizes = [high - low + 2 for low, high in zip(lows, highs, strict=True)]
    if prod(sizes) >= 2**63:
        return None
    kind = pl.UInt32 if prod(sizes) < 2**32 else pl.Int64
    packed = pl.lit(0, dtype=kind)
    for at, (low, size) in enumerate(zip(lows, sizes, strict=True)):
        step = (pl.col(f"{at}").cast(pl.Int64) - low + 1).fill_null(0).cast(kind)
        packed = packed * pl.lit(size, dtype=kind) + step
    named = pl.DataFrame([column.alias(f"{at}") for at, column in enumerate(columns)])
    numbers = named.lazy().select(packed.alias(KEY)).collect(engine="streaming")[KEY]
    groups = (numbers.sort().rle().struct.field("value") // sizes[-1]).rle().struct.unnest()
    rest, found = groups["value"], []
    for key, low, size in reversed(list(zip(keys, lows, sizes, strict=False))):
        step, rest = (rest % size).cast(pl.Int64), rest // size
        values = (step.set(step == 0, None) + (low - 1)).cast(columns[keys.index(key)].dtype)
        found.append((values.cat.to(rows.schema[key]) if isinstance(rows.schema[key], LABELS) else values).alias(key))
    return pl.DataFrame([*reversed(found), groups["len"].cast(pl.UInt32).alias(name)])
