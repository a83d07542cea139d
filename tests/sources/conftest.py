"""A folder of exports to write files into and read tables from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlmkpi.settings import Settings
from mlmkpi.sources import Exports, Source, open_exports


class Folder:
    """`exports/` below the test's own folder; what it opens is closed when the test ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: list[Exports] = []

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def open(self, settings: Mapping[str, Any] | None = None, exports: Any = None) -> Exports:
        """Open the folder, or other exports."""
        opened = open_exports(self.path if exports is None else exports, Settings.model_validate(settings or {}))
        self._opened.append(opened)
        return opened

    def source(self, table: str = "orders", settings: Mapping[str, Any] | None = None) -> Source:
        """One table of the folder."""
        return self.open(settings).tables[table]

    def column(self, name: str, table: str = "orders", settings: Mapping[str, Any] | None = None) -> list[Any]:
        """The values of one column."""
        return list(self.source(table, settings).scan([name]).collect()[name])

    def words(self, error: BaseException) -> str:
        """An error's text, without where the test's folder is."""
        return str(error).replace(f"{self.path.parent}/", "")

    def close(self) -> None:
        """Close what was opened."""
        for opened in self._opened:
            opened.close()


@pytest.fixture
def exports(tmp_path: Path) -> Iterator[Folder]:
    """An empty folder of exports."""
    folder = Folder(tmp_path / "exports")
    folder.path.mkdir()
    yield folder
    folder.close()
