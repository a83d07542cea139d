"""All rules on all tables: one pass a table for the rows, then what rows say together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlmkpi.settings import Settings
from mlmkpi.sources import Example, Exports, Finding, Source
from mlmkpi.validate.calendar import as_of_day
from mlmkpi.validate.currencies import currency_rules
from mlmkpi.validate.declared import declared_rules
from mlmkpi.validate.keys import key_findings
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.particular import particular_rules
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule, Scene
from mlmkpi.validate.trees import tree_findings

_AHEAD = 31
_SEVERITIES = ("error", "warning", "info")


def check(exports: Exports, settings: Settings) -> list[Finding]:
    """Everything that is wrong with the exports, one finding a table, column and rule: errors first in each table.

    Raises DataError where a file turns out not to be readable to its end.
    """
    read = {name: source.findings(_mapped(source)) for name, source in exports.tables.items()}
    readable = {name: _readable(source) for name, source in exports.tables.items()}
    readable = {name: columns for name, columns in readable.items() if columns}
    as_of = as_of_day(exports, readable)
    scene = Scene(settings, as_of, None if as_of is None else as_of + _AHEAD)
    lookups = Lookups(exports, readable)
    found = []
    for name, source in exports.tables.items():
        findings = list(read[name])
        if name in readable:
            rows = Rows(source, readable[name], lookups)
            findings += _table_findings(rows, _at(scene, rows), exports, lookups)
        found += sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity))
    return found


def quick(exports: Exports, columns: Mapping[str, Iterable[str]]) -> list[Finding]:
    """What reading these columns of these tables brings up at next to no cost: rounded amounts, columns left unread."""
    return [
        finding
        for table, names in columns.items()
        if table in exports.tables
        for finding in exports.tables[table].assumed(names)
    ]


def _mapped(source: Source) -> list[str]:
    """The columns that the export has, in the table's order."""
    return [name for name in source.table.names if name in source.columns]


def _readable(source: Source) -> frozenset[str]:
    """The columns that can be read; none where one that the table cannot do without is missing."""
    refused = source.refusals(source.columns)
    if any(name in refused for name in source.table.required):
        return frozenset()
    return source.columns - refused.keys()


def _at(scene: Scene, rows: Rows) -> Scene:
    """The scene of one table: its columns, and the codes in those that rules look at."""
    table = rows.source.table
    names = [c.name for c in table.columns if c.name in rows.readable and c.codes and not c.open_codes]
    names += [name for name in ("currency",) if table.name == "orders" and name in rows.readable]
    if not names:
        return Scene(scene.settings, scene.as_of, scene.latest, rows.readable)
    spellings = {name: dict(rows.source.codes([name]).sort(name).iter_rows()) for name in names}
    return Scene(scene.settings, scene.as_of, scene.latest, rows.readable, spellings)


def _table_findings(
    rows: Rows, scene: Scene, exports: Exports, lookups: Lookups
) -> Iterator[Finding]:
    table = rows.source.table
    if not rows.source.height:
        yield Finding(table.name, None, "no-rows", "warning", 1, 1, (), "the export has a header and no rows")
        return
    rules = [*declared_rules(table, scene), *particular_rules(table.name, scene)]
    if table.name == "orders":
        rules += currency_rules(scene, exports, lookups.readable)
        yield from _unused_status(scene, rows)
    yield from _broken(rows, [rule for rule in rules if rows.can(rule)])
    yield from key_findings(rows, lookups)
    if table.name in ("distributors", "enrollments"):
        yield from tree_findings(rows, lookups.readable)


def _broken(rows: Rows, rules: list[Rule]) -> Iterator[Finding]:
    """The rules that rows break."""
    for rule, count in zip(rules, rows.counts(rules), strict=True):
        if not count:
            continue
        if rule.empties:
            found = rows.empty(rule)
            yield from [found] if found else []
        else:
            yield rows.finding(rule, count)


def _unused_status(scene: Scene, rows: Rows) -> Iterator[Finding]:
    """Codes of `valid_status` that no order has: a slip there leaves out every sale."""
    chosen = scene.settings.definitions.get("valid_status")
    if chosen is None or "status" not in scene.spellings:
        return
    codes = [str(code) for code in (chosen if isinstance(chosen, list) else [chosen])]
    unused = [code for code in codes if not scene.spelled("status", frozenset({code.strip().casefold()}))]
    if unused:
        shown = tuple(Example(None, None, None, code) for code in unused[:5])
        message = "no order has a status that valid_status names"
        yield Finding("orders", "status", "unused-status", "warning", len(unused), len(codes), shown, message)
