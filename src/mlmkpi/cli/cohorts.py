"""`mlmkpi cohorts`: of everybody who came in a month, who is still there."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mlmkpi.cli.options import AsOf, BadRows, Config, Engine, Exports, Form, Output, again
from mlmkpi.cli.writing import format_of, page, write

EXAMPLES = """\
mlmkpi cohorts exports/
mlmkpi cohorts exports/ --of customers --curve current
mlmkpi cohorts exports/ --last 12 --output cohorts.csv
"""


def cohorts(
    exports: Exports = ".",
    of: Annotated[
        Literal["distributors", "customers"],
        typer.Option(help="Whose classes: distributors by first enrolment, customers by first sale."),
    ] = "distributors",
    curve: Annotated[
        Literal["active", "current", "on_books"] | None,
        typer.Option(
            help="Still there: active in the month, current at its end, or on the books at its end. Without it the"
            " settings' cohort_curve, else active."
        ),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only so many classes, the latest. Without it all.")
    ] = None,
    as_of: AsOf = None,
    bad_rows: BadRows = "stop",
    config: Config = None,
    engine: Engine = None,
    form: Form = None,
    output: Output = None,
) -> None:
    """Show cohort curves: who is still there, month by month.

    A class is everybody who came in a calendar month; those who left stay in it, so its curve is of the whole class.
    The other formats have a row a class and month.
    """
    chosen, look = format_of(form, output), page(exports, output)

    from mlmkpi import cohorts as run
    from mlmkpi.cli import messages
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report.cohorts import render_cohorts

    with Progress() as progress:
        found = run(
            exports, of=of, curve=curve, last=last, as_of=as_of, bad_rows=bad_rows, config=config, engine=engine,
            progress=progress,
        )
    write(render_cohorts(found, chosen, width=look.width, colour=look.colour), output)
    messages.amiss(found.warnings, again(exports, config))
    for text in found.hints:
        messages.hint(text)
