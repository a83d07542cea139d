"""`mlmkpi validate`: whether an export folder can be trusted, for people and for a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlmkpi.cli.options import Config, Engine, Exports
from mlmkpi.cli.writing import page, write_text

if TYPE_CHECKING:
    from mlmkpi.engines.checking import Checking
    from mlmkpi.report.validation import CheckedTable

EXAMPLES = """\
mlmkpi validate exports/
mlmkpi validate exports/ --strict --format json
mlmkpi validate /data/exports --engine sc://host:15002
"""


def validate(
    exports: Exports = ".",
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 on warnings too.")] = False,
    config: Config = None,
    engine: Engine = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="For people or machines.")] = "table",
) -> None:
    """Check exports before they are used.

    Looks at columns, types, keys, references between tables, dates and codes. Ends with 0 where nothing worse than a
    warning was found, with 1 on errors, and with 3 where a file cannot be opened at all, a table is there in two forms,
    or there is none.
    """
    from pathlib import Path
    from time import perf_counter

    from mlmkpi.cli import messages
    from mlmkpi.cli.catalogue import registered
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.validation import render_findings, render_findings_json
    from mlmkpi.settings import load_settings
    from mlmkpi.validate import check, opened

    began = perf_counter()
    settings = load_settings(config, Path(exports), Path.cwd())
    if settings.definitions or settings.plugins:
        from mlmkpi.pipeline.plan import check_definitions

        for line in check_definitions(settings):
            messages.warning(line)
    with Progress() as progress, opened(exports, settings, engine) as (found, unused):
        progress("checking the exports")
        findings = check(found, settings, registered() if "targets" in found.tables else ())
        tables = [_checked(found, name) for name in found.tables]
        hints = unused()
    if form == "json":
        write_text(render_findings_json(findings))
    else:
        look = page(exports)
        seconds = perf_counter() - began
        write_text(render_findings(tables, findings, seconds=seconds, width=look.width, colour=look.colour))
    for line in hints:
        messages.hint(line)
    severe = {"error", "warning"} if strict else {"error"}
    if any(finding.severity in severe for finding in findings):
        raise typer.Exit(1)


def _checked(engine: Checking, table: str) -> CheckedTable:
    """A table's size; its rows are not counted where a column that it cannot do without cannot be read."""
    from mlmkpi.report.validation import CheckedTable

    return CheckedTable(table, None if engine.refused(table) else engine.height(table), engine.files(table))
