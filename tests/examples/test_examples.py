"""Every command of the README and of the examples runs, and says what it is there to say."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cli.ended import Run
from mlmkpi.demo import write_demo

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


COMMANDS = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
OURS = [command for command in COMMANDS if command.startswith("mlmkpi ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the demo company and the examples."""
    path = tmp_path_factory.mktemp("work")
    write_demo(path / "demo", orders=2_000)
    shutil.copytree(ROOT / "examples", path / "examples")
    return path


def shell(command: str, folder: Path) -> str:
    """Run a shell command as a reader would; its stdout."""
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, cwd=folder, env=os.environ | path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readme_has_no_command_that_these_tests_miss() -> None:
    assert OURS
    assert sorted(set(COMMANDS) - set(OURS)) == ["make demo", "make test"]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_knows_what_the_readme_tells_to_make(target: str) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    planned = shell(f"make --dry-run {target}", ROOT)
    assert "scripts/environment" in planned


@pytest.mark.parametrize("command", OURS)
def test_a_command_of_the_readme_runs(
    command: str, folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    ended = run(*shlex.split(command)[1:])
    assert ended.code == 0, ended.err
    assert ended.out or "--output" in command or "convert" in command
    if "kpis.parquet" in command:
        assert pl.read_parquet(folder / "kpis.parquet")["year_ago"].drop_nulls().len() > 0


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_of_the_readme_runs(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    scope: dict[str, Any] = {}
    exec(code, scope)
    assert set(scope["result"].frame["kpi"]) == {"churn_rate"}


def test_the_python_of_the_library_page_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    exec("".join(blocks("python", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"))), {})
    assert capsys.readouterr().out.endswith("\n30.25\nthere is no KPI chrun_rate did you mean churn_rate?\n")


def test_the_test_that_contributing_shows_passes() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    scope: dict[str, Any] = {}
    exec("".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)), scope)
    shown = [each for name, each in scope.items() if name.startswith("test_")]
    assert len(shown) == 1
    shown[0]()


def test_the_example_company_is_read_without_errors_and_in_its_own_words(run: Callable[..., Run]) -> None:
    company = str(ROOT / "examples" / "company")
    findings = json.loads(run("validate", company, "--format", "json").out)
    assert {finding["severity"] for finding in findings} <= {"warning", "info"}
    rows = json.loads(run("compute", company, "--kpi", "churn_rate", "--last", "1", "--format", "json").out)
    assert "lapse_after_days=60" in rows[0]["definition"]


def test_its_sales_add_up_to_what_its_files_say(folder: Path) -> None:
    total = 0
    for path in sorted((folder / "examples" / "company").glob("sales-*.csv")):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            _, _, _, _, net, _, state, kind, *_ = line.split(";")
            if state in ("C", "H") and kind in ("S", "R"):
                total += int(net.replace(",", ""))
    asked = "--kpi sales_volume --every year --last 3 --format json"
    sales = json.loads(shell(f"mlmkpi compute examples/company {asked}", folder))
    assert [row["unit"] for row in sales] == ["EUR"] * 3
    assert round(100 * sum(row["value"] for row in sales)) == total


def test_the_script_that_uses_the_library_runs(folder: Path) -> None:
    shown = shell(f"{sys.executable} -W error examples/library.py demo", folder)
    assert "average order: 20.12" in shown
    assert "Churn: The share of the distributors" in shown
    assert "| New sign-ups |" in shown


def test_the_crontab_line_writes_both_files(folder: Path) -> None:
    line = (ROOT / "examples" / "crontab").read_text(encoding="utf-8").splitlines()[-1]
    command = line.split(maxsplit=5)[5]
    (folder / "kpis").mkdir()
    few = command.replace("compute /srv/exports", "compute /srv/exports --kpi recruiting,sales")
    mailed = shell(few.replace("/srv/exports", "demo").replace("/srv", "."), folder)
    assert "distributor_id is not among the distributors" in mailed
    assert pl.read_parquet(folder / "kpis" / "kpis.parquet").height > 100
    assert "New sign-ups" in (folder / "kpis" / "kpis.md").read_text(encoding="utf-8")


def test_the_workflow_validates(folder: Path) -> None:
    workflow = (ROOT / "examples" / "validate.yml").read_text(encoding="utf-8")
    command = re.findall(r"- run: (mlmkpi .*)", workflow)
    assert len(command) == 1
    shell(command[0].replace("exports/", "demo/"), folder)
    assert isinstance(json.loads((folder / "findings.json").read_text(encoding="utf-8")), list)
