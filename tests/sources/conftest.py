"""An empty folder of exports in a working folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.folder import Folder


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """The folder; what it opened is closed when the test ends."""
    monkeypatch.chdir(tmp_path)
    folder = Folder(Path("exports"))
    folder.path.mkdir()
    yield folder
    folder.close()
