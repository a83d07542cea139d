"""The Result as a JSON array of rows: keys in the frame's order, null for what is not a number, never NaN."""

from __future__ import annotations

from io import BytesIO

import polars as pl
from polars import selectors

from mlmkpi.pipeline.result import Result


def render_json(result: Result) -> str:
    """One row a line; dates in ISO form, floats in their shortest form that reads back the same."""
    return json_text(result.frame)


def json_text(frame: pl.DataFrame) -> str:
    """Any frame so."""
    lines = json_lines(frame)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def json_lines(frame: pl.DataFrame) -> str:
    """The rows alone, with a comma between them."""
    out = BytesIO()
    floats = selectors.float()
    frame = frame.with_columns(pl.when(floats.is_finite()).then(floats))
    frame.write_ndjson(out)
    return out.getvalue().decode().rstrip("\n").replace("\n", ",\n")
