"""Sums laid out in arrays are those of a group-by, whatever the ids, however little room there is."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from mlmkpi.engines import adding
from mlmkpi.engines.adding import Groups, added

KEYS, NAMES = 4, ("a", "b", "share")


def made(draw: Random, other: list[str]) -> tuple[list[pl.LazyFrame], pl.DataFrame]:
    """Rows of people, in some frames; and the groups of some of them."""
    spread = draw.choice((1, 10**7))
    people = range(0, 20 * spread, spread)
    groups = [(person, draw.randrange(5)) for person in people if draw.random() < 0.8]
    members = pl.DataFrame(groups, schema={"person": pl.Int64, "team": pl.Int32}, orient="row")
    texts = {name: (None, *("x", "y", "z")[: draw.randint(1, 3)]) for name in other}
    labels = draw.choice((pl.String(), pl.Enum(["z", "unheard of", "y", "x"])))
    schema = {"person": pl.Int64, "span": pl.Int32, "a": pl.Int64, "b": pl.Int64, "share": pl.Float64}
    frames = []
    for _ in range(draw.randint(1, 3)):
        rows = [
            (draw.choice((None, *people)), draw.choice((None, *range(KEYS))), draw.randint(-9, 9), draw.randint(0, 1),
             float(draw.randint(0, 4)), *(draw.choice(texts[name]) for name in other))
            for _ in range(draw.choice((0, 1, 60)))
        ]
        frames.append(pl.LazyFrame(rows, schema={**schema, **dict.fromkeys(other, labels)}, orient="row"))
    return frames, members


@pytest.mark.parametrize("seed", range(60))
def test_sums_are_those_of_a_group_by(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Random(seed)
    other = draw.choice(([], ["market"], ["rank", "market"]))
    frames, members = made(draw, other)
    names = NAMES[: draw.randint(0, 3)]
    monkeypatch.setattr(adding, "ROOM", draw.choice((1, 2**27)))
    found = added(frames, Groups.looked_up(members), "span", KEYS, other, names)
    rows = pl.concat(frames).collect().with_columns(pl.col(other).cast(pl.String))
    rows = rows.join(members, on="person", how="inner").drop_nulls("span")
    keys = ["span", *other, "team"]
    wanted = rows.group_by(keys).agg(pl.col(names).sum()).sort(keys, nulls_last=True)
    assert found is not None
    assert found.rows() == wanted.select(found.columns).rows()


def test_without_room_there_are_no_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    frames, members = made(Random(1), [])
    monkeypatch.setattr(adding, "MOST", 3)
    assert added(frames, Groups.looked_up(members), "span", KEYS, [], ["a"]) is None
