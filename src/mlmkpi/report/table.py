"""The table on a terminal: as many columns as fit, one accent for what got worse, dim for the secondary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from mlmkpi.kpi import Kpi
from mlmkpi.pipeline.result import Result
from mlmkpi.report.choose import Order
from mlmkpi.report.format import NOTHING, spark_text
from mlmkpi.report.styled_text import ACCENT, BOLD, DIM, printed, wrapped
from mlmkpi.report.view import CHANCE, JOINT, Cells, Line, View, view

GAP = 2
NAME = 22
ROOMY = 40
BARS = 13
HEAD = 14
Texts = Callable[[Cells], str]


@dataclass(frozen=True)
class Column:
    """A column beside the names; `gap` stands before it."""

    key: str
    head: str
    text: Texts
    style: Texts
    width: int
    right: bool = True
    gap: int = GAP


def render_table(
    result: Result, kpis: Mapping[str, Kpi], *, width: int, colour: bool, exports: str | None,
    order: Order | None = None,
) -> str:
    """The Result as lines of at most `width` columns; `kpis` are the definitions of the run."""
    shown = view(result, kpis, exports, order)
    return printed(_page(shown, width), width=width, colour=colour)


def _page(shown: View, width: int) -> Iterator[Text]:
    yield from wrapped(shown.title, width, BOLD)
    if shown.sections:
        yield Text()
    columns = _fitting(shown, width)
    longest = _longest(shown, full=True)
    room = min(_room(columns, width), longest + 1)
    full = longest <= room
    for number, section in enumerate(shown.sections):
        yield _joined(Text(section.title, BOLD), columns if number == 0 else [], room, None)
        for line in section.lines:
            yield _joined(_name(line, room, full), columns if line.cells else [], room, line.cells)
    if shown.footer:
        yield Text()
    for note in shown.footer:
        yield from wrapped(note, width, DIM)


def _joined(name: Text, columns: list[Column], room: int, cells: Cells | None) -> Text:
    """A line: the name, then the heads of the columns or a figure's cells."""
    if not columns:
        return name
    name.truncate(room, overflow="ellipsis", pad=True)
    for column in columns:
        cell = Text(column.text(cells), column.style(cells)) if cells else Text(column.head, DIM)
        cell.truncate(column.width, overflow="ellipsis")
        blank = " " * (column.width - cell.cell_len)
        name = Text.assemble(name, " " * column.gap, *((blank, cell) if column.right else (cell, blank)))
    return name


def _name(line: Line, room: int, full: bool) -> Text:
    """The indented name; what tells its period is not cut off, of joined names the longest gives way."""
    indent = "  " * line.depth
    name = line.title if full else line.short
    spare = max(room - len(indent) - cell_len(line.tail), 1)
    return Text(indent + _cut(name, spare)).append(line.tail, DIM)


def _cut(name: str, room: int) -> str:
    if cell_len(name) <= room:
        return name
    parts = [Text(part) for part in name.split(JOINT)]
    room -= cell_len(JOINT) * (len(parts) - 1)
    limit = max(room, 1)
    while limit > 1 and sum(min(part.cell_len, limit) for part in parts) > room:
        limit -= 1
    for part in parts:
        part.truncate(limit, overflow="ellipsis")
    return JOINT.join(part.plain for part in parts)


def _longest(shown: View, *, full: bool) -> int:
    """The width of the widest name and of the first section's title, which has the heads beside it."""
    lines = [line for section in shown.sections for line in section.lines if line.title]
    names = [cell_len("  " * line.depth + (line.title if full else line.short) + line.tail) for line in lines]
    return max([*names, *(cell_len(section.title) for section in shown.sections[:1])], default=0)


def _room(columns: list[Column], width: int) -> int:
    return width - sum(column.gap + column.width for column in columns)


def _fitting(shown: View, width: int) -> list[Column]:
    """The columns that leave room for the names; the least needed go first, the figure and its change stay.

    What is left over goes to a longer past.
    """
    columns = _columns(shown)
    longest = _longest(shown, full=False)
    for key in ("sums", "interval", "target", "year", "past"):
        if _room(columns, width) >= min(longest, ROOMY if key == "sums" else NAME):
            break
        columns = [column for column in columns if column.key != key]
    bars = min(shown.periods, BARS + max(_room(columns, width) - _longest(shown, full=True) - 1, 0))
    if bars > BARS and columns[-1].key == "past":
        columns[-1] = _past(shown, bars)
    return columns


def _columns(shown: View) -> list[Column]:
    """Every column that has something to show."""

    def column(
        key: str, head: str, text: Texts, style: Texts = lambda c: DIM, *, right: bool = True, gap: int = GAP
    ) -> Column:
        head = head if cell_len(head) <= HEAD else f"{set_cell_size(head, HEAD - 1)}…"
        width = max([cell_len(head), *(cell_len(text(cells)) for cells in shown.figures)])
        return Column(key, head, text, style, width, right, gap)

    marked = any(cells.chance for cells in shown.figures)
    columns = [
        column("value", shown.value_head, lambda c: c.value,
               lambda c: ACCENT if c.missed else DIM if c.value == NOTHING else "", gap=1),
        column("change", "", lambda c: CHANCE if c.chance else "", gap=1),
        column("change", shown.change_head, lambda c: c.change,
               lambda c: ACCENT if c.bad else DIM if c.chance else "", gap=1 if marked else GAP),
        column("year", shown.year_head, lambda c: c.year if shown.year_head else "", lambda c: ""),
        column("interval", "95 % interval", lambda c: c.interval, right=False),
        column("sums", "numerator", lambda c: c.numerator),
        column("sums", "denominator", lambda c: c.denominator),
        column("target", "target", lambda c: c.target, lambda c: ACCENT if c.missed else ""),
    ]
    kept = [one for one in columns if one.key == "value" or any(map(one.text, shown.figures))]
    return [*kept, _past(shown, min(shown.periods, BARS))] if shown.periods > 1 else kept


def _past(shown: View, bars: int) -> Column:
    head = f"{bars} {shown.plural}"
    width = max(bars, cell_len(head))
    return Column("past", head, lambda c: spark_text(c.past[-bars:]), lambda c: DIM, width, right=False)
