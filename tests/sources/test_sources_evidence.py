"""Cells that programs wrote are known at sight, and settle what a closer look at them would."""

from __future__ import annotations

import polars as pl
import pytest

from mlmkpi.settings import InputOptions
from mlmkpi.sources.evidence import choose, look, of_plain, plain
from mlmkpi.tables import Kind

TEXT = pl.col("text")
CELLS = {
    "integers": ["1", "-20", None], "decimals": ["1.5", "2", "-0.25"], "three decimals": ["1.234", "5.678"],
    "thousands": ["1.000", "2.000"], "nothing": [None, None], "comma": ["1,5"], "currency": ["$ 5"], "words": ["five"],
    "days": ["2026-12-31", None], "moments": ["2026-12-31T10:00"], "parts": ["31/12/2026"], "short": ["2026-1-5"],
}
PLAIN = {
    Kind.DATE: {"days", "nothing"}, Kind.INTEGER: {"integers", "thousands", "nothing"},
    Kind.MONEY: {"integers", "decimals", "three decimals", "thousands", "nothing"},
}


def column(name: str) -> pl.DataFrame:
    return pl.DataFrame({"text": CELLS[name]}, schema={"text": pl.String})


@pytest.mark.parametrize("kind", PLAIN)
def test_what_is_plain(kind: Kind) -> None:
    assert {name for name in CELLS if column(name).select(plain(TEXT, kind)).item()} == PLAIN[kind]


@pytest.mark.parametrize("options", [InputOptions(), InputOptions(decimal=","), InputOptions(date_format="day-first")])
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in PLAIN.items() for name in sorted(names)])
def test_at_sight_is_settled_what_a_closer_look_settles(kind: Kind, name: str, options: InputOptions) -> None:
    seen = look(column(name).lazy(), TEXT, kind)
    assert choose(of_plain(kind), options, ",", whole=False) == choose(seen, options, ",", whole=False)
