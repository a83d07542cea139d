"""Styled lines to text: the one place where a page becomes plain or coloured bytes."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich.console import Console
from rich.text import Text

ACCENT = "red"
DIM = "dim"
BOLD = "bold"


def printed(lines: Iterable[Text], *, width: int, colour: bool, shades: bool = False) -> str:
    """The lines as they go to a screen, one below the other, without blanks at their ends.

    `shades` are of 256 colours, where others make do with 16.
    """
    out = StringIO()
    console = Console(
        file=out, width=width, height=100, highlight=False, legacy_windows=False, no_color=not colour,
        force_terminal=colour, color_system=("256" if shades else "standard") if colour else None,
    )
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return out.getvalue()


def wrapped(text: str, width: int, style: str = "") -> list[Text]:
    """A sentence on as many lines as it takes."""
    return list(Text(text, style).wrap(Console(width=width), width))


def entry(label: str, texts: Iterable[Text], indent: int, style: str = DIM) -> list[Text]:
    """A label, and its texts one below the other beside it, from column `indent` on."""
    first = Text(f"{label:<{indent}}", style)
    blank = Text(" " * indent)
    return [Text.assemble(blank if number else first, text) for number, text in enumerate(texts)]
