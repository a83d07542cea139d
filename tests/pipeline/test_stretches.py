"""Sums by stretch of the tree are added up to one row each, however they come."""

from __future__ import annotations

from random import Random

import numpy as np
import polars as pl
import pytest

from mlmkpi.books.lineage import Lineage
from mlmkpi.genealogy import Tree
from mlmkpi.pipeline.stretches import Leaders

CHAIN = Lineage(pl.Series([7, 8, 9, 10], dtype=pl.Int32), Tree.of(np.array([-1, 0, 1, 2])))
TEAMS = Leaders.of(CHAIN, lambda ids: ids.cast(pl.String), 1, whole=False, with_leader=True)


@pytest.mark.parametrize("seed", range(30))
def test_several_rows_of_a_stretch_are_added_up(seed: int) -> None:
    draw = Random(seed)
    keys = [(draw.choice((2, 0, 1)), draw.choice(("a", "b")), draw.randrange(TEAMS.count)) for _ in range(12)]
    keys = draw.choice((keys, sorted(keys), sorted(set(keys)), list(dict.fromkeys(keys))))
    schema = {"span": pl.Int32, "market": pl.String, "team": pl.Int32}
    frame = pl.DataFrame(keys, schema, orient="row").with_columns(n=pl.int_range(pl.len()))
    found = TEAMS.by_span(frame, ["n"])
    wanted = frame.group_by("span", "market", "team").agg(pl.col("n").sum())
    assert found.sort("span", "market", "team").equals(wanted.sort("span", "market", "team"))
    assert found["span"].is_sorted()
    assert {span: rows.height for span, rows in TEAMS.laid(found).items()} == dict(wanted.group_by("span").len().rows())


def test_teams_are_told_by_the_numbers_of_their_leaders() -> None:
    own = pl.DataFrame({"span": 0, "team": pl.Series([0, 2], dtype=pl.Int32), "n": [5, 30]})
    assert TEAMS.names.to_list() == ["7", "8", "9"]
    assert TEAMS.teams(own, ["span", "team"]).select("team", "n").rows() == [(0, 35), (1, 30), (2, 30)]
