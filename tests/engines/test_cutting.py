"""Orders cut into their lines' pieces by places in arrays come out as they do by joins."""

from __future__ import annotations

from random import Random

import narwhals as nw
import polars as pl
import pytest

from mlmkpi.books.lines import ORDER, joined_pieces
from mlmkpi.engines.polars import PolarsEngine

NAMES = ("order.product", "order.category")


def made(seed: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Orders and lines: in any order, of unknown orders, without an id or a value, several of one value."""
    draw = Random(seed)
    spread, labels = draw.choice((1, 1, 10**6)), draw.choice((2, 5, 200))
    ids = [None if draw.random() < 0.05 else at * spread for at in range(40)]
    orders = pl.DataFrame({
        ORDER: ids, "sale": [draw.random() < 0.8 for _ in ids], "amount": [draw.randint(-5, 5) for _ in ids],
        "cell": [draw.randint(0, 3) for _ in ids], "buyer": [draw.choice((None, 1, 2)) for _ in ids],
    }, schema_overrides={ORDER: pl.Int32})
    rows = [
        (draw.choice((None, *range(45))), draw.choice((None, *map(str, range(labels)))), draw.choice((None, "a", "b")),
         draw.choice((None, *range(-3, 9))), draw.choice((None, *range(-3, 9))))
        for _ in range(draw.choice((0, 1, 120)))
    ]
    types = {ORDER: pl.Int32, **dict.fromkeys(NAMES, pl.String), "amount": pl.Int64, "quantity": pl.Int64}
    lines = pl.DataFrame(rows, schema=types, orient="row").with_columns((pl.col(ORDER) * spread).alias(ORDER))
    if draw.random() < 0.3:
        orders, lines = (frame.with_columns(pl.col(ORDER).cast(pl.String)) for frame in (orders, lines))
    return orders.lazy(), lines.lazy()


@pytest.mark.parametrize("seed", range(60))
def test_pieces_are_those_of_joins(seed: int, engine: PolarsEngine) -> None:
    draw = Random(-seed)
    orders, lines = map(nw.from_native, made(seed))
    names, whole, merged = draw.choice((NAMES, NAMES[:1], NAMES[1:])), draw.random() < 0.5, draw.random() < 0.7
    sums = draw.choice((["amount"], ["amount", "quantity"]))
    lines = lines.select(ORDER, *names, *sums)
    found = engine.collect(engine.cut(orders, lines, ORDER, names, sums, whole=whole, merged=merged))
    joined = engine.collect(joined_pieces(engine, orders, lines, names, sums, whole=whole, merged=merged))
    known = found.with_columns(pl.col(name).cast(pl.String) for name in names)
    assert known.select(joined.columns).sort(joined.columns).equals(joined.sort(joined.columns))


def test_lines_are_put_beside_their_orders(engine: PolarsEngine) -> None:
    orders, lines = map(nw.from_native, made(3))
    found = engine.collect(engine.beside(lines.select(ORDER, "quantity"), orders, ORDER))
    joined = engine.collect(lines.select(ORDER, "quantity").join(orders, on=ORDER, how="inner"))
    assert found.select(joined.columns).sort(joined.columns).equals(joined.sort(joined.columns))
