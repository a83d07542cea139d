"""What people should hear of files and settings that a run does not use: a slip in a name may be behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from mlmkpi.sources.discovery import data_file, table_of


class Found(Protocol):
    """Exports on either engine: files that no table claims, and names of files under [input] that no file has."""

    @property
    def leftover(self) -> tuple[str, ...]:
        """The files."""

    @property
    def no_files(self) -> tuple[str, ...]:
        """The names."""

    @property
    def meant(self) -> Mapping[str, Mapping[str, str]]:
        """By table, headers that may be meant for a column, and for which."""


def asides(exports: Found) -> list[str]:
    """Lines on files that are left unread, names under [input] that no file has, and headers that may be meant."""
    idle = [f"[input] names what no file of a table is called: {', '.join(exports.no_files)}"]
    unnamed = (
        f"{table} has columns that are not read and may be meant: "
        + ", ".join(f"{header} for {column}" for header, column in headers.items())
        + f"; then name them under [columns.{table}]"
        for table, headers in exports.meant.items()
    )
    return [*_unread(exports.leftover), *(idle if exports.no_files else []), *unnamed]


def _unread(leftover: Sequence[str]) -> list[str]:
    """What people should hear of files that no table claims, and that are no Python, as plugins are."""
    leftover = [name for name in leftover if Path(name).suffix != ".py"]
    named = [name for name in leftover if table_of(name)]
    elsewhere = [name for name in named if data_file(name, name)]
    lines = {
        "[files] names others for their table": elsewhere,
        "it is neither CSV, TSV, TXT nor Parquet": [name for name in named if name not in elsewhere],
        "no table is called so": [name for name in leftover if name not in named],
    }
    return [f"left unread, as {why}: {', '.join(names)}" for why, names in lines.items() if names]
