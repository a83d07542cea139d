"""A plugin that is left out is named by every command, in every form of output, and the rest is as without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import mlmkpi
from cli.ended import Run
from plugins.own import FINE, failing, with_plugin

Call = Callable[..., Run]
FAILS_WHEN_SET = FINE.replace("    return", "    if large_from != 200:\n        raise KeyError('no such')\n    return")
COMMANDS = [
    ("compute", "EXPORTS"), ("compute", "EXPORTS", "--kpi", "all"), ("cohorts", "EXPORTS"), ("team", "D1", "EXPORTS"),
    ("trace", "sales_volume", "EXPORTS"), ("explain", "sales_volume", "EXPORTS"), ("kpis", "EXPORTS", "--missing"),
    ("validate", "EXPORTS"),
]


def asked(run: Call, command: tuple[str, ...], exports: Path) -> Run:
    return run(*(str(exports) if word == "EXPORTS" else word for word in command))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_parameters_of_a_plugin_that_is_left_out_stop_no_command(
    company: Path, run: Call, command: tuple[str, ...]
) -> None:
    ended = asked(run, command, with_plugin(company, "import nothing_such\n"))
    assert ended.code == 0, ended.err
    warned = [line for line in ended.err.splitlines() if line.startswith("warning: plugin")]
    assert warned == [
        "warning: plugin own_kpi.py left out: ModuleNotFoundError: No module named 'nothing_such' (line 1)",
        "warning: plugin left out, and no KPI has large_from under [definitions]",
    ][:len(warned)]
    assert len(warned) == (1 if command[0] == "explain" else 2)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_one_whose_plugin_is_there_is_known_to_every_command(
    company: Path, run: Call, command: tuple[str, ...]
) -> None:
    ended = asked(run, command, with_plugin(company, FINE))
    assert (ended.code, "warning: plugin" in ended.err) == (0, False), ended.err


def test_while_a_plugin_is_left_out_a_misspelt_parameter_is_told_as_such(company: Path) -> None:
    (company / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n[definitions]\nlaps_after_days = 30\n')
    warnings = mlmkpi.compute(with_plugin(company, "1 / 0\n"), kpis=["sales_volume"], count=1).warnings
    assert warnings[1] == (
        "plugin left out, and no KPI has laps_after_days under [definitions]: did you mean lapse_after_days?"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("text", [FAILS_WHEN_SET, FAILS_WHEN_SET.replace("KeyError", "ValueError")])
def test_one_that_gives_no_figure_under_the_settings_is_named(
    company: Path, run: Call, command: tuple[str, ...], text: str
) -> None:
    ended = asked(run, command, with_plugin(company, text))
    assert ended.code == 0, ended.err
    said = ended.out + ended.err
    error = "ValueError: no such" if "ValueError" in text else "KeyError: 'no such'"
    assert said.count(f"plugin own_kpi.py left out: own: {error} (line 15)") == 1


@pytest.mark.parametrize("command", ["trace", "explain"])
def test_it_is_an_error_where_it_alone_is_asked_for(company: Path, run: Call, command: str) -> None:
    ended = run(command, "own", str(with_plugin(company, FAILS_WHEN_SET)))
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: own of the plugin own_kpi.py failed (KeyError: 'no such' (line 15))\n")


def test_explain_tries_no_other_value_under_which_it_fails(company: Path, run: Call) -> None:
    """Half of 200 and its double fail; the figure itself, 10.50 + 20.25 - 3.25, does not."""
    (company / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    ended = run("explain", "own", str(with_plugin(company, FAILS_WHEN_SET)))
    assert ended.code == 0, ended.err
    assert "27.5" in ended.out


def test_one_that_cannot_say_what_it_needs_is_left_out_of_the_catalogue(exports: Path, run: Call) -> None:
    ended = run("kpis", str(with_plugin(exports, failing("needs"))))
    assert ended.code == 0, ended.err
    assert ended.err == "warning: plugin own_kpi.py left out: KeyError: 'gone' (line 12)\n"
