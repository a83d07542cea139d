"""`mlmkpi explain`: what a KPI means, in full."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mlmkpi.cli.catalogue import names
from mlmkpi.cli.usage import nearest
from mlmkpi.cli.writing import page, write_text
from mlmkpi.errors import UsageError

EXAMPLES = """\
mlmkpi explain churn_rate
mlmkpi explain churn_rate --format json
"""


def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Its name in mlmkpi kpis.", autocompletion=names)],
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="For people or machines.")] = "text",
) -> None:
    """Explain what a KPI means.

    Tells its formula, what can be set and what that changes, what it needs, and where the edges are.
    """
    import json
    from dataclasses import asdict

    from mlmkpi.cli.catalogue import explanations

    known = explanations()
    if kpi not in known:
        fix = nearest(kpi, known) or (("fix", "mlmkpi kpis lists them all"),)
        raise UsageError(f"there is no KPI {kpi}", fix)
    if form == "json":
        write_text(json.dumps(asdict(known[kpi]), ensure_ascii=False, indent=2) + "\n")
        return
    from mlmkpi.report.explained import render_explanation

    look = page(None)
    write_text(render_explanation(known[kpi], width=look.width, colour=look.colour))
