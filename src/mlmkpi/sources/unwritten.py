"""What people should hear of a conversion: what of the exports is not in the files that were written, or not as it was.

Whoever reads those files alone cannot know it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from mlmkpi.sources.discovery import table_of
from mlmkpi.sources.exports import Exports
from mlmkpi.sources.problems import remark

SHOWN = 5


def changed(exports: Exports) -> list[str]:
    """Lines on cells that were rounded, and columns that were left out as some files of a table lack them."""
    return [remark(found) for source in exports.tables.values() for found in source.assumed(source.table.names)]


def own_columns(exports: Exports) -> list[str]:
    """A line on the columns that are the exports' own, which other runs can split by."""
    tables = {name: source.extra for name, source in exports.tables.items() if source.extra}
    named = (f"{_some(headers)} of {name}" for name, headers in tables.items())
    return [f"not written, as they are the exports' own columns: {'; '.join(named)}"] if tables else []


def lying_there(folder: Path, written: Collection[Path]) -> list[str]:
    """A line on what else in the folder is read as a table."""
    others = sorted(path.name for path in folder.iterdir() if path not in written and table_of(path.name))
    return [f"{folder} has other tables too, which are read with those written: {_some(others)}"] if others else []


def _some(names: Collection[str]) -> str:
    """The first few of some names, and how many more there are."""
    more = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return ", ".join([*list(names)[:SHOWN], *more])
