"""All rules on all tables: one pass a table for the rows, then what rows say together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mlmkpi.engines.checking import Checking
from mlmkpi.errors import DataError
from mlmkpi.period import FAR_APART
from mlmkpi.settings import Settings, folded
from mlmkpi.sources import Example, Exports, Finding
from mlmkpi.validate.calendar import as_of_and_start
from mlmkpi.validate.currencies import currency_rules
from mlmkpi.validate.declared import declared_rules
from mlmkpi.validate.keys import key_findings
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.particular import particular_rules
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Scene
from mlmkpi.validate.trees import tree_findings

_SEVERITIES = ("error", "warning", "info")
_CODED = {"orders": "currency", "targets": "kpi", "ranks": "rank"}
"""Columns of codes that rules look at, which the tables do not declare."""
_REFERRED_TO = ("distributors", "enrollments", "customers")
"""Tables that are looked through before others, whose rows ask for what is then known of them."""


def check(engine: Checking, settings: Settings, kpis: Iterable[str] = ()) -> list[Finding]:
    """Everything that is wrong with the exports, one finding a table, column and rule: errors first in each table.

    With the names of all `kpis`, also targets of others.

    Raises DataError where a file turns out not to be readable to its end.
    """
    lookups = Lookups(engine)
    as_of, start = as_of_and_start(lookups)
    scene = Scene(settings, as_of, None if as_of is None else as_of + FAR_APART, start, kpis=frozenset(kpis))
    turns = sorted(lookups.readable, key=lambda name: name not in _REFERRED_TO)
    broken = {name: list(_table_findings(name, scene, lookups)) for name in turns}
    found = []
    for name in engine.tables:
        of_table = [*engine.findings(name), *broken.get(name, [])]
        found += sorted(of_table, key=lambda finding: _SEVERITIES.index(finding.severity))
    return found


def quick(exports: Exports, columns: Mapping[str, Iterable[str]]) -> list[Finding]:
    """What reading these columns of these tables brings up at next to no cost: rounded amounts, columns left unread."""
    return [
        finding
        for table, names in columns.items()
        if table in exports.tables
        for finding in exports.tables[table].assumed(names)
    ]


def _at(scene: Scene, rows: Rows) -> Scene:
    """The scene of one table: its columns, and the codes in those that rules look at."""
    table = rows.table
    names = [c.name for c in table.columns if c.name in rows.readable and c.is_closed]
    names += [name for name in (_CODED.get(table.name),) if name in rows.readable]
    spellings = rows.engine.spellings(table.name, names) if names else {}
    return replace(scene, columns=rows.readable, spellings=spellings)


def _table_findings(table: str, scene: Scene, lookups: Lookups) -> Iterator[Finding]:
    rows = Rows(table, lookups)
    if not rows.height:
        yield Finding(table, None, "no-rows", "warning", 1, 1, (), "the export has a header and no rows")
        return
    scene = _at(scene, rows)
    rules = [*declared_rules(rows.table, scene), *particular_rules(table, scene)]
    if table == "orders":
        rules += currency_rules(scene, lookups)
        yield from _unused_status(scene)
    yield from rows.findings([rule for rule in rules if rows.can(rule)])
    yield from key_findings(rows)
    if table in ("distributors", "enrollments"):
        yield from tree_findings(rows, lookups)


def _mapped_to(codes: Mapping[str, Sequence[str]], spellings: Iterable[str]) -> list[str]:
    """The codes that the settings map such spellings to."""
    wanted = {folded(spelling) for spelling in spellings}
    return [code for code, named in codes.items() if wanted & {folded(spelling) for spelling in named}]


def _unused_status(scene: Scene) -> Iterator[Finding]:
    """Codes of `valid_status` that no order has: a slip there leaves out every sale."""
    chosen = scene.settings.definitions.get("valid_status")
    if chosen is None or "status" not in scene.spellings:
        return
    codes = [str(code) for code in (chosen if isinstance(chosen, list) else [chosen])]
    unused = [code for code in codes if not scene.spelled("status", frozenset({folded(code)}))]
    if unused:
        shown = tuple(Example(None, None, None, code) for code in unused[:5])
        meant = _mapped_to(scene.settings.codes.get("orders", {}).get("status", {}), unused)
        fix = f"name what [codes.orders.status] makes of them: {', '.join(meant)}"
        message = str(DataError("no order has a status that valid_status names", (("fix", fix),) if meant else ()))
        yield Finding("orders", "status", "unused-status", "warning", len(unused), len(codes), shown, message)
