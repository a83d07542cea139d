"""What only a process shows: closed pipes, full disks, light imports, completion."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cli.ended import PROGRAM, Run, environment
from marks import wide
from mlmkpi.cli import writing
from mlmkpi.cli.app import app_for
from mlmkpi.errors import OutputError

Call = Callable[..., Run]
COMMANDS = ["compute", "team", "cohorts", "validate", "kpis", "explain", "trace", "demo", "convert"]
HEAVY = "{'polars', 'pydantic', 'rich', 'numpy', 'scipy', 'narwhals', 'pyarrow'}"


@pytest.mark.parametrize("command", ["--help", "compute --help", "settings --help", "--version"])
def test_help_loads_nothing_heavy(command: str) -> None:
    code = f"import sys; from mlmkpi.cli import main; main(sys.argv[1:]); sys.exit(str({HEAVY} & sys.modules.keys()))"
    ended = subprocess.run(
        [sys.executable, "-c", code, *command.split()], capture_output=True, text=True, check=False
    )
    assert ended.stderr == "set()\n"


@pytest.mark.parametrize("command", ["compute --kpi sales_volume --format csv", "validate", "kpis"])
def test_a_run_loads_what_its_figures_need_alone(command: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount\nA1,2026-10-01,10.00\n", encoding="utf-8")
    rare = "{'scipy', 'pyarrow', 'pyspark', 'rich.progress'}"
    code = f"import sys; from mlmkpi.cli import main; main(sys.argv[1:]); sys.exit(str({rare} & sys.modules.keys()))"
    ended = subprocess.run(
        [sys.executable, "-c", code, *command.split(), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.stderr.splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("arguments", "made"),
    [(["validate", "x"], ["validate"]), (["valid"], COMMANDS), (["settings"], COMMANDS), ([], COMMANDS)],
)
def test_of_the_commands_the_one_that_is_named_is_made_alone(arguments: list[str], made: list[str]) -> None:
    found = [one.callback.__name__ for one in app_for(arguments).registered_commands if one.callback]
    assert found == made


def test_a_closed_pipe_ends_in_silence(process: Call) -> None:
    assert process("settings", "schema", shell="| true") == Run(0, "", "")


@pytest.mark.parametrize("split", [wide([]), ["--by", "team"]], ids=["at once", "piece by piece"])
def test_a_closed_pipe_that_is_named_ends_in_silence_too(process: Call, tmp_path: Path, split: list[str]) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on,sponsor_id\nA,2026-01-01,\nB,2026-01-02,A\n")
    asked = ["compute", "--kpi", "new_signups", *split, "--format", "csv", "--output", "/dev/stdout"]
    assert process(*asked, shell="| true") == Run(0, "", "")
    whole = process(*asked, shell="| cat")
    assert (whole.code, whole.out.startswith("kpi,period,")) == (0, True)


@pytest.mark.parametrize("split", [wide([]), ["--by", "team"]], ids=["at once", "piece by piece"])
def test_stdout_that_is_named_keeps_what_stands_before_and_behind(
    process: Call, tmp_path: Path, split: list[str]
) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on,sponsor_id\nA,2026-01-01,\nB,2026-01-02,A\n")
    asked = ["compute", "--kpi", "new_signups", *split, "--format", "csv"]
    (tmp_path / "log").write_text("before\n")
    assert process(*asked, "--output", "/dev/stdout", shell=">> log").code == 0
    assert (tmp_path / "log").read_text() == f"before\n{process(*asked).out}"


def test_a_dash_is_stdout(run: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    monkeypatch.chdir(tmp_path)
    asked = ["compute", "--kpi", "new_signups", "--format", "csv"]
    assert run(*asked, "--output", "-") == run(*asked)
    assert not (tmp_path / "-").exists()


def test_a_link_to_itself_is_told_as_the_system_tells_it(process: Call, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    (tmp_path / "k.csv").symlink_to("k.csv")
    said = "error: k.csv cannot be written\n  got  Too many levels of symbolic links\n"
    assert process("compute", "--kpi", "new_signups", "--output", "k.csv") == Run(4, "", said)


def test_a_full_device_is_an_error_of_writing(process: Call, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    said = "error: /dev/full cannot be written\n  got  No space left on device\n"
    assert process("compute", "--kpi", "new_signups", "--format", "csv", "--output", "/dev/full") == Run(4, "", said)


def test_a_full_disk_under_what_is_handed_on_in_pieces_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "TemporaryFile", partial(open, "/dev/full", "wb"))
    with pytest.raises(OutputError) as caught, writing.opened(None) as out:
        out.write(b"kpi,period\n" * 10_000)
    assert str(caught.value) == (
        "the temporary copy of the output cannot be written\n"
        "  got  No space left on device\n"
        "  fix  free some room, or set TMPDIR to a folder on another disk"
    )


@pytest.mark.parametrize("named", [False, True])
def test_what_keeps_rows_from_being_made_is_no_error_of_writing(named: bool, tmp_path: Path) -> None:
    """Polars hands on what the system said without its number."""
    output = tmp_path / "kpis.csv" if named else None
    with pytest.raises(OSError, match="Cannot allocate memory") as caught, writing.opened(output):
        raise OSError("Cannot allocate memory (os error 12)")
    assert not isinstance(caught.value, OutputError)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_under_stdout_is_an_error_of_writing(process: Call) -> None:
    said = "error: stdout cannot be written\n  got  No space left on device\n"
    assert process("settings", "schema", shell="> /dev/full") == Run(4, "", said)


def test_a_closed_stdout_is_an_error_of_writing(process: Call) -> None:
    said = "error: stdout cannot be written\n  got  it is closed\n"
    assert process("settings", "schema", shell=">&-") == Run(4, "", said)


def test_a_closed_stderr_changes_nothing_else(process: Call) -> None:
    assert process("--version", shell="2>&-").code == 0
    assert process("compte", shell="2>&-").code == 2


def test_the_schema_of_the_settings_is_json_on_stdout(run: Call) -> None:
    ended = run("settings", "schema")
    assert (ended.code, ended.err) == (0, "")
    assert {"files", "columns", "codes", "definitions"} <= json.loads(ended.out)["properties"].keys()


def test_the_version_is_one_line(run: Call) -> None:
    ended = run("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("mlmkpi ")
    assert ended.out.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed_for_the_shell(shell: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*PROGRAM, "--show-completion", shell], capture_output=True, text=True, check=True,
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"), cwd=tmp_path,
    )
    assert "_MLMKPI_COMPLETE" in ended.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("mlmkpi co", ["compute", "cohorts", "convert"]),
        ("mlmkpi explain churn_r", ["churn_rate"]),
        ("mlmkpi compute --kpi new_s", ["new_signups"]),
        ("mlmkpi compute --every q", ["quarter"]),
        ("mlmkpi cohorts --curve cu", ["current"]),
    ],
)
def test_commands_choices_and_kpis_are_completed(words: str, completed: list[str]) -> None:
    at = str(len(words.split()) - 1)
    ended = subprocess.run(
        PROGRAM, capture_output=True, text=True, check=False,
        env=environment(_MLMKPI_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=at),
    )
    assert ended.stdout.split() == completed


def test_the_package_can_be_run_as_a_module() -> None:
    program = [sys.executable, "-m", "mlmkpi"]
    found = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("mlmkpi ")
    assert subprocess.run([*program, "explain", "nothing"], capture_output=True, check=False).returncode == 2
