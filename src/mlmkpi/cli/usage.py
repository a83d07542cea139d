"""What the argument parser refuses, in the shape of every other error: expected what, and the nearest that exists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from typer._click import exceptions as refused

from mlmkpi import spelling
from mlmkpi.errors import Details, UsageError

PERIOD = "a day such as 2026-10-31, or a period such as 2026-10, 2026-Q3 or 2026-W41"
DAYS = {"day": "a day such as 2026-10-31", "first_day": PERIOD, "last_day": PERIOD}
"""What options take that are read by these functions."""


def is_usage(error: BaseException) -> bool:
    """Whether the error is the parser's."""
    return isinstance(error, refused.ClickException)


def worded(error: BaseException) -> UsageError:
    """The parser's error in mlmkpi's words."""
    help_line: Details = ()
    context = getattr(error, "ctx", None)
    if context is not None:
        help_line = (("help", f"{context.command_path} --help"),)
    what, details = _worded(error, context)
    return UsageError(what, details + help_line)


def help_text(error: BaseException) -> str | None:
    """The help that stands in for a command that was not given; None for any other error."""
    return error.message if isinstance(error, refused.NoArgsIsHelpError) else None


def nearest(word: str, words: Iterable[str]) -> Details:
    """The line that proposes the most similar of the words, where one is near."""
    found = spelling.nearest(word, words, cutoff=0.5)
    return (("fix", f"did you mean {found}?"),) if found else ()


def _meant(option: str, options: Iterable[str]) -> Details:
    """Of a letter the options that begin with it; else the most similar."""
    letter = option.removeprefix("-")
    begun = [name for name in options if name.startswith(f"--{letter}")] if len(letter) == 1 else []
    return (("fix", f"did you mean {' or '.join(begun)}?"),) if begun else nearest(option, options)


def _worded(error: BaseException, context: Any) -> tuple[str, Details]:
    if isinstance(error, refused.NoSuchOption):
        options = [name for each in context.command.params for name in each.opts if name.startswith("--")]
        return f"there is no option {error.option_name}", _meant(error.option_name, options)
    if isinstance(error, refused.MissingParameter) and error.param is not None:
        return f"{error.param.human_readable_name.strip('[]')} is missing", ()
    if isinstance(error, refused.BadParameter):
        return _bad_value(error)
    message = error.message if isinstance(error, refused.ClickException) else str(error)
    if command := re.match(r"No such command '(.*?)'", message):
        commands = list(context.command.commands)
        expected = (("expected", ", ".join(commands)),)
        return f"there is no command {command[1]}", expected + nearest(command[1], commands)
    if more := re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message):
        fix = "put a pattern such as 'exports/*.csv', or a name with spaces, in quotes"
        return f"too many arguments: {more[1]}", (("fix", fix),)
    return message.rstrip("."), ()


def _bad_value(error: refused.BadParameter) -> tuple[str, Details]:
    """An option's value that does not fit, with the values that would."""
    option = error.param.opts[0] if error.param is not None and error.param.opts else "the value"
    parsed = getattr(getattr(error.param, "type", None), "name", "")
    if parsed in DAYS:
        return f"{option} does not take {error.message}", (("expected", DAYS[parsed]),)
    quoted = re.match(r"'(.*?)' is not", error.message)
    choices = [str(choice) for choice in getattr(getattr(error.param, "type", None), "choices", ())]
    if quoted and choices:
        return f"{option} does not take {quoted[1]}", (
            ("expected", ", ".join(choices)), *nearest(quoted[1], choices),
        )
    number = re.fullmatch(r"'?(.*?)'? is not (?:a valid int(?: range)?|in the range x>=(\d+))\.?", error.message)
    if number:
        least = f" from {number[2]}" if number[2] else ""
        return f"{option} does not take {number[1]}", (("expected", f"a whole number{least}"),)
    return f"{option} does not fit", (("got", error.message.rstrip(".")),)
