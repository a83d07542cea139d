"""Text files: their encoding, delimiter and header, and a lazy frame of strings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import islice

import polars as pl
from polars.exceptions import ComputeError

from mlmkpi.errors import DataError, written
from mlmkpi.settings import InputOptions
from mlmkpi.sources.discretion import discreet
from mlmkpi.sources.encoding import cut_short, decoded, encoding_of, packed_otherwise, sample, transcode, unpacked
from mlmkpi.sources.mapping import is_record, normal
from mlmkpi.sources.part import OVERFLOW, ROW, Part, position_name
from mlmkpi.sources.ragged import plain_text, readable
from mlmkpi.sources.titles import Headers, headers_below
from mlmkpi.sources.workspace import Workspace
from mlmkpi.tables import Table

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50


@dataclass(frozen=True)
class Layout:
    """How a text is cut: its delimiter, its header, and the physical lines up to the header's end.

    `below` is what seems to be its real headers, where the header is like a title above them.
    """

    delimiter: str
    headers: tuple[str, ...]
    lines: int
    below: Headers | None = None


def text_part(path: str, label: str, table: Table, options: InputOptions, workspace: Workspace) -> Part:
    """Open a CSV, TSV or other delimited file, packed or not; only its first lines are read."""
    if path.lower().endswith(".zst") and options.encoding in (None, "utf-8"):
        return _part(path, label, layout_of(_first_lines(path, label), label, table, options))
    head = sample(path, label)
    shown = encoding_of(head)
    encoding = shown if options.encoding == "utf-16" and shown.startswith("utf-16") else options.encoding or shown
    text = decoded(head, encoding, label, guessed=options.encoding is None)
    if encoding == "utf-8" and not ("\r" in text and "\n" not in text):
        return _part(path, label, layout_of(text, label, table, options))
    copy = workspace.path(".csv")
    transcode(path, label, encoding, copy, guessed=options.encoding is None)
    head_of_copy = decoded(sample(str(copy), label), "utf-8", label, guessed=False)
    return _part(str(copy), label, layout_of(head_of_copy, label, table, options))


def from_cp1252(part: Part, workspace: Workspace) -> Part:
    """The part again, its text being UTF-8 at the start but not further down."""
    copy = workspace.path(".csv")
    transcode(part.address, part.label, "cp1252", copy, guessed=True)
    return _part(str(copy), part.label, Layout(part.delimiter, part.headers, part.lines, part.below))


def requoted(part: Part, workspace: Workspace) -> Part:
    """The part again, its quotes put in order; DataError where one is never closed."""
    copy, row = workspace.path(".csv"), 0
    with (
        unpacked(plain_text(part, workspace), part.label) as packed,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        source = TextIOWrapper(packed, encoding="utf-8-sig", newline="\n")
        for _ in range(part.lines):
            source.readline()
        writer = csv.writer(target, delimiter=part.delimiter)
        try:
            for record in csv.reader(readable(source), delimiter=part.delimiter, strict=True):
                writer.writerow(record)
                row += 1
        except csv.Error:
            raise _open_quote(f"{part.label} row {row + 1}", "row") from None
    return _part(str(copy), part.label, Layout(part.delimiter, part.headers, 0, part.below))


def lenient(part: Part) -> Part:
    """The part again, taking records of any length; what is beyond the header is in `_overflow`."""
    layout = Layout(part.delimiter, part.headers, part.lines, part.below)
    return _part(part.address, part.label, layout, overflow=True)


def _part(path: str, label: str, layout: Layout, *, overflow: bool = False) -> Part:
    names = [position_name(position) for position in range(len(layout.headers))]
    frame = pl.scan_csv(
        path,
        has_header=False,
        separator=layout.delimiter,
        skip_lines=layout.lines,
        schema=dict.fromkeys([*names, *[OVERFLOW] * overflow], pl.String),
        missing_columns="insert" if overflow else "raise",
        extra_columns="ignore" if overflow else "raise",
        truncate_ragged_lines=overflow,
        empty_string_is_null=False,
        row_index_name=ROW,
        row_index_offset=1,
        glob=False,
    )
    dtypes = (pl.String(),) * len(names)
    return Part(
        label, layout.headers, frame, dtypes, True, path, layout.delimiter, layout.lines, overflow, layout.below
    )


def _first_lines(path: str, label: str) -> str:
    try:
        lines = pl.scan_lines(path, n_rows=_LOOKED_AT * 4, glob=False).collect()["line"]
    except (OSError, ComputeError) as error:
        raise packed_otherwise(label) if "utf8" in str(error) else cut_short(label, str(error)) from None
    return "\n".join(lines)


def layout_of(text: str, label: str, table: Table, options: InputOptions) -> Layout:
    """The header and the delimiter under which it reads best."""
    lines = StringIO(text).readlines()
    preamble = _preamble(lines)
    body = "".join(lines[preamble:])
    if not body.strip():
        raise DataError(
            f"{label} is empty",
            (
                ("expected", "a header line, such as " + ",".join(table.names[:4])),
                ("fix", "export it again, or remove it"),
            ),
        )
    delimiter = options.delimiter or _delimiter(body, label, table)
    headers, count = _header(lines[preamble:], label, delimiter)
    below = headers_below(lines, preamble, table, [options.delimiter] if options.delimiter else _DELIMITERS)
    return Layout(delimiter, headers, preamble + count, below)


def _header(lines: list[str], label: str, delimiter: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and on how many lines they stand; DataError where a quote runs on into the records."""
    reader = csv.reader(readable(lines), delimiter=delimiter)
    with suppress(csv.Error):
        headers = tuple(cell.strip() for cell in next(reader))
        count = reader.line_num
        if count == 1 or "".join(lines[:count]).count('"') % 2 == 0:
            return headers, count
    raise _open_quote(f"{label} header", "header")


