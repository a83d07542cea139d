"""Output files appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE

from mlmkpi.errors import OutputError

SHOWN = 40
"""So many signs of a name are kept beside it: a system takes 255 bytes, and the name may have all of them."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes the name at the block's end, and goes where that fails.

    Raises OutputError where the system refuses the file. An error without a number is not the file's: so Polars hands
    on what keeps it from reading or from memory.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:SHOWN]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise _refusal(path, error) from error
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        _move(aside, path)
    except OSError as error:
        if error.errno is None:
            raise
        raise _refusal(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink()


def _move(aside: Path, path: Path) -> None:
    """Give the file the rights of the one it replaces, or those of a new one, bring it to the disk, and rename it."""
    mask = os.umask(0)
    os.umask(mask)
    aside.chmod(S_IMODE(path.stat().st_mode) if path.is_file() else 0o666 & ~mask)
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    aside.replace(path)


def _refusal(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written",
        (("got", error.strerror or str(error)), ("fix", "choose a folder that exists and can be written to")),
    )
