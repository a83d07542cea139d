"""Orders cut into their lines' pieces on Polars: by places in arrays, as lines and orders are about as many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.lookup import PLACED, at_places, placed

KEPT = "_kept"
Whole = NDArray[np.int64]
Places = NDArray[np.integer[Any]]


def cut(
    orders: pl.LazyFrame, lines: pl.LazyFrame, key: str, names: Sequence[str], sums: Sequence[str], *, whole: bool,
    merged: bool,
) -> pl.LazyFrame:
    """See `Engine.cut`; the `names` come as categories."""
    known = orders.drop_nulls(key).collect(engine="streaming")
    sold = pl.col(PLACED).map_batches(known["sale"].gather, return_dtype=pl.Boolean, is_elementwise=True)
    figures = {name: pl.col(name).fill_null(0) for name in sums}
    rows = placed(lines, key, known[key]).select(
        PLACED, *(pl.col(name).cast(pl.Categorical) for name in names),
        *(pl.when(sold).then(figure).otherwise(-figure.abs()).alias(name) for name, figure in figures.items()),
    ).collect(engine="streaming")
    if whole:
        rows = _with_rest(rows, known["amount"], names, sums)
    pieces = _together(rows, names, sums) if merged else rows.lazy()
    return at_places(pieces, known.drop(sums, strict=False))


def _with_rest(rows: pl.DataFrame, amount: pl.Series, names: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
    """Also what lines do not tell of an order's amount, as a row without a value."""
    rest = amount.to_numpy().copy()
    np.subtract.at(rest, rows[PLACED].to_numpy(), rows["amount"].to_numpy())
    some = np.flatnonzero(rest)
    left = {name: np.zeros(len(some), dtype=np.int64) for name in sums} | {"amount": rest[some]}
    more = pl.DataFrame({PLACED: some, **left}).with_columns(pl.lit(None).alias(name) for name in names)
    return pl.concat([rows, more.select(rows.columns).cast(rows.schema)]) if len(some) else rows


def _together(rows: pl.DataFrame, names: Sequence[str], sums: Sequence[str]) -> pl.LazyFrame:
    """A row an order and values: what a further one of the same tells is added to the first."""
    places, values = rows[PLACED].to_numpy(), _numbered(rows, names)
    some = np.flatnonzero(_may_repeat(places, values)[places])
    keys = places[some] * np.int64(int(values.max(initial=0)) + 1) + values[some]
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(np.diff(keys[order]) == 0) + 1
    if not len(again):
        return rows.lazy()
    runs = np.flatnonzero(np.append(True, np.diff(again) != 1))
    into = np.repeat(some[order[again[runs] - 1]], np.diff(np.append(runs, len(again))))
    further = some[order[again]]
    kept = np.ones(len(rows), dtype=np.bool_)
    kept[further] = False
    added = rows.with_columns(*(_added(rows[name], further, into) for name in sums), pl.Series(KEPT, kept))
    return added.lazy().filter(KEPT).drop(KEPT)


def _numbered(rows: pl.DataFrame, names: Sequence[str]) -> Places:
    """A number for the values under the names, the same for the same ones."""
    numbers: Places = np.zeros(1, dtype=np.int64)
    for name in names:
        codes = rows[name].to_physical()
        many = int(codes.max() or 0) + 2  # type: ignore[arg-type]
        numbers = numbers * many + codes.fill_null(many - 1).to_numpy()
    return numbers


def _may_repeat(places: Places, values: Places) -> NDArray[np.bool_]:
    """By order, whether two of its rows may have one value: no row does where as many bits are set as it has rows."""
    bits = np.zeros(int(places.max(initial=0)) + 1, dtype=np.uint64)
    np.add.at(bits, places, (np.uint64(1) << np.arange(64, dtype=np.uint64))[values % 64])
    found: NDArray[np.bool_] = np.bitwise_count(bits) != np.bincount(places, minlength=len(bits))
    return found


def _added(values: pl.Series, further: Places, into: Places) -> pl.Series:
    figures: Whole = values.to_numpy().copy()
    np.add.at(figures, into, figures[further])
    return pl.Series(values.name, figures)
