"""Command lines run as processes, where only a process shows what happens."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.ended import PROGRAM, Run, environment


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., Run]:
    """Runs a command line as a process in an empty folder; `shell` is what stands behind it, such as a pipe."""

    def call(*arguments: str, shell: str = "") -> Run:
        command = ["bash", "-c", f'"$@" {shell}; exit ${{PIPESTATUS[0]}}', "bash", *PROGRAM, *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment(), check=False)
        return Run(ended.returncode, ended.stdout, ended.stderr)

    return call
