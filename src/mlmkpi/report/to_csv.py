"""The Result as CSV (RFC 4180), with an apostrophe before text that a spreadsheet would run."""

from __future__ import annotations

import polars as pl
from polars import selectors

from mlmkpi.pipeline.result import Result

FORMULA = r"^[=+\-@\t\r]"


def render_csv(result: Result) -> str:
    """A header and a row a figure; an empty cell is a null, floats are in their shortest form."""
    return csv_text(result.frame)


def csv_text(frame: pl.DataFrame, *, header: bool = True) -> str:
    """Any frame so; without the `header` the rows alone."""
    text, floats = selectors.string() | selectors.categorical(), selectors.float()
    frame = frame.with_columns(
        text.cast(pl.String).str.replace(FORMULA, "'$0"),
        pl.when(floats.is_finite()).then(floats),
    )
    return frame.write_csv(line_terminator="\r\n", include_header=header)
