"""The cells of a file that do not fit what their column is, those that were rounded, and those that are not there."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mlmkpi.sources.cells import any_bad, as_text
from mlmkpi.sources.parsed import raw
from mlmkpi.sources.part import ROW
from mlmkpi.sources.reader import Reader

_NONE = pl.LazyFrame(schema={ROW: pl.UInt32, "text": pl.String, "rounded": pl.Boolean})


def misfits(reader: Reader, names: Sequence[str]) -> list[str]:
    """Which of these columns have a cell that does not fit; each is looked through once."""
    failed, known = (reader.parsed.failed, reader.parsed.columns) if reader.parsed else (set(), set())
    native = [name for name in names if name not in known]
    bad = {name: reader.native(name).bad for name in native if name not in reader.misfit}
    looks = [expr.any().alias(name) for name, expr in bad.items() if expr is not None]
    seen = reader.part.frame.select(looks).collect(engine="streaming").row(0, named=True) if looks else {}
    reader.misfit |= {name: bool(seen.get(name)) for name in bad}
    return [name for name in names if name in failed or (name in native and reader.misfit[name])]


def odd_cells(reader: Reader, name: str) -> pl.LazyFrame:
    """The records whose cell in the column does not fit (`text`), or was rounded (`rounded`)."""
    if reader.parsed is not None and name in reader.parsed.columns:
        frame = reader.parsed.frame
        if raw(name) not in frame.collect_schema():
            return _NONE
        return frame.filter(pl.col(raw(name)).is_not_null()).select(
            ROW, text=pl.col(raw(name)), rounded=pl.col(name).is_not_null()
        )
    cell = reader.native(name)
    if cell.bad is None:
        return _NONE
    frame = reader.part.frame.with_row_index(ROW, 1).filter(cell.bad)
    return frame.select(ROW, text=as_text(reader.cells(name), reader.dtype(name)), rounded=pl.lit(False))


def empty_cells(reader: Reader, names: Sequence[str]) -> dict[str, int]:
    """By column, how many records have nothing in it, of those that fit."""
    looks = [pl.col(name).is_null().sum() for name in names]
    found = reader.run(lambda: _near_empty(reader, names).select(looks).collect(engine="streaming"))
    return {name: int(count) for name, count in found.row(0, named=True).items()}


def _near_empty(reader: Reader, names: Sequence[str]) -> pl.LazyFrame:
    """The records in which any of the columns may be empty, as their file's own statistics soon tell."""
    parsed = reader.parsed
    if parsed is not None and parsed.columns.issuperset(names):
        bad = parsed.bad(names)
        return parsed.frame if bad is None else parsed.frame.filter(~bad)
    cells = {name: reader.native(name) for name in names}
    bad = any_bad(cells.values())
    frame = reader.part.frame.filter(pl.any_horizontal(_may_be_empty(reader, name) for name in names))
    frame = frame if bad is None else frame.filter(~bad)
    return frame.select(cell.value.alias(name) for name, cell in cells.items())


def _may_be_empty(reader: Reader, name: str) -> pl.Expr:
    """Of texts all that begin with white space, of which some lies behind ASCII, as a no-break space does."""
    cell = reader.cells(name)
    if reader.dtype(name) != pl.String:
        return cell.is_null()
    return cell.is_null() | (cell < "!") | (cell > "~")
