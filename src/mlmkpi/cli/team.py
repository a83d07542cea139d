"""`mlmkpi team`: one leader's page."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mlmkpi.cli.options import AsOf, BadRows, Config, Engine, Exports, again
from mlmkpi.cli.writing import page, write_text

EXAMPLES = """\
mlmkpi team D0000050 exports/
mlmkpi team D0000050 exports/ --depth 3 --names
mlmkpi team D0000050 exports/ --format json
"""


def team(
    leader: Annotated[str, typer.Argument(metavar="ID", help="The leader's id, as it stands in the export.")],
    exports: Exports = ".",
    every: Annotated[
        Literal["week", "month", "quarter", "year", "period"], typer.Option(help="How long a period is.")
    ] = "month",
    as_of: AsOf = None,
    tree: Annotated[
        Literal["sponsor", "enroller"], typer.Option(help="Which tree: who sponsors or who enrolled whom.")
    ] = "sponsor",
    depth: Annotated[int, typer.Option(min=0, metavar="N", help="How many generations the tree draws.")] = 2,
    names: Annotated[bool, typer.Option("--names", help="Show people's names.")] = False,
    bad_rows: BadRows = "stop",
    config: Config = None,
    engine: Engine = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="For people or machines.")] = "text",
) -> None:
    """Show one leader's team.

    Their figures beside the company's and the median leader's, the tree below them, who joined, who lapsed, who is
    about to, and who is nearest to the next rank; for the last period that ended. Nobody outside the team is shown.
    """
    from mlmkpi.cli import messages
    from mlmkpi.cli.progress import Progress
    from mlmkpi.kpi import KPIS
    from mlmkpi.pipeline.team_page import team as run
    from mlmkpi.report.team_page import render_team_page, render_team_page_json

    with Progress() as progress:
        found = run(
            exports, leader, tree=tree, every=every, as_of=as_of, depth=depth, names=names, bad_rows=bad_rows,
            config=config, engine=engine, progress=progress,
        )
    look = page(None)
    if form == "json":
        write_text(render_team_page_json(found))
    else:
        write_text(render_team_page(found, KPIS, width=look.width, colour=look.colour))
    messages.amiss(found.warnings, again(exports, config))
    if found.alone:
        messages.hint(f"{leader} has nobody in the {tree} tree: their own figures")
