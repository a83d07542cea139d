"""Any exports as canonical Parquet, which every engine and tool reads alike."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from mlmkpi.errors import OutputError, UsageError
from mlmkpi.sources.atomic import atomic_path
from mlmkpi.sources.encoding import FULL, is_text
from mlmkpi.sources.exports import Exports
from mlmkpi.sources.source import Source
from mlmkpi.tables import Column, Kind


def convert(exports: Exports, folder: Path) -> list[Path]:
    """Write the canonical columns of every table to FOLDER/<table>.parquet.

    Ids are text, days dates, money decimals, codes as [codes] maps them.

    The files appear once all are written, as tables that are missing would be missed by nobody.

    Raises DataError at the first cell that does not fit, and UsageError for the folder that the exports are read from:
    every table would be there in two forms, or be written over while it is read.
    """
    if exports.root is not None and folder.resolve() == exports.root.resolve():
        raise UsageError(f"{folder} holds the exports themselves", (("fix", "name another folder"),))
    if not is_text(str(folder.resolve())):
        raise UsageError("FOLDER is not UTF-8", (("fix", "give it another name"),))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made", (("got", error.strerror or str(error)),)) from None
    paths = {folder / f"{name}.parquet": source for name, source in exports.tables.items()}
    with ExitStack() as whole:
        for path, source in paths.items():
            _write(source, whole.enter_context(atomic_path(path)), path)
    return list(paths)


def _write(source: Source, aside: Path, path: Path) -> None:
    """Write a table `aside`, to be renamed to `path`."""
    columns = [column for column in source.table.columns if column.name in source.columns]
    names = [column.name for column in columns]
    frame = source.scan(names)
    source.refuse_bad(names, skippable=False)
    try:
        frame.select(_canonical(column) for column in columns).sink_parquet(aside)
    except (PolarsError, OSError) as error:
        if FULL not in str(error):
            raise
        raise OutputError(
            f"{path} cannot be written", (("got", FULL), ("fix", "free some room, or name another folder"))
        ) from None


def _canonical(column: Column) -> pl.Expr:
    """A column as Parquet knows it."""
    cell = pl.col(column.name)
    if column.kind is Kind.ID:
        return cell.cast(pl.String)
    if column.kind is Kind.DATE:
        return cell.cast(pl.Date)
    if column.kind is Kind.MONEY:
        return cell.cast(pl.Int128).reinterpret(dtype=pl.Decimal(18, 4))
    return cell
