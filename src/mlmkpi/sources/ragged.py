"""Records with more or fewer cells than the header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper

import polars as pl

from mlmkpi.sources.encoding import unpacked
from mlmkpi.sources.part import Part
from mlmkpi.sources.workspace import Workspace

_LONE = re.compile(r"\r(?!\n)")


def is_open(part: Part) -> pl.Expr:
    """Whether a record's last cell is empty, as it may be for want of cells; null where it is not there."""
    return part.named(len(part.headers) - 1) == ""


def uneven_records(part: Part, workspace: Workspace) -> tuple[int, ...]:
    """The numbers of the records with fewer cells than the header, or with something beyond it."""
    line, mark, columns = pl.col("line"), part.delimiter, len(part.headers)
    lines = pl.scan_lines(part.address, glob=False, row_index_name="at").filter(pl.col("at") >= part.lines)
    cut = line.str.count_matches('"', literal=True) % 2 == 1
    quoted = rf'(^|[{mark}])"(?:[^"]|"")+"'
    bare = line.str.replace_all(quoted, "${1}x").str.replace_all('"', "", literal=True)
    filled = bare.str.strip_chars_end(f"{mark} \t\r")
    short = (bare.str.count_matches(mark, literal=True) < columns - 1) & (line.str.strip_chars() != "")
    long = filled.str.count_matches(mark, literal=True) >= columns
    odd = (short | long) if part.overflows else short
    found = lines.select("at", cut.alias("cut"), odd.alias("odd")).filter(pl.col("cut") | pl.col("odd"))
    uneven = found.collect(engine="streaming")
    if uneven["cut"].any():
        return _uneven_among_long_cells(part, workspace)
    return tuple(number - part.lines + 1 for number in uneven["at"])


def readable(lines: Iterable[str]) -> Iterator[str]:
    """Lines that end at a line feed, for Python's reader of CSV: a carriage return alone would stop it."""
    return (_LONE.sub(" ", line) for line in lines)


def plain_text(part: Part, workspace: Workspace) -> str:
    """Where the text can be read as Python reads files: a .zst file is unpacked first."""
    if not part.address.lower().endswith(".zst"):
        return part.address
    copy = workspace.path(".csv")
    pl.scan_lines(part.address, glob=False).sink_csv(copy, include_header=False, quote_style="never")
    return str(copy)


def _uneven_among_long_cells(part: Part, workspace: Workspace) -> tuple[int, ...]:
    """The same where quoted cells hold line ends."""
    with unpacked(plain_text(part, workspace), part.label) as packed:
        source = TextIOWrapper(packed, encoding="utf-8-sig", newline="\n")
        for _ in range(part.lines):
            source.readline()
        records = enumerate(csv.reader(readable(source), delimiter=part.delimiter), 1)
        return tuple(number for number, record in records if _is_uneven(record, len(part.headers)))


def _is_uneven(record: Sequence[str], columns: int) -> bool:
    """Whether a record that is not blank has too few cells, or anything in those too many."""
    return 0 < len(record) < columns or any(cell.strip() for cell in record[columns:])
