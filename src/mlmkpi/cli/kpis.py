"""`mlmkpi kpis`: the catalogue, and what an export folder lacks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from mlmkpi.cli.options import Config
from mlmkpi.cli.writing import page, write_text
from mlmkpi.errors import UsageError

EXAMPLES = """\
mlmkpi kpis
mlmkpi kpis exports/ --missing
mlmkpi kpis --format json
"""


def kpis(
    exports: Annotated[
        str | None, typer.Argument(metavar="[EXPORTS]", help="With --missing: the exports to look into.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="What cannot be computed, and what would cure it.")
    ] = False,
    config: Config = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="For people or machines.")] = "table",
) -> None:
    """List the KPIs, or what exports lack for them.

    The list goes by family: what each KPI means, its unit, and which way is good.
    """
    if missing:
        _missing(exports or ".", config, form)
    elif exports is not None:
        raise UsageError(f"what of {exports}?", (("fix", f"mlmkpi kpis {exports} --missing"),))
    else:
        _catalogue(config, form)


def _catalogue(config: Path | None, form: str) -> None:
    from dataclasses import asdict

    from mlmkpi.cli.catalogue import explanations
    from mlmkpi.report.array import json_array

    known = list(explanations(config).values())
    if form == "json":
        write_text(json_array(map(asdict, known)))
        return
    from mlmkpi.report.explained import render_catalogue

    look = page(None)
    write_text(render_catalogue(known, width=look.width, colour=look.colour))


def _missing(exports: str, config: Config, form: str) -> None:
    from mlmkpi import compute
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.array import json_array
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
