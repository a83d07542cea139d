"""Everything that is said on stderr, and the exit code of every way to end.

0 done; 1 a check failed; 2 wrong usage, settings, or a missing extra; 3 an export cannot be read or does not fit;
4 could not run or write; 130 Ctrl-C; 143 SIGTERM.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

from mlmkpi.cli.interrupts import BY_SIGNAL, stopped
from mlmkpi.errors import EngineError, MlmkpiError, UsageError

RED, YELLOW, DIM = "31", "33", "2"


def warning(text: str) -> None:
    """Say what is wrong with the data without stopping the run."""
    _say("warning", text, YELLOW)


def amiss(lines: Sequence[str], exports: str) -> None:
    """Say in one line what is wrong with the exports, which a shell takes so, and what tells more of it.

    Plugins that were left out, of which that tells nothing, have lines of their own.
    """
    plugins = [line for line in lines if line.startswith("plugin ")]
    for line in plugins:
        warning(line)
    found = [line for line in lines if line not in plugins]
    if found:
        warning(f"{', '.join(found)} · mlmkpi validate {exports}")


def hint(text: str) -> None:
    """Say what was assumed, and how to have it otherwise."""
    _say("note", text, DIM)


def fail(error: BaseException, *, debug: bool) -> int:
    """Say what went wrong, with its traceback under `debug`, and give the exit code."""
    if debug:
        traceback.print_exception(error)
    if code := stopped():
        return code
    if isinstance(error, KeyboardInterrupt):
        return BY_SIGNAL + signal.SIGINT
    from mlmkpi.cli.usage import help_text

    if (text := help_text(error)) is not None:
        _write(text)
        return UsageError.exit_code
    known = _known(error)
    _say("error", str(known), RED)
    return known.exit_code


def _known(error: BaseException) -> MlmkpiError:
    """The error as one of mlmkpi's own; the text of a stranger's is not shown, it may quote the data."""
    if isinstance(error, MlmkpiError):
        return error
    from mlmkpi.cli.usage import is_usage, worded

    if is_usage(error):
        return worded(error)
    refused = _refused(error)
    if isinstance(error, MemoryError) or refused == os.strerror(errno.ENOMEM):
        fix = "ask for fewer KPIs or dimensions at once, or use a larger machine"
        return EngineError("the memory does not suffice", (("fix", fix),))
    if isinstance(error, OSError) and refused:
        place = (("where", str(error.filename)),) if error.filename else ()
        return EngineError(f"the system refused: {refused}", place)
    return EngineError(
        f"mlmkpi itself failed ({type(error).__name__})",
        (("fix", "run the same command with --debug, and report what it prints"),),
    )


def _refused(error: BaseException) -> str | None:
    """What the system said; Polars hands on its number alone, as in "Cannot allocate memory (os error 12)"."""
    if not isinstance(error, OSError):
        return None
    number = re.search(r"\(os error (\d+)\)", str(error))
    return error.strerror or (os.strerror(int(number[1])) if number else None)


def _say(label: str, text: str, colour: str) -> None:
    """Write a labelled message; its first line stands after the label, without what would steer a terminal."""
    from mlmkpi.report.labels import CONTROLS
    from mlmkpi.report.terminal import wants_colour

    shown = text.translate({sign: as_what for sign, as_what in CONTROLS.items() if sign != ord("\n")})
    head = f"\x1b[{colour}m{label}:\x1b[0m" if wants_colour(sys.stderr, os.environ) else f"{label}:"
    _write(f"{head} {shown}")


def _write(text: str) -> None:
    """Write to stderr, where there is one."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{text}\n")
