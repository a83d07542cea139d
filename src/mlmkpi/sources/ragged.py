"""Records with more or fewer cells than the header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import TextIOWrapper

import polars as pl

from mlmkpi.sources.encoding import unpacked
from mlmkpi.sources.part import OVERFLOW, Part
from mlmkpi.sources.workspace import Workspace

LONG = "long"
OPEN = "open"
_LONE = re.compile(r"\r(?!\n)")


def raggedness(part: Part) -> pl.Expr:
    """LONG where a record has too many cells, OPEN where its last is empty or not there, else null."""
    last = part.named(len(part.headers) - 1)
    open_ = pl.when(last == "").then(pl.lit(OPEN))
    return (
        pl.when(pl.col(OVERFLOW).str.len_bytes() > 0).then(pl.lit(LONG)).otherwise(open_)
        if part.overflows
        else open_
    )


def short_records(part: Part, workspace: Workspace) -> tuple[int, ...]:
    """The numbers of the records that have fewer cells than the header, which an empty last cell hides."""
    line = pl.col("line")
    lines = pl.scan_lines(part.address, glob=False, row_index_name="at").filter(pl.col("at") >= part.lines)
    cut = line.str.count_matches('"', literal=True) % 2 == 1
    delimiters = line.str.replace_all('"[^"]*"', "").str.count_matches(part.delimiter, literal=True)
    short = (delimiters < len(part.headers) - 1) & (line.str.strip_chars() != "")
    found = lines.select("at", cut.alias("cut"), short.alias("short")).filter(pl.col("cut") | pl.col("short"))
    odd = found.collect(engine="streaming")
    if odd["cut"].any():
        return _short_among_long_cells(part, workspace)
    return tuple(number - part.lines + 1 for number in odd["at"])


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


def _short_among_long_cells(part: Part, workspace: Workspace) -> tuple[int, ...]:
    """The same where quoted cells hold line ends."""
    with unpacked(plain_text(part, workspace), part.label) as packed:
        source = TextIOWrapper(packed, encoding="utf-8-sig", newline="\n")
        for _ in range(part.lines):
            source.readline()
        records = enumerate(csv.reader(readable(source), delimiter=part.delimiter), 1)
        return tuple(number for number, record in records if 0 < len(record) < len(part.headers))
