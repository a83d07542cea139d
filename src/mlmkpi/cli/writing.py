"""Where data goes: bytes to stdout, or to a file that appears whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from mlmkpi import __version__
from mlmkpi.errors import OutputError, UsageError
from mlmkpi.report.screen import is_terminal, wants_colour

if TYPE_CHECKING:
    from mlmkpi.report.render import Page

SUFFIXES = {
    ".json": "json", ".csv": "csv", ".parquet": "parquet", ".md": "markdown", ".markdown": "markdown", ".txt": "table",
}


def format_of(form: str | None, output: Path | None) -> str:
    """The format asked for, else the one that the file's suffix says, else a table.

    Raises UsageError where the suffix says none, or where bytes would go to a terminal; OutputError where the
    folder does not exist.
    """
    if output is None:
        if form == "parquet" and is_terminal(sys.stdout, os.environ):
            raise UsageError("parquet is not for a terminal", (("fix", "name a file: --output kpis.parquet"),))
        return form or "table"
    if not output.parent.is_dir():
        raise OutputError(f"{output} cannot be written", (("got", f"there is no folder {output.parent}"),))
    if form is None and output.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"the name {output.name} does not say which format",
            (("expected", f"a name that ends in {', '.join(SUFFIXES)}"), ("fix", "rename it, or add --format")),
        )
    return form or SUFFIXES[output.suffix.lower()]


def write(data: bytes, output: Path | None = None) -> None:
    """Write to the file, or to stdout.

    Raises OutputError where the system refuses; a reader who closed the pipe ends the run in silence.
    """
    if output is None:
        _to_stdout(data)
    elif _is_device(output):
        _to_device(data, output)
    else:
        from mlmkpi.sources.atomic import atomic_path

        with atomic_path(output.resolve()) as aside:
            aside.write_bytes(data)


@contextmanager
def opened(output: Path | None) -> Iterator[BinaryIO]:
    """The file, or stdout, to write to piece by piece; a file takes its name at the block's end.

    Raises OutputError where the system refuses; a reader who closed the pipe ends the run in silence.
    """
    if output is None:
        yield _Stdout()
    elif _is_device(output):
        with output.open("wb") as device:
            yield device
    else:
        from mlmkpi.sources.atomic import atomic_path

        with atomic_path(output.resolve()) as aside, aside.open("wb") as file:
            yield file


class _Stdout(BytesIO):
    """Hands on what is written."""

    def write(self, data: Any, /) -> int:
        """Write to stdout."""
        whole = bytes(data)
        _to_stdout(whole)
        return len(whole)


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


def _to_device(data: bytes, output: Path) -> None:
    """A pipe or a device is written to, never replaced."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise _refusal(str(output), error) from None


def _refusal(place: str, error: OSError) -> OutputError:
    return OutputError(f"{place} cannot be written", (("got", error.strerror or str(error)),))


def page(exports: str | None, output: Path | None = None, *, top: int = 20, sort: str = "size") -> Page:
    """The screen that stdout is, or that a file is like; `top` segments are shown there, in the order of `sort`."""
    from shutil import get_terminal_size

    from mlmkpi.report.render import Page

    colour = output is None and wants_colour(sys.stdout, os.environ)
    return Page(get_terminal_size().columns, colour, exports, __version__, top, sort)
