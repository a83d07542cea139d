"""The private folder for what is parsed on the way in; it is gone when the run is, on Ctrl-C too."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from itertools import count
from pathlib import Path


class Workspace:
    """Hands out paths in a temporary folder, which is made when first needed."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._numbers = count(1)

    def path(self, suffix: str) -> Path:
        """A path that no file has yet."""
        if self._folder is None:
            folder = Path(tempfile.gettempdir()) / f"mlmkpi-{secrets.token_hex(8)}"
            # Removal is arranged before the folder is there, so that no interruption can come between.
            self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._folder = folder
            folder.mkdir(mode=0o700)
        return self._folder / f"{next(self._numbers)}{suffix}"

    def close(self) -> None:
        """Remove the folder and what is in it."""
        if self._folder is not None:
            self._remove()
            self._folder = None
