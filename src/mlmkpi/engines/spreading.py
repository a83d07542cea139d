"""A frame's rows by span: a frame a span, or where queries are small one of all spans, quicker to set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame

Rows = TypeVar("Rows", pl.DataFrame, pl.LazyFrame)
MANY = 4_000_000
"""So many rows of all spans are many."""
Spans = Sequence[tuple[int, Mapping[str, nw.Expr]]]


def apart(frame: Frame, spans: Spans, keep: Sequence[str]) -> list[Frame]:
    """A frame a span."""
    made = ((span, frame.select("unit", *(expr.alias(name) for name, expr in of.items()))) for span, of in spans)
    return [nw.from_native(_numbered(nw.to_native(rows), span, keep)) for span, rows in made]


def together(frame: Frame, spans: Spans, keep: Sequence[str], collect: Callable[[Frame], pl.DataFrame]) -> Frame:
    """One frame, every expression worked out once however many spans have it.

    Rows are made at once unless they are many: a plan of thousands of spans takes longer than its rows.
    """
    exprs = {id(expr): expr for _, of in spans for expr in of.values()}
    places = {key: f"_{at}" for at, key in enumerate(exprs)}
    wide = collect(frame.select("unit", *(expr.alias(places[key]) for key, expr in exprs.items())))
    columns = [(span, {name: places[id(expr)] for name, expr in of.items()}) for span, of in spans]
    if wide.height * len(spans) > MANY:
        rows = wide.lazy()
        return nw.from_native(pl.concat(_numbered(rows.select("unit", **of), span, keep) for span, of in columns))
    known = {column.name: column for column in wide.get_columns()}
    return nw.from_native(pl.concat(_numbered(_picked(known, of), span, keep) for span, of in columns).lazy())


def _picked(known: Mapping[str, pl.Series], names: Mapping[str, str]) -> pl.DataFrame:
    """Some columns under other names, beside the unit: to select them takes longer the more others there are."""
    return pl.DataFrame({"unit": known["unit"], **{name: known[at] for name, at in names.items()}})


def _numbered(rows: Rows, span: int, keep: Sequence[str]) -> Rows:
    """The rows that are kept, with the number of their span."""
    return rows.filter(pl.any_horizontal(*keep)).with_columns(pl.lit(span, dtype=pl.Int32).alias("span"))
