"""`mlmkpi explain`: what a KPI means, in full, and worked with a company's own figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlmkpi.cli.catalogue import names
from mlmkpi.cli.options import WHERE, AsOf, BadRows, Config, Engine, Period
from mlmkpi.cli.usage import nearest
from mlmkpi.cli.writing import page, write_text
from mlmkpi.errors import UsageError

if TYPE_CHECKING:
    from mlmkpi.explain import Explanation

EXAMPLES = """\
mlmkpi explain churn_rate
mlmkpi explain churn_rate exports/ --period 2026-10
mlmkpi explain churn_rate --format json
"""
OWN = ("own", "give the exports, or --config: their settings name your own KPIs")


def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Its name in mlmkpi kpis.", autocompletion=names)],
    exports: Annotated[
        str | None,
        typer.Argument(
            metavar="[EXPORTS]", help=f"{WHERE} Without it the working folder, if it holds a table.",
            show_default=False,
        ),
    ] = None,
    period: Period = None,
    as_of: AsOf = None,
    bad_rows: BadRows = "stop",
    config: Config = None,
    engine: Engine = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="For people or machines.")] = "text",
) -> None:
    """Explain what a KPI means, with the figures of exports.

    Tells its formula, what can be set and what that changes, what it needs, and where the edges are. With exports, the
    figure is worked down to the division.
    """
    from mlmkpi.cli.catalogue import explanations

    known = explanations(config, exports)
    if kpi not in known:
        fix = nearest(kpi, known) or (("fix", "mlmkpi kpis lists them all"),)
        raise UsageError(f"there is no KPI {kpi}", fix if exports or config else (*fix, OWN))
    exports = exports or ("." if period or as_of or _holds_a_table(config) else None)
    if exports is None:
        _definition(known[kpi], form)
    else:
        _worked(known[kpi], exports, period, as_of, bad_rows, config, engine, form)


def _holds_a_table(config: Path | None) -> bool:
    """Whether the working folder has a table."""
    from mlmkpi.settings import load_settings
    from mlmkpi.sources.discovery import holds_a_table

    return holds_a_table(".", load_settings(config, None, Path.cwd()))


def _definition(one: Explanation, form: str) -> None:
    import json
    from dataclasses import asdict

    if form == "json":
        write_text(json.dumps(asdict(one), ensure_ascii=False, indent=2) + "\n")
        return
    from mlmkpi.report.explained import render_explanation

    look = page(None)
    write_text(render_explanation(one, width=look.width, colour=look.colour))


def _worked(
    one: Explanation, exports: str, period: str | None, as_of: date | None, bad_rows: str, config: Path | None,
    engine: str | None, form: str,
) -> None:
    import json
    from dataclasses import asdict
    from shlex import quote

    from mlmkpi.cli.progress import Progress
    from mlmkpi.pipeline.work_out import work_out

    with Progress() as progress:
        found = work_out(
            exports, one.name, period=period, as_of=as_of, bad_rows=bad_rows, config=config, engine=engine,
            progress=progress,
        )
    if form == "json":
        write_text(json.dumps({**asdict(one), "worked": asdict(found)}, ensure_ascii=False, indent=2) + "\n")
        return
    from mlmkpi.report.worked import render_worked

    look = page(exports)
    asked = ("--as-of", as_of), ("--bad-rows", bad_rows if bad_rows != "stop" else None), ("--config", config)
    given = [f"{option} {quote(str(value))}" for option, value in asked if value is not None]
    rows_of = " ".join([quote(exports), *given])
    write_text(render_worked(found, one, rows_of, width=look.width, colour=look.colour))
