"""A GitHub table of what the terminal's table shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mlmkpi.kpi import Kpi
from mlmkpi.pipeline.result import Result
from mlmkpi.report.choose import Order
from mlmkpi.report.format import spark_text
from mlmkpi.report.view import CHANCE, Cells, Line, View, view

INDENT = "&emsp;"
GAP = "\N{NO-BREAK SPACE}"


def render_markdown(
    result: Result, kpis: Mapping[str, Kpi], *, exports: str | None, order: Order | None = None
) -> str:
    """The Result as Markdown: a heading, the table, its footnotes."""
    shown = view(result, kpis, exports, order)
    parts = [f"## {_escaped(shown.title)}"]
    if shown.sections:
        parts.append("\n".join(_table(shown)))
    parts += [_escaped(note) for note in shown.footer]
    return "\n\n".join(parts) + "\n"


def _table(shown: View) -> Iterator[str]:
    columns = _columns(shown)
    yield _line(["KPI", *(_escaped(head) for head, _, _ in columns)])
    yield _line(["---", *("---:" if right else "---" for _, right, _ in columns)])
    for section in shown.sections:
        yield _line([f"**{_escaped(section.title)}**", *("" for _ in columns)])
        for line in section.lines:
            cells = line.cells
            yield _line([_name(line), *(_escaped(text(cells)) if cells else "" for _, _, text in columns)])


def _columns(shown: View) -> list[tuple[str, bool, Callable[[Cells], str]]]:
    """Heading, whether it is right-aligned, and text of every column that has something to show."""
    past = (f"{shown.periods} {shown.plural}", False, lambda cells: spark_text(cells.past).replace(" ", GAP))
    columns: list[tuple[str, bool, Callable[[Cells], str]]] = [
        (shown.value_head, True, lambda cells: cells.value),
        (shown.change_head, True, lambda cells: f"{CHANCE} {cells.change}" if cells.chance else cells.change),
        (shown.year_head, True, lambda cells: cells.year if shown.year_head else ""),
        ("95 % interval", False, lambda cells: cells.interval),
        ("numerator", True, lambda cells: cells.numerator),
        ("denominator", True, lambda cells: cells.denominator),
        ("target", True, lambda cells: cells.target),
    ]
    first, *others = columns
    kept = [first, *(column for column in others if any(map(column[2], shown.figures)))]
    return [*kept, past] if shown.periods > 1 else kept


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(line: Line) -> str:
    return INDENT * (line.depth - 1) + _escaped(line.title + line.tail)


def _escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return re.sub(r"([\\|`*_\[\]<>~])", r"\\\1", text)
