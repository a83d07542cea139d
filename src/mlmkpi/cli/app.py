"""The table of commands, in the order in which somebody new needs them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Annotated

import typer

from mlmkpi import __version__
from mlmkpi.cli import cohorts, compute, convert, demo, explain, kpis, settings, team, trace, validate
from mlmkpi.cli.help_format import Command, Group
from mlmkpi.cli.writing import write_text

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog="mlmkpi demo\nmlmkpi compute demo/\nmlmkpi explain churn_rate",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        write_text(f"mlmkpi {__version__}\n")
        raise typer.Exit


@app.callback()
def mlmkpi(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print the traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    """Direct-selling exports in, KPIs out, every number with its definition.

    Data goes to stdout; warnings, notes and errors go to stderr. Exit codes: 0 done; 1 a check failed; 2 wrong usage
    or settings; 3 an export cannot be read or does not fit; 4 could not run or write; 130 stopped by Ctrl-C, 143 by
    SIGTERM.
    """


for _command, _examples in (
    (compute.compute, compute.EXAMPLES),
    (team.team, team.EXAMPLES),
    (cohorts.cohorts, cohorts.EXAMPLES),
    (validate.validate, validate.EXAMPLES),
    (kpis.kpis, kpis.EXAMPLES),
    (explain.explain, explain.EXAMPLES),
    (trace.trace, trace.EXAMPLES),
    (demo.demo, demo.EXAMPLES),
    (convert.convert, convert.EXAMPLES),
):
    app.command(cls=Command, epilog=_examples)(_command)
app.add_typer(settings.app, name="settings")


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The app, with that command alone which the arguments begin with: to make all of them takes longer."""
    own = [one for one in app.registered_commands if one.callback and arguments[:1] == [one.callback.__name__]]
    if not own:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = own, []
    return alone
