"""A CSV of an export as Spark reads it: cut as its first lines show, every cell as text, odd records marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from mlmkpi.engines.spark_cells import BROKEN
from mlmkpi.engines.spark_errors import OPEN_QUOTE
from mlmkpi.engines.spark_files import Piece, unlike
from mlmkpi.engines.spark_names import in_sql
from mlmkpi.errors import DataError
from mlmkpi.settings import InputOptions
from mlmkpi.sources.text import Layout, layout_of
from mlmkpi.sources.titles import Headers
from mlmkpi.tables import Table

CORRUPT = "_corrupt"
_LINES = 50


@dataclass(frozen=True)
class Csv:
    """The headers, those of partitions last; a frame of columns c0, c1 … and CORRUPT, null in whole records.

    `below` is what seems to be the headers, where the first line is like a title.
    """

    headers: tuple[str, ...]
    frame: Any
    delimiter: str
    below: Headers | None


def opened(session: Any, f: Any, table: Table, piece: Piece, options: InputOptions) -> Csv:
    """A file or a folder of files whose headers are one another's; records without any cell are left out.

    Raises DataError where it is empty, is no UTF-8 text, or the headers do not settle how it is cut.
    """
    source = session.read.options(recursiveFileLookup=piece.nested, pathGlobFilter="*.[cC][sS][vV]*")
    text = source.text(piece.path)
    laid = _laid(text, piece, table, options)
    places = [f"c{at}" for at in range(len(laid.headers))]
    source = source.options(sep=laid.delimiter, quote='"', escape='"', multiLine=True, encoding="UTF-8")
    read = _records(source, piece, places, several=len(text.inputFiles()) > 1)
    partitions = read.columns[len(places) + 1 :]
    frame = read.toDF(*places, CORRUPT, *(f"c{len(places) + at}" for at in range(len(partitions))))
    marked = _marked(f, frame, piece, laid.delimiter, places)
    return Csv((*laid.headers, *partitions), marked, laid.delimiter, laid.below)


def _laid(text: Any, piece: Piece, table: Table, options: InputOptions) -> Layout:
    """The delimiter and the header that the first lines show."""
    lines = [row[0].removeprefix("\ufeff") for row in text.select("value").limit(_LINES).collect()]
    laid = layout_of("\n".join(lines), piece.label, table, options)
    if any(sign in header for header in laid.headers for sign in (BROKEN, "\0")):
        raise unlike(piece.label, "bytes that UTF-8 does not have")
    if any(line.startswith("#") for line in lines[: laid.lines]) and not laid.headers[0].startswith("#"):
        raise unlike(piece.label, "comments above the header")
    return laid


def _records(source: Any, piece: Piece, places: list[str], *, several: bool) -> Any:
    """The cells as they stand; Spark compares the headers of several files by their names."""
    first = source.csv(piece.path).limit(1).collect()[0] if several else ()
    names = _apart(piece.label, [header or "" for header in first][: len(places)]) if several else places
    source = source.options(header=True, enforceSchema=not several, mode="PERMISSIVE")
    return source.options(columnNameOfCorruptRecord=CORRUPT).schema(_schema(names)).csv(piece.path)


def _marked(f: Any, frame: Any, piece: Piece, delimiter: str, places: list[str]) -> Any:
    """The records that have a cell or are odd, CORRUPT null in those that are not; where a quote is open, an error."""
    there = [name for name in frame.columns if name != CORRUPT]
    swallowed, odd = _swallowed(f, delimiter, places), _odd(f, delimiter, len(places))
    stop = f.raise_error(f.lit(f'{OPEN_QUOTE}"{piece.label}"'))
    marked = frame.select(*there, f.when(swallowed, stop).when(odd, f.col(CORRUPT)).alias(CORRUPT))
    return marked.where(f.coalesce(*(f.nullif(f.col(name), f.lit("")) for name in [*places, CORRUPT])).isNotNull())


def _schema(names: Sequence[str]) -> str:
    return ", ".join(f"{in_sql(name)} string" for name in [*names, CORRUPT])


def _apart(label: str, headers: list[str]) -> list[str]:
    """The headers, by which Spark compares the files of a folder; DataError where one is empty or there twice."""
    twice = [header for header, count in Counter(map(str.lower, headers)).items() if count > 1 or not header]
    if twice:
        raise DataError(
            f"{label} has a column twice, or one without a name",
            (("found", ", ".join(header or '""' for header in twice)),
             ("expected", "every header once, by which Spark compares the files of a folder"),
             ("fix", "rename one of them in the files")),
        )
    return headers


def _swallowed(f: Any, delimiter: str, places: list[str]) -> Any:
    """Whether a cell holds a whole record: its quote is not closed, or closed by one that opens another cell."""
    ends = f.col(places[-1]).endswith("\n")
    opened_ = reduce(or_, (f.col(place).startswith('"') & f.col(place).contains("\n") for place in places))
    longest = f.greatest(*(_cells(f, f.col(place), delimiter) for place in places), f.lit(0))
    return (ends | opened_) & (longest >= len(places))


def _odd(f: Any, delimiter: str, columns: int) -> Any:
    """Whether a record has too few or too many cells; beyond the header it may have some that are empty."""
    text = f.col(CORRUPT)
    bare = f.regexp_replace(f.regexp_replace(text, '"[^"]+"', "x"), '"', "")
    filled = f.regexp_replace(bare, rf"[\s{re.escape(delimiter)}]+$", "")
    return (filled != "") & ((_cells(f, bare, delimiter) < columns) | (_cells(f, filled, delimiter) > columns))


def _cells(f: Any, record: Any, delimiter: str) -> Any:
    return f.length(f.regexp_replace(record, f"[^{re.escape(delimiter)}]", "")) + 1
