"""Histories put together in arrays are those of groups."""

from __future__ import annotations

from random import Random

import narwhals as nw
import polars as pl
import pytest

from mlmkpi.engines import histories
from mlmkpi.engines.polars import PolarsEngine

WORDS = ("sale_0", "twice_0")


def cells(draw: Random) -> pl.LazyFrame:
    """A row a unit, cell and attribute: days grow with the cells, and a cell may have no sale, a sale no seller."""
    spread = draw.choice((1, 10**7))
    rows = []
    for unit in range(draw.choice((1, 30))):
        for cell in range(5):
            for _ in range(draw.randint(0, 2)):
                packed = (100 * (cell + 1) + draw.randrange(100)) * 2**32 + draw.choice((0, 1, 7))
                rows.append((unit * spread, cell, draw.choice((None, packed)), draw.randint(0, 9), draw.randint(0, 1)))
    names = ("unit", "cell", "latest", *WORDS)
    schema = dict(zip(names, (pl.Int64, pl.Int32, pl.Int64, pl.Int64, pl.Int64), strict=True))
    return pl.LazyFrame(draw.sample(rows, len(rows)), schema=schema, orient="row")


@pytest.mark.parametrize("seed", range(40))
def test_arrays_give_what_groups_give(seed: int, engine: PolarsEngine) -> None:
    draw = Random(seed)
    rows, words = cells(draw), WORDS[: draw.randint(0, 2)]
    latest = {f"latest_{day}": draw.randint(0, 5) for day in draw.sample(range(9), draw.randint(0, 4))}
    found = engine.collect(engine.histories(nw.from_native(rows), [], words, latest))
    grouped = engine.collect(histories.grouped(engine, nw.from_native(rows), [], words, latest))
    assert found.select(grouped.columns).sort("unit").equals(grouped.sort("unit"))
