"""A file that cannot be read as it began: read in another way, or refused with what is wrong with it."""

from __future__ import annotations

from polars.exceptions import ComputeError, SchemaError

from mlmkpi.errors import DataError, OutputError
from mlmkpi.sources.encoding import FULL, cut_short, no_room, not_decodable, unreadable
from mlmkpi.sources.part import Part
from mlmkpi.sources.text import from_cp1252, lenient, requoted
from mlmkpi.sources.workspace import Workspace

MENDS = 3
"""How often one file is mended."""


def mended(part: Part, error: Exception, encoding: str | None, workspace: Workspace) -> Part:
    """The part read as another encoding, with ragged records or with other quotes, as the error tells.

    Raises `refusal` where none of them helps, and DataError for an `encoding` that was asked for and is not the text's.
    """
    message = str(error).lower()
    if FULL in str(error):
        raise refusal(part, error)
    if part.text and ("utf-8" in message or "utf8" in message):
        if encoding is not None:
            raise not_decodable(part.label, encoding)
        return from_cp1252(part, workspace)
    if part.text and not part.overflows and (isinstance(error, SchemaError) or "more fields" in message):
        return lenient(part)
    if part.text and isinstance(error, ComputeError):
        return requoted(part, workspace)
    raise refusal(part, error)


def refusal(part: Part, error: Exception) -> DataError | OutputError:
    """What is wrong with a file that is cut short or cannot be read at all, or with a disk that is full."""
    message = str(error).split("\n")[0]
    if FULL in message:
        return no_room(part.label, message)
    if isinstance(error, OSError) and ("end of file" in message or "incomplete" in message):
        return cut_short(part.label, message)
    return unreadable(part.label, message)
