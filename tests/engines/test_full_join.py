"""Frames put side by side in arrays are those of full joins, and of plain Python."""

from __future__ import annotations

from random import Random

import narwhals as nw
import polars as pl
import pytest

from mlmkpi.engines import full_join
from mlmkpi.engines.polars import PolarsEngine

TYPES = {"day": pl.Int32, "name": pl.Categorical, "much": pl.Float64}


def numbered(draw: Random, column: str, spread: int) -> dict[int, object]:
    """A value, or none, of some ids."""
    values = {"day": draw.randrange(9), "name": draw.choice("abc"), "much": draw.random()}
    ids = [spread * at for at in draw.sample(range(20), draw.randint(0, 15))]
    return {each: draw.choice((None, values[column])) for each in ids}


@pytest.mark.parametrize("seed", range(40))
def test_side_by_side(seed: int, engine: PolarsEngine) -> None:
    draw = Random(seed)
    spread = draw.choice((1, 10**8))
    columns = {column: numbered(draw, column, spread) for column in TYPES}
    frames = [
        nw.from_native(pl.LazyFrame({"unit": list(known), column: list(known.values())},
                                    schema={"unit": pl.Int64, column: TYPES[column]}))
        for column, known in columns.items()
    ]
    ids = sorted(set().union(*columns.values()))
    wanted = [(each, *(known.get(each) for known in columns.values())) for each in ids]
    for found in (engine.full_join(frames, "unit"), full_join.joined(frames, "unit")):
        assert engine.collect(found).select("unit", *TYPES).sort("unit").rows() == wanted
