"""Units' histories put together from their cells: in arrays, a place a unit, where ids lie close together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines import Engine, Frame
from mlmkpi.engines.lookup import ends

UNIT, CELL, LATEST = "unit", "cell", "latest"
PEOPLE = 2**32
"""What LATEST counts days in: the rest is a person's id and one, 0 for nobody."""
NEAR = 2
"""How many times as many places as rows an array may have."""


def grouped(
    engine: Engine, cells: Frame, other: Sequence[str], words: Sequence[str], latest: Mapping[str, int]
) -> Frame:
    """See `Engine.histories`: by groups."""
    seen = {name: nw.when(nw.col(CELL) < count).then(nw.col(LATEST)) for name, count in latest.items()}
    rows = cells.with_columns(expr.alias(name) for name, expr in seen.items()) if seen else cells
    sums = [*(nw.col(name).sum() for name in words), *(nw.col(name).max() for name in latest)]
    found = engine.group(rows, UNIT, {}, other, sums)
    people = [engine.latest_person(nw.col(name)).alias(name) for name in latest]
    return found.with_columns(*people) if people else found


def laid(
    cells: pl.LazyFrame, words: Sequence[str], latest: Mapping[str, int], person: type[pl.DataType]
) -> pl.DataFrame | None:
    """The same in arrays; None where the units' ids do not lie close together."""
    units = cells.select(UNIT).collect(engine="streaming")[UNIT]
    if not units.dtype.is_integer() or units.is_empty():
        return None
    low, high = ends(units)
    size = high - low + 1
    if size > NEAR * len(units) + 1_000_000:
        return None
    seen, sums = np.zeros(size, dtype=np.bool_), {name: np.zeros(size, dtype=np.int64) for name in words}
    seen[units.to_numpy() - low] = True
    some = np.flatnonzero(seen)
    for batch in cells.select(UNIT, *words).collect_batches(engine="streaming"):
        at = batch[UNIT].to_numpy().astype(np.intp) - low
        for name, sum_ in sums.items():
            np.add.at(sum_, at, batch[name].to_numpy())
    found = {name: pl.Series(name, sum_.take(some)) for name, sum_ in sums.items()}
    for name, packed in _latest(cells, low, size, latest):
        people = pl.Series(name, (packed.take(some) & (PEOPLE - 1)) - 1).cast(person)
        found[name] = people.set(people < 0, None)
    return pl.DataFrame({UNIT: pl.Series(some + low, dtype=units.dtype), **found})


def _latest(
    cells: pl.LazyFrame, low: int, size: int, latest: Mapping[str, int]
) -> Iterable[tuple[str, NDArray[np.int64]]]:
    """For each name what was LATEST for each unit in so many of the first cells, 0 for nothing."""
    if not latest:
        return
    rows = cells.select(UNIT, CELL, LATEST).filter(pl.col(LATEST).is_not_null()).collect(engine="streaming")
    names = sorted(latest, key=latest.__getitem__)
    which = np.searchsorted([latest[name] for name in names], rows[CELL].to_numpy(), side="right").astype(np.uint16)
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(names) + 1))
    at, packed = rows[UNIT].to_numpy(), rows[LATEST].to_numpy()
    running = np.zeros(size, dtype=np.int64)
    for name, first, end in zip(names, edges[:-1], edges[1:], strict=True):
        here = order[first:end]
        np.maximum.at(running, at[here].astype(np.intp) - low, packed[here])
        yield name, running
