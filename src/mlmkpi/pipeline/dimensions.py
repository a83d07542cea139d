"""The dimensions that a run is asked for, and what is said of those that there are none of."""

from __future__ import annotations

from collections.abc import Sequence

from mlmkpi.books.attributes import AGE_BAND, DISTRIBUTOR, LABELS, TABLE, missing, row_columns
from mlmkpi.books.dimensions import EXTRA, LINES, Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import TEAM
from mlmkpi.declaration import BIRTH
from mlmkpi.errors import UsageError
from mlmkpi.kpi import Kpi, facts_of
from mlmkpi.pipeline.request import Request
from mlmkpi.pipeline.result import COLUMNS
from mlmkpi.settings import Settings
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES, Kind

DAY_OF_BIRTH = BIRTH[0]
PREFIXES = {"customers": "customer.", "orders": "order."}
"""How dimensions of tables other than the sellers' begin."""
MADE = {"distributors": {AGE_BAND, DISTRIBUTOR, TEAM}, "customers": {AGE_BAND}}
"""Dimensions that are no column of the table but come from it."""


def split_by(request: Request, export: Export, settings: Settings, kpis: Sequence[Kpi]) -> Dimensions:
    """The dimensions asked for; UsageError for one that is no canonical column and that the export does not have.

    Those that no table declares as something to split by begin with EXTRA.
    """
    dimensions = tuple(Dimension(name) for name in request.dimensions)
    tables = {fact.table for kpi in kpis for fact in facts_of(kpi.function())} - {""}
    known = {AGE_BAND, *(name for table in tables for name in (*TABLES[table].names, *row_columns(table, export)))}
    for dimension in dimensions:
        _check_dimension(dimension, request, settings.min_cell)
        needed = missing(export, dimension, settings.rank_ladder)
        if needed is None or dimension.name in LINES:
            continue
        if dimension.column not in {TEAM, *TABLES[TABLE[dimension.side]].names, *known}:
            raise _no_dimension(dimension, needed, export, request)
    brought = {name for kpi in kpis for block in kpi.function().blocks for name in block}
    labels = {column.name for table in TABLES.values() for column in table.columns if column.kind in LABELS}
    taken = {AGE_BAND, TEAM, DISTRIBUTOR, *brought, *labels, *TABLES[TABLE[Side.PERSON]].names}
    return tuple(
        Dimension(EXTRA + each.name) if each.side is Side.PERSON and each.name not in taken else each
        for each in dimensions
    )


def _check_dimension(dimension: Dimension, request: Request, min_cell: int) -> None:
    """Raise UsageError for a sum, a name that a column of the Result has, and days of birth, whose list is private."""
    if _is_summed(dimension):
        raise UsageError(
            f"{dimension.name} is what is summed, not what figures are split by",
            (("got", request.given(dimension.name)), ("expected", "a code, a text, an id or a day")),
        )
    if dimension.name in COLUMNS:
        raise UsageError(
            f"figures cannot be split by {dimension.name}, as they have a column of that name themselves",
            (("got", request.given(dimension.name)), ("fix", "give the column another name in the export")),
        )
    if _is_birthday(dimension) and min_cell > 1:
        band = dimension.name.removesuffix(DAY_OF_BIRTH) + AGE_BAND
        raise UsageError(
            f"{dimension.name} would list the days on which people were born",
            (("got", request.given(dimension.name)),
             ("fix", f"split by {band}; only min_cell = 1 shows single people")),
        )


def _is_birthday(dimension: Dimension) -> bool:
    """Whether it is the day on which somebody was born."""
    return dimension.side is not Side.ORDER and dimension.column == DAY_OF_BIRTH


def _is_summed(dimension: Dimension) -> bool:
    """Whether it is money or volume."""
    declared = {column.name: column for column in TABLES[TABLE[dimension.side]].columns}
    return dimension.column in declared and declared[dimension.column].kind is Kind.MONEY


def _splits(name: str) -> bool:
    """Whether a column of such a name is not refused."""
    dimension = Dimension(name)
    return name not in COLUMNS and not _is_summed(dimension) and not _is_birthday(dimension)


def _no_dimension(dimension: Dimension, needed: str, export: Export, request: Request) -> UsageError:
    table, _, column = needed.partition(".")
    prefix = PREFIXES.get(table, "")
    named = export.columns(table) | set(TABLES[table].names) | MADE.get(table, set())
    have = sorted(name for name in named if _splits(f"{prefix}{name}"))
    near = nearest(column, have)
    meant = [f"{before}{column}" for other, before in PREFIXES.items() if column in export.columns(other)]
    meant = [name for name in meant if _splits(name)]
    guess = " or ".join(meant or ([f"{prefix}{near}"] if near else []))
    return UsageError(
        f"there is no column {column} in {table} to {'split' if dimension.name in request.by else 'choose'} by",
        (("got", request.given(dimension.name)), ("expected", ", ".join(have)),
         *((("fix", f"did you mean {guess}?"),) if guess else ())),
    )