def _open_quote(where: str, what: str) -> DataError:
    return DataError(
        f"{where}: a quote is opened and not closed",
        (("expected", "a closing quote before the next delimiter"), ("fix", f"correct the {what}")),
    )


def _preamble(lines: list[str]) -> int:
    """The comment and blank lines before the header."""
    return next(
        (at for at, line in enumerate(lines) if line.strip() and not line.startswith(("# ", "#-"))),
        len(lines),
    )


def _delimiter(body: str, label: str, table: Table) -> str:
    """The delimiter under which most headers are the table's, else most records are as long as the header."""
    scores = {delimiter: _score(body, delimiter, table) for delimiter in _DELIMITERS}
    best = max(scores.values())
    candidates = [delimiter for delimiter, score in scores.items() if score == best]
    if len(candidates) == 1 or best[1] == 0:
        return candidates[0]
    first = StringIO(body).readline().rstrip()
    raise DataError(
        f"{label} can be cut at " + " or ".join(repr(delimiter) for delimiter in candidates),
        (
            *((("got", discreet(first)[:80]),) if not is_record(re.split("[,;|\t]", first)) else ()),
            ("fix", written("set in mlmkpi.toml", f'[input."{label}"]', f'delimiter = "{candidates[0]}"')),
        ),
    )


def _score(body: str, delimiter: str, table: Table) -> tuple[int, int]:
    """How many headers are the table's, and how many delimiters the header has if the records agree."""
    records = _records(body, delimiter)
    header = next(records, [])
    if len(header) <= 1:
        return 0, 0
    known = {normal(name) for name in table.names}
    lengths = [len(record) for record in records]
    agreeing = lengths.count(len(header)) * 2 >= len(lengths)
    return sum(normal(cell) in known for cell in header), (len(header) - 1) * agreeing


def _records(body: str, delimiter: str) -> Iterator[list[str]]:
    """The first records; those before a quote that is opened and not closed for long."""
    with suppress(csv.Error):
        reader = csv.reader(readable(StringIO(body)), delimiter=delimiter)
        yield from islice(filter(None, reader), _LOOKED_AT)
