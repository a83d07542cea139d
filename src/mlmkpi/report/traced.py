"""The rows behind a figure: as a page for people, and as data."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from rich.text import Text

from mlmkpi.pipeline.trace import Trace
from mlmkpi.report.data import FORMATS, data_bytes
from mlmkpi.report.format import sum_text, value_text
from mlmkpi.report.labels import clean, label_text
from mlmkpi.report.styled_text import BOLD, DIM, printed, wrapped

NARROWEST = 60


def render_trace(trace: Trace, form: str, *, title: str, width: int, colour: bool, top: int) -> bytes:
    """The trace as a table of its `top` rows with the largest contributions, or every row as json, csv or parquet."""
    if form in FORMATS:
        return data_bytes(trace.frame, form, trace.definition)
    return printed(_page(trace, title, width, top), width=width, colour=colour).encode()


def proof(trace: Trace) -> str:
    """What the rows come to, in a sentence."""
    rows = f"{trace.frame.height:,} row{'s' * (trace.frame.height != 1)}"
    if not trace.adds_up:
        return f"{rows}: the figure is taken from their values, it is not a sum of them"
    told = f"{rows}: their contributions sum to {sum_text(trace.total)}"
    if trace.value is None and trace.note and not trace.apart:
        return f"{told}, of which no figure is made"
    same = "the sum behind the figure" if trace.apart else f"the figure's {trace.side}"
    return f"{told}, exactly {same}"


def _page(trace: Trace, title: str, width: int, top: int) -> Iterator[Text]:
    value = "" if trace.value is None else f" = {value_text(trace.value, trace.unit)}"
    yield Text(f"{title}, {label_text(trace.period)}{value}", BOLD)
    yield from (Text(f"  {line}", DIM) for line in wrapped(f"{trace.side}: {trace.counted}", width - 2))
    yield Text()
    yield from _rows(trace.frame, max(width, NARROWEST), top)
    more = trace.frame.height - top
    if more > 0:
        yield Text(f"  … and {more:,} more: --top {trace.frame.height}, or all of them with --format csv", DIM)
    yield Text()
    yield from (Text(f"  {line}") for line in wrapped(proof(trace), width - 2))
    if trace.note:
        yield from (Text(f"  {line}", DIM) for line in wrapped(trace.note, width - 2))


def _rows(frame: pl.DataFrame, width: int, top: int) -> Iterator[Text]:
    """The rows with the largest contributions: where they stand, their id and dimensions, what they contribute."""
    shown = frame.sort(pl.col("contribution").abs(), descending=True, maintain_order=True)[:top]
    split = [name for name in frame.columns if name not in ("kpi", "period", "side", "table", "file", "row")]
    cells = [["in the export", *split]]
    cells += [[_place(row), *(_cell(row[name]) for name in split)] for row in shown.iter_rows(named=True)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(cells[0]))]
    room = width - 2 - sum(widths[1:]) - 2 * (len(widths) - 1)
    widths[0] = max(min(widths[0], room), 12)
    for number, line in enumerate(cells):
        first = line[0] if len(line[0]) <= widths[0] else "…" + line[0][1 - widths[0]:]
        middle = "  ".join(text.ljust(size) for text, size in zip([first, *line[1:-1]], widths, strict=False))
        yield Text(f"  {middle}  {line[-1]:>{widths[-1]}}", "" if number else DIM)


def _place(row: dict[str, object]) -> str:
    """Where a row stands; its table where the file is not known."""
    if row["row"] is None:
        return f"{row['table'] or 'in no table'}"
    return f"{clean(str(row['file']))} row {row['row']}"


def _cell(value: object) -> str:
    return sum_text(value) if isinstance(value, float) else "" if value is None else clean(str(value))
