"""Which encoding a text file is in, and a UTF-8 copy of one that is in another."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import BinaryIO

from mlmkpi.errors import DataError, OutputError, written

FULL = "No space left on device"
"""What the system, and Polars after it, says of a disk that is full."""
SAMPLE = 1 << 18
_CHUNK = 1 << 22
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def sample(path: str, label: str) -> bytes:
    """The first bytes of a file, unpacked."""
    with unpacked(path, label) as file:
        return file.read(SAMPLE)


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes show: utf-8, utf-16, utf-16-le, utf-16-be or cp1252."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = max(len(head) // 2, 1)
    if head[1::2].count(0) > pairs * 0.4:
        return "utf-16-le"
    if head[::2].count(0) > pairs * 0.4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decoded(head: bytes, encoding: str, label: str, *, guessed: bool) -> str:
    """The first bytes as text, without a character that the sample cuts."""
    try:
        return codecs.getincrementaldecoder(_with_mark(encoding))().decode(head)
    except UnicodeError:
        mixed = guessed and _UTF8_SEQUENCE.search(head)
        raise (_mixed(label) if mixed else not_decodable(label, encoding, guessed=guessed)) from None


def transcode(path: str, label: str, encoding: str, target: Path, *, guessed: bool) -> None:
    """Write a UTF-8 copy with newlines at the ends of lines.

    A guess at cp1252 is refused where the file holds UTF-8 sequences too.
    """
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(_with_mark(encoding))(), translate=True)
    with unpacked(path, label) as source, target.open("w", encoding="utf-8", newline="") as copy:
        try:
            while chunk := source.read(_CHUNK):
                if guessed and encoding == "cp1252" and _UTF8_SEQUENCE.search(chunk):
                    raise _mixed(label)
                copy.write(decoder.decode(chunk))
            copy.write(decoder.decode(b"", final=True))
        except UnicodeError:
            raise not_decodable(label, encoding, guessed=guessed) from None


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


@contextmanager
def unpacked(path: str, label: str) -> Iterator[BinaryIO | gzip.GzipFile]:
    """The file's bytes; DataError where it cannot be opened or ends too soon, OutputError where a copy has no room."""
    try:
        with _open(path, label) as file:
            yield file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise cut_short(label, str(error)) from None
    except OSError as error:
        got = error.strerror or str(error)
        raise (no_room(label, got) if FULL in got else unreadable(label, got)) from None


def _open(path: str, label: str) -> BinaryIO | gzip.GzipFile:
    suffix = Path(path).suffix.lower()
    if suffix == ".zst":
        raise packed_otherwise(label)
    return gzip.open(path) if suffix == ".gz" else Path(path).open("rb")


def packed_otherwise(label: str) -> DataError:
    """A .zst file whose text is in another encoding."""
    return DataError(
        f"{label} is not UTF-8", (("fix", "unpack it first: other encodings are read from plain and .gz files"),)
    )


def cut_short(label: str, got: str) -> DataError:
    """A packed file that does not unpack."""
    return DataError(
        f"{label} is damaged or cut short",
        (("got", got), ("expected", "a file that unpacks to its end"), ("fix", "export or copy it again")),
    )


def no_room(label: str, got: str) -> OutputError:
    """The disk on which a file's temporary copy is made is full."""
    return OutputError(
        f"there is no room for the temporary copy of {label}",
        (("got", got), ("fix", "free some, or set TMPDIR to a folder on another disk")),
    )


def unreadable(label: str, got: str) -> DataError:
    """A file that cannot be opened."""
    return DataError(
        f"{label} cannot be read", (("got", got), ("fix", "check that it exists and may be read"))
    )


def is_text(path: str) -> bool:
    """Whether a path can be told to others: Linux lets a name have any bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def misnamed(path: str) -> DataError:
    """A file that Polars cannot open, whose name or folder's is not UTF-8."""
    shown = os.fsencode(path).decode(errors="replace")
    return DataError(f"{shown} cannot be read", (("got", "a name that is not UTF-8"), ("fix", "rename it")))


def pipe(label: str) -> DataError:
    """A named pipe, which ends when it is read, and where nobody writes keeps whoever opens it."""
    return DataError(
        f"{label} is a pipe",
        (("expected", "a file, which is read more than once"), ("fix", "write what comes through it to a file")),
    )


def no_parquet(label: str, got: str) -> DataError:
    """A file that is called Parquet and is none."""
    return DataError(
        f"{label} is not Parquet, or is cut short",
        (("got", got), ("expected", "a Parquet file, whole"), ("fix", "export or copy it again")),
    )


def unknown_type(label: str) -> DataError:
    """A Parquet file with a column that Polars has no type for: times whose zone is an offset."""
    return DataError(
        f"{label} has a column of a type that is not known",
        (("expected", "times without a zone, or with one that has a name"), ("fix", "export them so")),
    )


def not_decodable(label: str, encoding: str, *, guessed: bool = False) -> DataError:
    """A file that is not in its encoding; a guess falls on cp1252 where the text is not UTF-8."""
    if guessed and encoding == "cp1252":
        return DataError(
            f"{label} is neither UTF-8 nor cp1252 throughout",
            (("expected", "text in one encoding: UTF-8, UTF-16 or cp1252"), ("fix", "export it again as UTF-8")),
        )
    one, other, *_ = (name for name in ("cp1252", "utf-16", "utf-8") if name != encoding)
    return DataError(
        f"{label} is not {encoding} throughout",
        (
            ("got", f"bytes that {encoding} does not have"),
            (
                "fix",
                written(
                    "set its encoding in mlmkpi.toml", f'[input."{label}"]', f'encoding = "{one}"   or "{other}"'
                ),
            ),
        ),
    )


def _mixed(label: str) -> DataError:
    return DataError(
        f"{label} is partly UTF-8 and partly not",
        (
            ("expected", "one encoding throughout"),
            (
                "fix",
                written("export it again as UTF-8, or set in mlmkpi.toml", f'[input."{label}"]', 'encoding = "cp1252"'),
            ),
        ),
    )
