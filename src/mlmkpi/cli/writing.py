"""Where data goes: bytes to stdout, or to a file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import typer

from mlmkpi import __version__
from mlmkpi.errors import OutputError, UsageError
from mlmkpi.report.terminal import is_terminal, wants_colour

if TYPE_CHECKING:
    from mlmkpi.report.render import Page

PIECE = 2**20
STDOUT = Path("/dev/stdout")
"""Opened by that name a file would lose what others have written to it, and what they write later."""
SUFFIXES = {
    ".json": "json", ".csv": "csv", ".parquet": "parquet", ".md": "markdown", ".markdown": "markdown", ".txt": "table",
}


def format_of(form: str | None, output: Path | None, forms: Collection[str] = frozenset(SUFFIXES.values())) -> str:
    """The format asked for, else the one of these `forms` that the file's suffix says, else a table.

    Raises UsageError where the suffix says none, or where bytes would go to a terminal; OutputError where the
    folder does not exist.
    """
    if output is None:
        if form == "parquet" and is_terminal(sys.stdout, os.environ):
            raise UsageError("parquet is not for a terminal", (("fix", "name a file: --output kpis.parquet"),))
        return form or "table"
    if not output.parent.is_dir():
        fix = "make it, or name another"
        raise OutputError(
            f"{output} cannot be written", (("got", f"there is no folder {output.parent}"), ("fix", fix))
        )
    known = {suffix: name for suffix, name in SUFFIXES.items() if name in forms}
    if form is None and output.suffix.lower() not in known:
        raise UsageError(
            f"the name {output.name} does not say which format",
            (("expected", f"a name that ends in {', '.join(known)}"), ("fix", "rename it, or add --format")),
        )
    return form or known[output.suffix.lower()]


def write(data: bytes, output: Path | None = None) -> None:
    """Write to the file, or to stdout.

    Raises OutputError where the system refuses; a reader who closed the pipe ends the run in silence.
    """
    if output is None or output == STDOUT:
        _to_stdout(data)
    elif _is_device(output):
        with _device(output) as device:
            device.write(data)
    else:
        from mlmkpi.sources.atomic import atomic_path

        with atomic_path(_target(output)) as aside:
            aside.write_bytes(data)


@contextmanager
def opened(output: Path | None) -> Iterator[IO[bytes]]:
    """A file to write to piece by piece: it takes its name, or goes to stdout or a device, at the block's end.

    Raises OutputError where the system refuses; a reader who closed the pipe ends the run in silence.
    """
    output = None if output == STDOUT else output
    if output is None or _is_device(output):
        try:
            with TemporaryFile() as aside:
                yield aside
                aside.seek(0)
                _handed_on(aside, output)
        except OSError as error:
            if error.errno is None:
                raise
            fix = "free some room, or set TMPDIR to a folder on another disk"
            raise _refusal("the temporary copy of the output", error, fix) from None
    else:
        from mlmkpi.sources.atomic import atomic_path

        with atomic_path(_target(output)) as path, path.open("wb") as file:
            yield file


def _handed_on(aside: IO[bytes], output: Path | None) -> None:
    """What stands in a file, to stdout or to a device."""
    if output is None:
        for piece in iter(lambda: aside.read(PIECE), b""):
            _to_stdout(piece)
        return
    with _device(output) as device:
        copyfileobj(aside, device, PIECE)


def _target(output: Path) -> Path:
    """The file itself, where a link is named."""
    try:
        output.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _refusal(str(output), error) from None
    return output.resolve()


def _is_device(output: Path) -> bool:
    return output.exists() and not output.is_file() and not output.is_dir()


def write_text(text: str) -> None:
    """Write text to stdout."""
    write(text.encode())


def _to_stdout(data: bytes) -> None:
    if sys.stdout is None:
        raise OutputError("stdout cannot be written", (("got", "it is closed"),))
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise _refusal("stdout", error) from None


@contextmanager
def _device(output: Path) -> Iterator[IO[bytes]]:
    """A pipe or a device, which is written to and never replaced."""
    try:
        with output.open("wb") as device:
            yield device
    except BrokenPipeError:
        raise typer.Exit from None
    except OSError as error:
        raise _refusal(str(output), error) from None


def _refusal(place: str, error: OSError, fix: str = "") -> OutputError:
    got = ("got", error.strerror or str(error))
    return OutputError(f"{place} cannot be written", (got, ("fix", fix)) if fix else (got,))


def page(exports: str | None, output: Path | None = None, *, top: int = 20, sort: str = "size") -> Page:
    """The screen that stdout is, or that a file is like; `top` segments are shown there, in the order of `sort`."""
    from shutil import get_terminal_size

    from mlmkpi.report.render import Page

    colour = output is None and wants_colour(sys.stdout, os.environ)
    return Page(get_terminal_size().columns, colour, exports, __version__, top, sort)
