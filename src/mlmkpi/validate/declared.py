"""Rules that follow from the declarations of the tables: required cells, codes, references, counts and dates."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from mlmkpi.declaration import UNDECIDED
from mlmkpi.errors import DataError
from mlmkpi.settings import to_count, to_map
from mlmkpi.sources import Severity, first_quoted
from mlmkpi.spelling import unspelled
from mlmkpi.tables import HAPPENED, Column, Kind, Table
from mlmkpi.validate.rule import Rule, Scene

CORRECT = "correct the row"
_FIGURES_DO_WITHOUT = frozenset({"customers", "products", "markets", "territories", "posts"})
_CENTURY = 36_525


def declared_rules(table: Table, scene: Scene) -> Iterator[Rule]:
    """The rules that a table's declaration gives."""
    for column in table.columns:
        if column.required and (table.name, column.name) not in UNDECIDED:
            empty, message = nw.col(column.name).is_null(), f"{column.name} is empty"
            yield Rule("empty-cell", column.name, empty, message, "error", empties=True)
        if column.is_closed:
            yield from _codes(table, column, scene)
        if column.references:
            yield _reference(column)
        if column.kind is Kind.INTEGER:
            yield Rule("negative-count", column.name, nw.col(column.name) < 0, f"{column.name} is below zero")
        if column.name in HAPPENED and scene.as_of is not None and scene.latest is not None:
            yield _future(column, scene.latest)
            yield _past(column, scene.as_of, scene.start if column.name == "ordered_on" else None)


def _codes(table: Table, column: Column, scene: Scene) -> Iterator[Rule]:
    """Codes that are none of the declared ones; with `valid_status` set, no status is unknown."""
    status = (table.name, column.name) == ("orders", "status")
    if status and "valid_status" in scene.settings.definitions:
        return
    found = scene.spellings.get(column.name, {})
    unknown = list(unspelled(found, column.codes))
    if unknown:
        first = first_quoted({code: found[code] for code in unknown}, column.codes)
        message = _uncounted(first) if status else _unmapped(table.name, column, first)
        yield Rule("unknown-code", column.name, nw.col(column.name).is_in(unknown), message, "error")


def _uncounted(code: str | None) -> str:
    fix = to_count(code) if code else CORRECT
    return str(DataError("status neither counts nor is known not to", (("fix", fix),)))


def _unmapped(table: str, column: Column, code: str | None) -> str:
    fix = to_map(table, column.name, code, column.codes) if code else CORRECT
    return str(DataError(f"{column.name} is none of {', '.join(column.codes)}", (("fix", fix),)))


def _reference(column: Column) -> Rule:
    """Ids that the table they refer to does not have."""
    target = str(column.references).partition(".")[0]
    severity: Severity = "info" if target in _FIGURES_DO_WITHOUT else "warning"
    message = f"{column.name} is not among the {target}"
    return Rule("unknown-reference", column.name, nw.lit(True), message, severity, refers=True)


def _future(column: Column, latest: int) -> Rule:
    """Dates in the future of the others."""
    message = f"{column.name} is more than 31 days after the latest date of the other rows"
    return Rule("future-date", column.name, nw.col(column.name) > latest, message)


def _past(column: Column, as_of: int, start: int | None) -> Rule:
    """Dates that nothing in the exports can be of; orders long before the others."""
    first = as_of - _CENTURY
    message = f"{column.name} is more than a hundred years before the as-of date"
    if start is not None and start > first:
        first, message = start, f"{column.name} is more than ten years before the others; orders start after it"
    return Rule("past-date", column.name, nw.col(column.name) < first, message)
