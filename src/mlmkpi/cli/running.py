"""One command line from its arguments to its exit code: where every error ends, whatever raised it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mlmkpi.cli import messages
from mlmkpi.cli.interrupts import forget, stopped

DEBUG = "--debug"


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; `--debug` may stand anywhere among its arguments."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in given
    forget()
    try:
        code = _run([each for each in given if each != DEBUG])
        return stopped() or code
    except SystemExit:
        raise
    except BaseException as error:
        return messages.fail(error, debug=debug)


def _run(arguments: list[str]) -> int:
    from typer.main import get_command

    from mlmkpi.cli.app import app_for

    code = get_command(app_for(arguments)).main(arguments, prog_name="mlmkpi", standalone_mode=False)
    return code if isinstance(code, int) else 0
