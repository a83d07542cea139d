"""What Spark says went wrong, in the tool's own errors: no trace of the JVM, and never a cell's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from mlmkpi.errors import DataError, EngineError, MlmkpiError

BAD_CELL = "mlmkpi: a cell does not fit in "
OPEN_QUOTE = "mlmkpi: a quote is not closed in "
GONE = ("StatusCode.UNAVAILABLE", "Connection refused", "Connection reset", "Socket closed", "RETRIES_EXCEEDED",
        "Py4JNetworkError", "Answer from Java side is empty", "SESSION_NOT_FOUND", "SparkContext was shut down",
        "INVALID_HANDLE")
_CODE = re.compile(r"^\[([A-Z_0-9.]+)\]")
_FILE = re.compile(r"(?:reading file|Path does not exist:|CSV file:)\s+(\S+?)\.?(?:\s|$)")
_UNREAD = re.compile(
    r"(?:PARQUET_TYPE_ILLEGAL|PARQUET_TYPE_NOT_SUPPORTED|PARQUET_TYPE_NOT_RECOGNIZED|UNSUPPORTED_TIME_TYPE)\]\s*([^\n]{0,120})"
)
_NAMED = re.compile(r"(?:table or view|TABLE_OR_VIEW_NOT_FOUND\] The table or view) ([`\w.\-]+)")


class UndoneError(EngineError):
    """Spark could not do the work, for a reason that neither the data nor the server tell."""


class BadCellError(Exception):
    """A row that a scan read has a cell that does not fit; `table` is whose."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


@contextmanager
def translated() -> Iterator[None]:
    """Raise the tool's errors for Spark's: DataError for what is wrong with the data, else EngineError."""
    try:
        yield
    except (MlmkpiError, BadCellError, KeyboardInterrupt):
        raise
    except Exception as error:
        if not _is_sparks(error):
            raise
        raise _told(error) from None


def _is_sparks(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("pyspark", "py4j", "grpc") or isinstance(error, ConnectionError)


def _told(error: Exception) -> Exception:
    text = f"{type(error).__name__}: {error}"
    bad = re.search(re.escape(BAD_CELL) + r"(\w+)", text)
    if bad:
        return BadCellError(bad[1])
    if quote := re.search(re.escape(OPEN_QUOTE) + '"([^"]*)"', text):
        return DataError(
            f"{quote[1]}: a quote is opened and not closed",
            (("expected", "a closing quote before the next delimiter"), ("fix", "correct the row")),
        )
    if any(sign in text for sign in GONE):
        return EngineError(
            "the Spark server is gone",
            (("got", _reason(error)), ("fix", "see that it runs, and start again; nothing was written")),
        )
    file = _FILE.search(text)
    return _about_data(text, file[1] if file else "") or UndoneError(
        "Spark could not do the work",
        (("got", _reason(error)), ("fix", "see the server's log; --debug shows all that it said")),
    )


def _about_data(text: str, file: str) -> DataError | None:
    """An error that the data bring about."""
    if "PATH_NOT_FOUND" in text:
        return DataError(
            f"{file or 'the path'} does not exist where the Spark server looks",
            (("expected", "a path that the server sees, not only this machine"),
             ("fix", "put the exports where the server can read them, or leave --engine out to run here")),
        )
    if "TABLE_OR_VIEW_NOT_FOUND" in text or "REQUIRES_SINGLE_PART_NAMESPACE" in text:
        named = _NAMED.search(text)
        return DataError(
            f"Spark knows no table {named[1] if named else 'of that name'}",
            (("fix", "correct the name under [files] in the settings"),),
        )
    if "in CSV header is not equal to" in text or "CSV header does not conform" in text:
        return DataError(
            f"the CSV files of one table differ in their headers{f': {file}' if file else ''}",
            (("expected", "one header, in one order, in every file of a folder"),),
        )
    if unread := _UNREAD.search(text):
        return DataError(
            f"{file or 'a Parquet file of the exports'} has a column that Spark does not read",
            (("got", unread[1]), ("fix", "write Parquet from it first: mlmkpi convert")),
        )
    if "COLUMN_ALREADY_EXISTS" in text:
        return DataError(
            f"{file or 'a Parquet file of the exports'} has a column twice",
            (("expected", "names that differ in more than upper and lower case"), ("fix", "rename one of them")),
        )
    if "FAILED_READ_FILE" in text or "CANNOT_READ" in text or "UNABLE_TO_INFER_SCHEMA" in text:
        return DataError(
            f"{file or 'a file of the exports'} cannot be read",
            (("expected", "Parquet, or CSV in UTF-8"), ("fix", "export it again")),
        )
    if "ARITHMETIC_OVERFLOW" in text:
        return DataError("a sum does not fit", (("expected", "amounts that come to less than 922 trillion in all"),))
    return None


def _reason(error: Exception) -> str:
    """Spark's own name for the error, or the first line of what it says."""
    first = str(error).strip().split("\n")[0]
    code = _CODE.match(first)
    return code[1] if code else (first[:160] or type(error).__name__)
