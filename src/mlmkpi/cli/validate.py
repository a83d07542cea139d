"""`mlmkpi validate`: whether an export folder can be trusted, for people and for a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlmkpi.cli.options import Config, Exports
from mlmkpi.cli.writing import page, write_text

if TYPE_CHECKING:
    from mlmkpi.report.found import Checked
    from mlmkpi.sources import Source

EXAMPLES = """\
mlmkpi validate exports/
mlmkpi validate exports/ --strict --format json
"""


def validate(
    exports: Exports = ".",
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 on warnings too.")] = False,
    config: Config = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="For people or machines.")] = "table",
) -> None:
    """Check exports before they are used.

    Looks at columns, types, keys, references between tables, dates and codes. Ends with 0 where nothing worse than a
    warning was found, with 1 on errors, and with 3 where a file cannot be opened at all.
    """
    from pathlib import Path
    from time import perf_counter

    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.found import render_findings, render_findings_json
    from mlmkpi.settings import load_settings
    from mlmkpi.sources import open_exports
    from mlmkpi.validate import check

    began = perf_counter()
    settings = load_settings(config, Path(exports), Path.cwd())
    with Progress() as progress, open_exports(exports, settings) as opened:
        progress("checking the exports")
        findings = check(opened, settings)
        tables = [_checked(name, table) for name, table in opened.tables.items()]
    if form == "json":
        write_text(render_findings_json(findings))
    else:
        look = page(exports)
        seconds = perf_counter() - began
        write_text(render_findings(tables, findings, seconds=seconds, width=look.width, colour=look.colour))
    severe = {"error", "warning"} if strict else {"error"}
    if any(finding.severity in severe for finding in findings):
        raise typer.Exit(1)


def _checked(name: str, table: Source) -> Checked:
    """A table's size; its rows are not counted where a column that it cannot do without cannot be read."""
    from mlmkpi.report.found import Checked

    return Checked(name, None if table.refusals(()) else table.height, len(table.files))
