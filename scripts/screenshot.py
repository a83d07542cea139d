"""Writes docs/screenshot.svg: what `mlmkpi compute` shows of the demo company, by a real run."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

import mlmkpi
from mlmkpi.demo import write_demo
from mlmkpi.kpi import KPIS
from mlmkpi.report.render import Page, render

WIDTH = 84
OUTPUT = Path(__file__).parent.parent / "docs" / "screenshot.svg"
LOCAL_FONTS = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def screenshot() -> str:
    """The table of the demo company as a terminal shows it; it loads no font from elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder))
        table = render(mlmkpi.compute(folder), KPIS, "table", Page(width=WIDTH, colour=True, exports="demo"))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(table.decode()))
    return console.export_svg(title="mlmkpi compute demo", code_format=LOCAL_FONTS, unique_id="mlmkpi")


if __name__ == "__main__":
    OUTPUT.write_text(screenshot(), encoding="utf-8")
