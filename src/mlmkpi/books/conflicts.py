"""What people are told of rows that differ under one key: which keys, where the first stands, how it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw
import polars as pl

from mlmkpi.engines import Engine, Frame
from mlmkpi.errors import DataError
from mlmkpi.sources import cell_text
from mlmkpi.tables import TABLES, Kind

SHOWN = 5
_WORDS = (Kind.CODE, Kind.TEXT)
"""Kinds whose cells are not quoted: in a row that is shifted they may be anybody's name."""


def conflict(engine: Engine, table: str, key: Sequence[str], keys: pl.DataFrame, rows: Frame) -> DataError:
    """Why a table stops the run: `keys` have different rows, and `rows` are the different ones of such keys."""
    shown = keys.sort(key).head(SHOWN)
    texts = _texts(engine, table, shown)
    ids = [" / ".join(filter(None, row)) for row in texts.iter_rows()]
    where = _where(engine, table, key, texts)
    many, lines = len(keys) != 1, "\nor add its rows up by order, where they are an order's lines"
    told = ", ".join(_differences(engine, table, engine.collect(rows.filter(*_is(shown)))))
    return DataError(
        f"{table} has different rows with one {' and '.join(key)}",
        (
            *((("where", where),) if where else ()),
            ("got", f"{len(keys):,} such key{'s' * many}: {', '.join(ids)}\n{ids[0]} differs in {told}"),
            ("expected", "one row a key; rows equal in every column count once"),
            ("fix", f"correct the export{lines * (table == 'orders')}\n"
                    "or leave all rows of such keys out: --bad-rows skip"),
        ),
    )


def _texts(engine: Engine, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table's columns of a frame as messages quote their cells."""
    columns = [TABLES[table].column(name) for name in frame.columns if name in TABLES[table].names]
    ids = {each.name for each in columns if each.kind is Kind.ID}
    frame = frame.with_columns(engine.decode(frame[name], f"{table}.{name}").alias(name) for name in ids)
    return pl.DataFrame(
        {each.name: [cell_text(each, cell) for cell in frame[each.name]] for each in columns},
        schema={each.name: pl.String for each in columns},
    )


def _is(key: pl.DataFrame) -> list[nw.Expr]:
    """Whether a row has the first of these keys."""
    return [nw.col(n).is_null() if cell is None else nw.col(n) == cell for n, cell in key.row(0, named=True).items()]


def _where(engine: Engine, table: str, key: Sequence[str], texts: pl.DataFrame) -> str:
    """Where the rows of the first key stand, if that is known; of a key of several columns it is not looked for."""
    if len(key) > 1:
        return ""
    found = engine.places(table, key[0], texts[key[0]].head(1)).drop_nulls("row").sort("file", "row")
    return ", ".join(f"{file} row {row}" for file, row in found.select("file", "row").head(SHOWN).iter_rows())


def _differences(engine: Engine, table: str, rows: pl.DataFrame) -> Iterator[str]:
    """In which columns rows differ, and what stands in these where messages may quote it."""
    texts = _texts(engine, table, rows)
    for name in texts.columns:
        if rows[name].n_unique() == 1:
            continue
        column = TABLES[table].column(name)
        cells = sorted(cell or "empty" for cell in texts[name].unique())
        yield name if column.kind in _WORDS or column.is_private else f"{name} ({', '.join(cells[:SHOWN])})"
