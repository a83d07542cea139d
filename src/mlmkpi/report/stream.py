"""A Result's rows written as they come, for Results that are larger than memory: JSON, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any, Protocol, Self

import polars as pl

FORMATS = ("json", "csv", "parquet")
SOUGHT = ["kpi", "period", "period_start", "period_end"]
"""The columns whose values lie together in a Parquet file, so that a reader is told where to look."""
DICTIONARY, ROWS, BATCH = 2**17, 2**20, 2**14
"""Bytes of different figures after which a column is written plain, rows a page, and rows looked at at once.

They take a quarter less work than Arrow's own and give files of the same size.
"""


class Writer(Protocol):
    """Takes rows in turn, and at the end what the file says of itself."""

    def write(self, frame: pl.DataFrame) -> None:
        """Write rows below those before; always the same columns."""
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

    def write(self, frame: pl.DataFrame) -> None:
        """The rows, behind a comma where others came before."""
        from mlmkpi.report.to_json import json_lines

        if frame.height:
            self._out.write((",\n" if self._opened else "[\n").encode())
            self._out.write(json_lines(frame).encode())
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

    def write(self, frame: pl.DataFrame) -> None:
        """The rows, behind the header where they are the first."""
        from mlmkpi.report.to_csv import csv_text

        self._out.write(csv_text(frame, header=not self._opened).encode())
        self._opened = True

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

    def write(self, frame: pl.DataFrame) -> None:
        """The rows as a row group."""
        from pyarrow.parquet import ParquetWriter as Arrow

        from mlmkpi.report.to_parquet import table_of

        table = table_of(frame)
        if self._file is None:
            self._file = Arrow(
                self._out, table.schema, compression="zstd", store_schema=False, write_statistics=SOUGHT,
                dictionary_pagesize_limit=DICTIONARY, max_rows_per_page=ROWS, write_batch_size=BATCH,
            )
        self._definitions |= dict(frame.select("kpi", "definition")[frame["kpi"].arg_unique()].iter_rows())
        if table.num_rows:
            self._file.write_table(table)

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
    """Hands the rows to another writer in a thread, so that the next are made meanwhile; an error shows one call later.

    Raises what the other writer raised.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._thread = ThreadPoolExecutor(1)
        self._written: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()
        self._writer.release()

    def write(self, frame: pl.DataFrame) -> None:
        """The rows, once those before are written."""
        self._wait()
        self._written = self._thread.submit(self._writer.write, frame)

    def close(self, settings: Mapping[str, object]) -> None:
        """What comes after the last row, once that is written."""
        self._wait()
        self._writer.close(settings)

    def _wait(self) -> None:
        if self._written is not None:
            self._written.result()


def writer(form: str, out: IO[bytes], version: str) -> Writer:
    """The writer of one of FORMATS."""
    if form == "parquet":
        return ParquetWriter(out, version)
    return JsonWriter(out) if form == "json" else CsvWriter(out)
