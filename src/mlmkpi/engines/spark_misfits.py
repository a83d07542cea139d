"""What an error says of a table's cells that do not fit, which Spark counts by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlmkpi.engines.spark_csv import CORRUPT
from mlmkpi.errors import DataError
from mlmkpi.sources import problems
from mlmkpi.sources.cells import SORTS
from mlmkpi.sources.discretion import quoted_key
from mlmkpi.tables import TABLES, Kind

_TEXTS = {
    Kind.ID: "text in UTF-8 without a NUL, or a whole number",
    Kind.CODE: "text in UTF-8 without a NUL",
    Kind.TEXT: "text in UTF-8 without a NUL",
}
EXPECTED = problems.EXPECTED | _TEXTS
"""By kind, what a cell must be; bytes of another encoding come up cell by cell."""
FIX_TEXT = "write Parquet from another encoding: mlmkpi convert"
FIX = {kind: FIX_TEXT if kind in _TEXTS else "correct the cell" for kind in Kind}


def misfit(table: str, found: Sequence[tuple[str, int, str | None]], kind_of: Callable[[str], Kind]) -> DataError:
    """The error from `found`: column, how many cells, the lowest key; `kind_of` tells a column's."""
    name, count, key = next((row for row in found if row[0] == CORRUPT), found[0])
    more = [f"{other}: {n:,}" for other, n, _ in found if other != name]
    where = (("first at", f"{' and '.join(TABLES[table].key)} {quoted_key(key, TABLES[table])}"),) if key else ()
    also = (("also", ", ".join(more)),) if more else ()
    fix = ("fix", "correct them in the export, or leave such rows out: --bad-rows skip")
    if name == CORRUPT:
        what = f"{table}: {count:,} {'row has' if count == 1 else 'rows have'} not as many cells as the header"
        return DataError(what, (*where, ("expected", "as many cells as the header has"), *also, fix))
    kind = kind_of(name)
    if kind in _TEXTS:
        fix = ("fix", f"correct them in the export, or {FIX_TEXT}")
    what = f"{table}.{name}: {count:,} {'cell is' if count == 1 else 'cells are'} not {SORTS[kind]}"
    return DataError(what, (*where, ("expected", EXPECTED[kind]), *also, fix))
