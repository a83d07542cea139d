"""Where the real files are, and what the importing examples make of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files; it is not part of the repository, since licences differ."""
    folder = os.environ.get("MLMKPI_DATA")
    if not folder:
        pytest.skip("MLMKPI_DATA does not name the folder of real files")
    return Path(folder)


def imported(example: str, data: Path, out: Path) -> Path:
    """What an importing example writes."""
    subprocess.run([sys.executable, EXAMPLES / example, data, out], check=True)
    return out


@pytest.fixture(scope="session")
def olist_exports(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Olist laid out as exports."""
    return imported("olist.py", real_data / "olist", tmp_path_factory.mktemp("olist"))


@pytest.fixture(scope="session")
def retail_exports(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Online Retail laid out as exports."""
    return imported("online_retail.py", real_data / "online_retail", tmp_path_factory.mktemp("retail"))
