"""The embedded engine, opened on the least of exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlmkpi.engines.polars import PolarsEngine
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PolarsEngine]:
    """It knows one person and one order."""
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nD1,2026-01-01\n")
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount\n1,2026-01-01,5\n")
    with open_exports(tmp_path, Settings()) as opened:
        yield PolarsEngine(opened)
