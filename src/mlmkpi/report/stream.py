"""A Result's rows written as they come, for Results that are larger than memory: JSON, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Protocol, Self

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("json", "csv", "parquet")
SOUGHT = ["kpi", "period", "period_start", "period_end"]
"""The columns whose values lie together in a Parquet file, so that a reader is told where to look."""
DICTIONARY, ROWS, BATCH = 2**17, 2**20, 2**14
"""Bytes of different figures after which a column is written plain, rows a page, and rows looked at at once.

They take a quarter less work than Arrow's own and give files of the same size.
"""


class Writer(Protocol):
    """Takes rows in turn, and at the end what the file says of itself."""

    def made(self, frame: pl.DataFrame) -> Any:
        """What stands in the file for rows below those before; always the same columns."""
        ...

    def write(self, made: Any) -> None:
        """Write it."""
        ...

    def close(self, settings: Mapping[str, object]) -> None:
        """Write what comes after the last row."""
        ...

    def release(self) -> None:
        """Let go of what is open, once nothing more is written, whether all was or not."""
        ...


class JsonWriter:
    """An array, a row a line."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._opened = False

    def made(self, frame: pl.DataFrame) -> bytes:
        """The rows."""
        from mlmkpi.report.to_json import json_lines

        return json_lines(frame).encode() if frame.height else b""

    def write(self, made: bytes) -> None:
        """The rows, behind a comma where others came before."""
        if made:
            self._out.write(b",\n" if self._opened else b"[\n")
            self._out.write(made)
            self._opened = True

    def close(self, settings: Mapping[str, object]) -> None:
        """The closing bracket."""
        self._out.write(b"\n]\n" if self._opened else b"[]\n")

    def release(self) -> None:
        """Nothing is open."""


class CsvWriter:
    """A header, and a row a figure."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._opened = False

    def made(self, frame: pl.DataFrame) -> bytes:
        """The rows, behind the header where they are the first."""
        from mlmkpi.report.to_csv import csv_text

        opened, self._opened = self._opened, True
        return csv_text(frame, header=not opened).encode()

    def write(self, made: bytes) -> None:
        """The rows."""
        self._out.write(made)

    def close(self, settings: Mapping[str, object]) -> None:
        """Nothing comes after the last row."""

    def release(self) -> None:
        """Nothing is open."""


class ParquetWriter:
    """A row group a frame; definitions, settings and version in the file's metadata."""

    def __init__(self, out: IO[bytes], version: str) -> None:
        self._out = out
        self._version = version
        self._definitions: dict[str, str] = {}
        self._file: Any = None

    def made(self, frame: pl.DataFrame) -> pa.Table:
        """The rows as Arrow's."""
        from mlmkpi.report.to_parquet import table_of

        self._definitions |= dict(frame.select("kpi", "definition")[frame["kpi"].arg_unique()].iter_rows())
        return table_of(frame)

    def write(self, made: pa.Table) -> None:
        """The rows as a row group."""
        from pyarrow.parquet import ParquetWriter as Arrow

        if self._file is None:
            self._file = Arrow(
                self._out, made.schema, compression="zstd", store_schema=False, write_statistics=SOUGHT,
                dictionary_pagesize_limit=DICTIONARY, max_rows_per_page=ROWS, write_batch_size=BATCH,
            )
        if made.num_rows:
            self._file.write_table(made)

    def close(self, settings: Mapping[str, object]) -> None:
        """The metadata and the footer."""
        from mlmkpi.report.to_parquet import metadata

        if self._file is not None:
            self._file.add_key_value_metadata(metadata(self._definitions, settings, self._version))
            self._file.close()

    def release(self) -> None:
        """Arrow's writer, which would else end its file when it is collected, long after that is closed."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


class Behind:
    """Hands the rows to the writer of a format in two threads: one makes and one writes while the next come.

    An error shows a call or two later: raises what the writer raised.
    """

    def __init__(self, form: str, out: IO[bytes], version: str) -> None:
        self._begun = partial(writer, form, out, version)
        self._out = out
        self._writer = self._begun()
        self._makes, self._writes = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._made: Future[None] | None = None
        self._written: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._makes.shutdown()
        self._writes.shutdown()
        self._writer.release()

    def write(self, frame: pl.DataFrame) -> None:
        """The rows, once those before are made."""
        _wait(self._made)
        self._made = self._makes.submit(self._make, frame)

    def anew(self) -> None:
        """Drop what was written, and begin again."""
        self._wait()
        self._writer.release()
        self._out.seek(0)
        self._out.truncate()
        self._writer = self._begun()

    def close(self, settings: Mapping[str, object]) -> None:
        """What comes after the last row, once that is written."""
        self._wait()
        self._writer.close(settings)

    def _wait(self) -> None:
        _wait(self._made)
        _wait(self._written)

    def _make(self, frame: pl.DataFrame) -> None:
        made = self._writer.made(frame)
        _wait(self._written)
        self._written = self._writes.submit(self._writer.write, made)


def _wait(done: Future[None] | None) -> None:
    if done is not None:
        done.result()


def writer(form: str, out: IO[bytes], version: str) -> Writer:
    """The writer of one of FORMATS."""
    if form == "parquet":
        return ParquetWriter(out, version)
    return JsonWriter(out) if form == "json" else CsvWriter(out)
