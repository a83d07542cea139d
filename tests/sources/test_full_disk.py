"""A full disk under the temporary copies is told as that, not as an export that cannot be read."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest

from mlmkpi.errors import OutputError
from mlmkpi.sources import workspace
from sources.folder import Folder

TEXT = "order_id,ordered_on,amount\nA1,2026-10-01,10.00\n"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every temporary copy goes to a device that is full, and none is kept in memory."""
    monkeypatch.setattr(workspace, "_ROOM", 0)
    monkeypatch.setattr(workspace.Workspace, "path", lambda *_: Path("/dev/full"))


@pytest.mark.parametrize(("name", "content"), [
    ("orders.csv", TEXT.encode()),
    ("orders.csv.gz", gzip.compress(TEXT.encode(), mtime=0)),
    ("orders_utf16.csv", TEXT.encode("utf-16")),
    ("orders_cp1252.csv", TEXT.replace("A1", "Ä1").encode("cp1252")),
    ("orders_odd.csv", TEXT.replace("A1", 'A "1').encode()),
])
@pytest.mark.usefixtures("full")
def test_a_disk_that_is_full_is_told(exports: Folder, name: str, content: bytes) -> None:
    exports.put(name, content)
    with pytest.raises(OutputError) as caught:
        exports.source().scan(["amount"])
    assert caught.value.what == f"there is no room for the temporary copy of {name}"
    told = dict(caught.value.details)
    assert "No space left on device" in told["got"]
    assert told["fix"] == "free some, or set TMPDIR to a folder on another disk"


def test_a_machine_without_a_temporary_folder_is_told(exports: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp', '/var/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    exports.put("orders_utf16.csv", TEXT.encode("utf-16"))
    with pytest.raises(OutputError) as caught:
        exports.source()
    assert str(caught.value) == (
        "there is no folder for temporary copies\n"
        "  expected  one that can be written to and has room, such as /tmp\n"
        "  fix       set TMPDIR to one"
    )
