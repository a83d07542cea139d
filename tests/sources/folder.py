"""A folder of exports to write files into and read tables from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlmkpi.settings import Settings
from mlmkpi.sources import Exports, Source, open_exports


class Folder:
    """`exports/` in the working folder; what it opens is closed when the test ends."""

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

    def close(self) -> None:
        """Close what was opened."""
        for opened in self._opened:
            opened.close()
