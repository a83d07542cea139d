"""`mlmkpi trace`: the rows behind a number."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mlmkpi.cli.catalogue import names
from mlmkpi.cli.options import AsOf, BadRows, By, Config, Engine, Exports, Output, Period, Where, again, filters, listed
from mlmkpi.cli.writing import format_of, page, write

EXAMPLES = """\
mlmkpi trace churn_rate exports/ --period 2026-10
mlmkpi trace churn_rate exports/ --side denominator --where market=US
mlmkpi trace sales_volume exports/ --output october.csv
"""
ROWS = ("table", "json", "csv", "parquet")


def trace(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Its name in mlmkpi kpis.", autocompletion=names)],
    exports: Exports = ".",
    period: Period = None,
    side: Annotated[
        Literal["numerator", "denominator"], typer.Option(help="Which of the figure's two sums.")
    ] = "numerator",
    by: By = None,
    where: Where = None,
    as_of: AsOf = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many rows a table shows.")] = 20,
    bad_rows: BadRows = "stop",
    config: Config = None,
    engine: Engine = None,
    form: Annotated[
        Literal["table", "json", "csv", "parquet"] | None,
        typer.Option("--format", help="Without it what --output's name says, else a table."),
    ] = None,
    output: Output = None,
) -> None:
    """Show the rows behind a number, and what each contributes.

    Rows stand as they do in the export: file, row number and id. What they contribute adds up to the figure's sum
    exactly; of durations, concentrations and the like it is the values that the figure is taken from.
    """
    chosen, look = format_of(form, output, ROWS), page(exports, output)
    from mlmkpi import trace as run
    from mlmkpi.cli import messages
    from mlmkpi.cli.catalogue import registered
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.traced import proof, render_trace

    with Progress() as progress:
        found = run(
            exports, kpi, period=period, side=side, by=tuple(listed("--by", by)), where=filters(where) or None,
            as_of=as_of, bad_rows=bad_rows, config=config, engine=engine, progress=progress,
        )
    title = registered()[kpi].title
    write(render_trace(found, chosen, title=title, width=look.width, colour=look.colour, top=top), output)
    messages.amiss(found.warnings, again(exports, config))
    for text in found.hints:
        messages.hint(text)
    if chosen != "table":
        messages.hint(proof(found))
