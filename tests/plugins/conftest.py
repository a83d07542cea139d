"""A company whose settings name a plugin; every test starts without any."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlmkpi.parameters import PARAMETERS
from mlmkpi.pipeline.plugins import forget_plugins
from plugins.own import EXAMPLE, ORDERS


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget_plugins()
    documented = dict(PARAMETERS)
    yield
    forget_plugins()
    PARAMETERS.clear()
    PARAMETERS.update(documented)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    return tmp_path


@pytest.fixture
def company(exports: Path) -> Path:
    """The exports with two people, one below the other, and a parameter of a plugin's under [definitions]."""
    people = "distributor_id,enrolled_on,sponsor_id\nD1,2026-10-01,\nD2,2026-10-02,D1\n"
    (exports / "distributors.csv").write_text(people)
    (exports / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n[definitions]\nlarge_from = 300\n')
    return exports
