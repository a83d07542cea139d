"""`mlmkpi kpis`: the catalogue, and what an export folder lacks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from mlmkpi.cli.options import Config, again
from mlmkpi.cli.writing import page, write_text

EXAMPLES = """\
mlmkpi kpis
mlmkpi kpis exports/
mlmkpi kpis exports/ --missing
mlmkpi kpis --format json
"""


def kpis(
    exports: Annotated[
        str | None, typer.Argument(
            metavar="[EXPORTS]",
            help="The exports whose settings name KPIs of your own; with --missing those that may lack something,"
            " the working folder unless named.", show_default=False,
        )
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="What cannot be computed, and what would cure it.")
    ] = False,
    config: Config = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="For people or machines.")] = "table",
) -> None:
    """List the KPIs, or what exports lack for them.

    The list goes by family: what each KPI means, its unit, and which way is good. With exports it has your own as well.
    """
    if missing:
        _missing(exports or ".", config, form)
    else:
        _catalogue(exports, config, form)


def _catalogue(exports: str | None, config: Path | None, form: str) -> None:
    from dataclasses import asdict

    from mlmkpi.cli.catalogue import explanations
    from mlmkpi.report.json_array import json_array

    if exports is not None:
        _found(exports, config)
    known = list(explanations(config, exports).values())
    if form == "json":
        write_text(json_array(map(asdict, known)))
        return
    from mlmkpi.report.explained import render_catalogue

    look = page(None)
    write_text(render_catalogue(known, width=look.width, colour=look.colour))


def _found(exports: str, config: Path | None) -> None:
    """Raise DataError where there are no exports."""
    from mlmkpi.settings import load_settings
    from mlmkpi.sources.discovery import discover

    discover(exports, load_settings(config, Path(exports), Path.cwd()))


def _missing(exports: str, config: Config, form: str) -> None:
    from mlmkpi import compute
    from mlmkpi.cli import messages
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.json_array import json_array
    from mlmkpi.report.missing import missing_of, render_missing

    with Progress() as progress:
        result = compute(exports, kpis=["all"], bad_rows="skip", config=config, progress=progress)
    lacking = missing_of(result)
    if form == "json":
        write_text(json_array({"name": name, "reason": why} for name, why in lacking.items()))
    else:
        look = page(exports)
        of_all = result.frame["kpi"].n_unique()
        write_text(render_missing(lacking, of_all, exports, width=look.width, colour=look.colour))
    messages.amiss(result.warnings, again(exports, config))
    for text in result.hints:
        if "--as-of" not in text:
            messages.hint(text)
