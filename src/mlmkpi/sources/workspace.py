"""The private folder for what is parsed on the way in; it is gone when the run is, on Ctrl-C too."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path


class Workspace:
    """Hands out paths in a temporary folder, which is made when first needed."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._numbers = count(1)

    def path(self, suffix: str) -> Path:
        """A path that no file has yet."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mlmkpi-", ignore_cleanup_errors=True)
        return Path(self._folder.name) / f"{next(self._numbers)}{suffix}"

    def close(self) -> None:
        """Remove the folder and what is in it."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
