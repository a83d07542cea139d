"""What all tests share: command lines run inside them; Hypothesis judges results, not how busy the machine is;
garbage is looked for as seldom as by the command line.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

from cli.ended import Run
from mlmkpi.cli import main
from mlmkpi.cli.tuning import collect_rarely

collect_rarely()
settings.register_profile("mlmkpi", deadline=None)
settings.load_profile("mlmkpi")


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Run]:
    """Runs a command line in this process."""

    def call(*arguments: str) -> Run:
        code = main(arguments)
        said = capsysbinary.readouterr()
        return Run(code, said.out.decode(errors="replace"), said.err.decode())

    return call
