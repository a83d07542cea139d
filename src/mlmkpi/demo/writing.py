"""Files that appear whole: tables are written aside, then renamed into a folder that holds nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import polars as pl

from mlmkpi.errors import OutputError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

Written = Callable[[int], None]

_ASIDE = ".mlmkpi-demo-"
_ROW_GROUP = 1_000_000
_TOGETHER = 20_000


def claim(folder: Path, own: frozenset[str], marker: tuple[str, str]) -> None:
    """Make the folder, or refuse one that holds anything else than an earlier demo.

    An earlier demo has the marker, a file of exactly that text; its files bear `own` names.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(path.name for path in folder.iterdir() if not path.name.startswith(_ASIDE))
        name, text = marker
        ours = name in found and (folder / name).read_bytes() == text.encode()
    except FileExistsError:
        raise UsageError(f"{folder} is a file", (("expected", "a folder for the demo company"),)) from None
    except OSError as error:
        raise _unwritable(folder, error) from None
    foreign = [name for name in found if not ours or name not in own]
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise UsageError(
            f"{folder} holds files that the demo did not write",
            (
                ("found", ", ".join(foreign[:3]) + more),
                ("fix", "name an empty folder, or one that does not exist"),
            ),
        )


class Shelf:
    """A hidden folder inside the target: `publish` moves its files out, leaving the block removes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Shelf:
        try:
            for stale in self._folder.glob(f"{_ASIDE}*"):
                shutil.rmtree(stale)
            self._aside = Path(mkdtemp(prefix=_ASIDE, dir=self._folder))
        except OSError as error:
            raise _unwritable(self._folder, error) from None
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)

    def text(self, name: str, text: str) -> None:
        """Write a text file."""
        (self._aside / name).write_bytes(text.encode())

    def csv(self, table: str, frames: Iterator[pl.DataFrame], written: Written) -> None:
        """Write a table as CSV, numbers with two places."""
        try:
            with (self._aside / f"{table}.csv").open("wb") as file:
                for index, frame in enumerate(_counted(_together(frames), written)):
                    frame.write_csv(file, include_header=index == 0, float_precision=2)
        except OSError as error:
            raise _unwritable(self._folder, error) from None

    def parquet(self, table: str, frames: Iterator[pl.DataFrame], written: Written) -> None:
        """Write a table as Parquet, a row group at a time."""
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetWriter

        first = next(frames)
        path = self._aside / f"{table}.parquet"
        try:
            with ParquetWriter(path, _arrow(first).schema, compression="zstd", compression_level=1) as file:
                for frame in _counted(chain([first], frames), written):
                    file.write_table(_arrow(frame), row_group_size=_ROW_GROUP)
        except (OSError, ArrowException) as error:
            raise _unwritable(self._folder, error) from None

    def publish(self, own: frozenset[str]) -> None:
        """Move the files into the target, and take away what an earlier demo left there."""
        try:
            names = sorted(path.name for path in self._aside.iterdir())
            for name in names:
                (self._aside / name).replace(self._folder / name)
            for name in own.difference(names):
                (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self._folder, error) from None


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _together(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The frames, small ones as one: writing one costs as much as a thousand rows."""
    some: list[pl.DataFrame] = []
    for frame in frames:
        some.append(frame)
        if sum(map(len, some)) >= _TOGETHER:
            yield pl.concat(some)
            some = []
    if some:
        yield pl.concat(some)


def _counted(frames: Iterator[pl.DataFrame], written: Written) -> Iterator[pl.DataFrame]:
    """The frames, the rows so far told after each."""
    rows = 0
    for frame in frames:
        yield frame
        rows += len(frame)
        written(rows)


def _unwritable(folder: Path, error: Exception) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return OutputError(f"the demo company cannot be written to {folder}", (("got", reason),))
