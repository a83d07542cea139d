"""A frame's rows by span: a frame a span, or where queries are small one of all spans, quicker to set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame

Spans = Sequence[tuple[int, Mapping[str, nw.Expr]]]


def apart(frame: Frame, spans: Spans, keep: Sequence[str]) -> list[Frame]:
    """A frame a span."""
    made = ((span, frame.select("unit", *(expr.alias(name) for name, expr in of.items()))) for span, of in spans)
    return [nw.from_native(_numbered(nw.to_native(rows), span, keep)) for span, rows in made]


def together(frame: Frame, spans: Spans, keep: Sequence[str], collect: Callable[[Frame], pl.DataFrame]) -> Frame:
    """One frame, every expression worked out once however many spans have it."""
    exprs = {id(expr): expr for _, of in spans for expr in of.values()}
    places = {key: f"_{at}" for at, key in enumerate(exprs)}
    wide = collect(frame.select("unit", *(expr.alias(places[key]) for key, expr in exprs.items()))).lazy()
    return nw.from_native(pl.concat(
        _numbered(wide.select("unit", **{name: places[id(expr)] for name, expr in of.items()}), span, keep)
        for span, of in spans
    ))


def _numbered(rows: pl.LazyFrame, span: int, keep: Sequence[str]) -> pl.LazyFrame:
    """The rows that are kept, with the number of their span."""
    return rows.filter(pl.any_horizontal(*keep)).with_columns(pl.lit(span, dtype=pl.Int32).alias("span"))
