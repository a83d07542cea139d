"""What validation found, for people by table and for machines as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mlmkpi.report.json_array import json_array
from mlmkpi.report.labels import clean

if TYPE_CHECKING:
    from rich.text import Text

    from mlmkpi.sources.findings import Finding

INDENT = 11
SHOWN = 3
MEASURE = 80
"""Counts stand beside what they count, so within so many columns of the widest screen."""
_LABEL = re.compile(r" *(\S+ {2,})?")
_SETTING = re.compile(r" *(\[|\w+ = )")


@dataclass(frozen=True)
class CheckedTable:
    """A table that was checked: its rows, where they could be read, and its files."""

    name: str
    rows: int | None
    files: int


def render_findings_json(findings: Iterable[Finding]) -> str:
    """An array, one object a rule that rows break."""
    return json_array(asdict(finding) for finding in findings)


def render_findings(
    tables: Sequence[CheckedTable], findings: Sequence[Finding], *, seconds: float, width: int, colour: bool
) -> str:
    """Every table with its rows, below it what was found, and the sum of it all."""
    from mlmkpi.report.styled_text import printed

    return printed(_page(tables, findings, seconds, width), width=width, colour=colour)


def _page(
    tables: Sequence[CheckedTable], findings: Sequence[Finding], seconds: float, width: int
) -> Iterator[Text]:
    from rich.text import Text

    longest = max([len(table.name) for table in tables], default=0)
    sizes = {table.name: "?" if table.rows is None else f"{table.rows:,}" for table in tables}
    most = max(map(len, sizes.values()), default=0)
    room = _room(findings, width)
    for table in tables:
        own = [finding for finding in findings if finding.table == table.name]
        files = f"{table.files} file{'s' * (table.files != 1)}"
        size = f"{sizes[table.name]:>{most}} row{'s' * (table.rows != 1)}"
        yield Text(f"{table.name:<{longest}}  {size} in {files}{'' if own else '  ✓'}")
        for finding in own:
            yield from _finding(finding, width, *room)
    yield Text()
    rows = sum(table.rows or 0 for table in tables)
    yield Text(f"{_sum(findings)} in {rows:,} row{'s' * (rows != 1)} ({seconds:.1f} s)")


def _room(findings: Sequence[Finding], width: int) -> tuple[int, int]:
    """The columns for what was found, as many as the longest takes and there are, and those for how often."""
    from rich.cells import cell_len

    counts = max([len(_count(finding)) for finding in findings], default=0)
    longest = max([cell_len(_what(finding)) for finding in findings], default=0)
    return max(min(longest, min(width, MEASURE) - INDENT - counts - 2), 20), counts


def _what(finding: Finding) -> str:
    return clean(finding.message.partition("\n")[0])


def _count(finding: Finding) -> str:
    return f"{finding.count:,}" if finding.count else ""


def _finding(finding: Finding, width: int, room: int, counts: int) -> Iterator[Text]:
    """How severe, what and how often; below it where, what stands there, and what to do."""
    from rich.text import Text

    from mlmkpi.report.styled_text import ACCENT, DIM, entry, wrapped

    first, *more = wrapped(_what(finding), room)
    first.pad_right(room - first.cell_len)
    head = Text.assemble(first, "  ", f"{_count(finding):>{counts}}")
    width -= INDENT
    where = [part for line in _where(finding) for part in _fitted(line, width, DIM)]
    said = [part for line in finding.message.split("\n")[1:] for part in _fitted(clean(line.removeprefix("  ")), width)]
    details = [*more, *where, *said]
    style = ACCENT if finding.severity == "error" else ""
    yield from entry(f"  {finding.severity}", [head, *details], INDENT, style)


def _fitted(line: str, width: int, style: str = "") -> Iterator[Text]:
    """A line on as many as it takes, below where its text starts; what goes into the settings as it is stays whole."""
    from rich.text import Text

    from mlmkpi.report.styled_text import wrapped

    label = _LABEL.match(line)
    at = label.end() if label else 0
    if len(line) <= width or _SETTING.match(line):
        yield Text(line, style)
        return
    first, *rest = wrapped(line[at:], max(width - at, 20), style)
    yield Text.assemble((line[:at], style), first)
    yield from (Text.assemble(" " * at, each) for each in rest)


def _where(finding: Finding) -> Iterator[str]:
    """The first places, and the first values found there."""
    places = [
        f"{clean(one.file)} row {one.row}" if one.row is not None else clean(one.file)
        for one in finding.examples if one.file is not None
    ]
    more = " …" if finding.count > 1 and places else ""
    values = list(dict.fromkeys(f'"{clean(one.value)}"' for one in finding.examples if one.value is not None))
    keys = list(dict.fromkeys(clean(one.key) for one in finding.examples if one.key is not None))
    parts = [
        places[0] + more if places else "",
        f"got {', '.join(values[:SHOWN])}" if values else "",
        f"key {', '.join(keys[:SHOWN])}" if keys and not (places and values) else "",
    ]
    if text := "   ".join(filter(None, parts)):
        yield text


def _sum(findings: Sequence[Finding]) -> str:
    """How many findings of which severity.

    >>> _sum([])
    'nothing found'
    """
    counts = [
        (sum(finding.severity == severity for finding in findings), severity)
        for severity in ("error", "warning", "info")
    ]
    told = [
        f"{count} {name}{'s' * (count != 1 and name != 'info')}" for count, name in counts if count
    ]
    return ", ".join(told) or "nothing found"
