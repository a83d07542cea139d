"""Where what is parsed on the way in is kept: little in memory, the rest in a private folder.

The folder is gone when the run is, on Ctrl-C too.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from itertools import count
from pathlib import Path

import polars as pl

from mlmkpi.errors import OutputError
from mlmkpi.sources.part import SMALL

_ROOM = 32 * 2**20
"""How many bytes of text are kept in memory once they are parsed."""


class Workspace:
    """Keeps typed copies, and hands out paths in a temporary folder, which is made when first needed."""

    def __init__(self) -> None:
        self._room = _ROOM
        self._folder: Path | None = None
        self._numbers = count(1)

    def path(self, suffix: str) -> Path:
        """A path that no file has yet; OutputError where there is no folder for temporary files."""
        if self._folder is None:
            folder = _temporary() / f"mlmkpi-{secrets.token_hex(8)}"
            # Removal is arranged before the folder is there, so that no interruption can come between.
            self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._folder = folder
            folder.mkdir(mode=0o700)
        return self._folder / f"{next(self._numbers)}{suffix}"

    def kept(self, frame: pl.LazyFrame, size: int | None) -> pl.LazyFrame:
        """A copy of the frame, which is made of a text of so many bytes, None where that is not known."""
        if size is not None and size <= self._room:
            copy = frame.collect(engine="in-memory" if size <= SMALL else "streaming")
            self._room -= size
            return copy.lazy()
        path = self.path(".parquet")
        frame.sink_parquet(path, compression="lz4", statistics=False)
        return pl.scan_parquet(path, glob=False)

    def close(self) -> None:
        """Remove the folder and what is in it."""
        if self._folder is not None:
            self._remove()
            self._folder = None


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise OutputError(
            "there is no folder for temporary copies",
            (("expected", "one that can be written to and has room, such as /tmp"), ("fix", "set TMPDIR to one")),
        ) from None
