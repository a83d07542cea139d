"""What cannot be asked for is refused with the nearest that can, in the shape of every other error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.ended import Run

Call = Callable[..., Run]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["compte"],
            "error: there is no command compte\n"
            "  expected  compute, team, cohorts, validate, kpis, explain, trace, demo, convert, settings\n"
            "  fix       did you mean compute?\n"
            "  help      mlmkpi --help\n",
        ),
        (
            ["compute", "--evry", "week"],
            "error: there is no option --evry\n  fix   did you mean --every?\n  help  mlmkpi compute --help\n",
        ),
        (["compute", "-o", "x"],
         "error: there is no option -o\n  fix   did you mean --output?\n  help  mlmkpi compute --help\n"),
        (["compute", "-f", "csv"],
         "error: there is no option -f\n  fix   did you mean --from or --format?\n  help  mlmkpi compute --help\n"),
        (["--qqq"], "error: there is no option --qqq\n  help  mlmkpi --help\n"),
        (
            ["compute", "--every", "moth"],
            "error: --every does not take moth\n"
            "  expected  day, week, month, quarter, year, period\n"
            "  fix       did you mean month?\n"
            "  help      mlmkpi compute --help\n",
        ),
        (
            ["compute", "--last", "0"],
            "error: --last does not take 0\n  expected  a whole number from 1\n  help      mlmkpi compute --help\n",
        ),
        (
            ["compute", "--last", "many"],
            "error: --last does not take many\n  expected  a whole number\n  help      mlmkpi compute --help\n",
        ),
        (
            ["compute", "--from", "31/12/2026"],
            "error: --from does not take 31/12/2026\n"
            "  expected  a day such as 2026-10-31, or a period such as 2026-10, 2026-Q3 or 2026-W41\n"
            "  help      mlmkpi compute --help\n",
        ),
        (
            ["compute", "--where", "US"],
            "error: --where US\n  expected  a dimension and a value, such as market=US\n",
        ),
        (
            ["compute", "a.csv", "b.csv"],
            "error: too many arguments: b.csv\n"
            "  fix   put a pattern such as 'exports/*.csv', or a name with spaces, in quotes\n"
            "  help  mlmkpi compute --help\n",
        ),
        (["explain"], "error: KPI is missing\n  help  mlmkpi explain --help\n"),
        (["convert", "exports"], "error: FOLDER is missing\n  help  mlmkpi convert --help\n"),
        (["settings", "shema"],
         "error: there is no command shema\n  expected  schema\n  fix       did you mean schema?\n"
         "  help      mlmkpi settings --help\n"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_what_would_fit(run: Call, arguments: list[str], said: str) -> None:
    assert run(*arguments) == Run(2, "", said)


def test_no_command_is_answered_with_the_help_on_stderr(run: Call) -> None:
    ended = run()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Usage: mlmkpi [OPTIONS] COMMAND")


def test_what_would_steer_a_terminal_is_not_repeated(run: Call) -> None:
    assert "\x1b" not in run("compute", "--from", "\x1b[31mred").err


def test_debug_may_stand_anywhere_and_shows_where_an_error_was_raised(run: Call) -> None:
    for arguments in (("--debug", "compute", "--from", "x"), ("compute", "--from", "x", "--debug")):
        ended = run(*arguments)
        assert ended.code == 2
        assert ended.err.startswith("Traceback")
        assert "\nerror: --from does not take x\n  expected  a day such as 2026-10-31, or a period" in ended.err


COMMANDS = (
    "compute", "team", "cohorts", "validate", "kpis", "explain", "trace", "demo", "convert", "settings",
    "settings schema",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_examples_that_name_it(run: Call, command: str) -> None:
    ended = run(*command.split(), "--help")
    assert run(*command.split(), "-h") == ended
    assert (ended.code, ended.err) == (0, "")
    summary, examples = ended.out.split("Examples:\n")
    assert summary.startswith(f"Usage: mlmkpi {command}")
    assert all(line.startswith(f"  mlmkpi {command}") for line in examples.splitlines())
    assert examples


def test_no_line_of_help_is_wider_than_eighty_columns(run: Call) -> None:
    texts = [run(*command.split(), "--help").out for command in ("", *COMMANDS)]
    assert [line for text in texts for line in text.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("option", ["--kpi", "--by", "--where", "--team"])
def test_an_option_given_empty_is_refused(run: Call, tmp_path: Path, option: str) -> None:
    """A script whose variable is not set asks for one thing; it should not get all of them."""
    ended = run("compute", str(tmp_path), option, "")
    assert ended == Run(2, "", f"error: {option} is empty\n  fix  give it a value, or leave it out\n")
