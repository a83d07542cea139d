"""All rules on all tables: one pass a table for the rows, then what rows say together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mlmkpi.as_of import told
from mlmkpi.engines.checking import Checking
from mlmkpi.errors import DataError
from mlmkpi.period import FAR_APART, first_after_slips
from mlmkpi.settings import Settings
from mlmkpi.sources import Example, Finding
from mlmkpi.spelling import spelled
from mlmkpi.tables import NAMED, ROSTER, SOCIAL
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
_DEFAULTS = {"social_channels": SOCIAL}
"""Codes that definitions name of their own; the others leave out nothing."""
_REFERRED_TO = (*ROSTER, "customers")
"""Tables that are looked through before others, whose rows ask for what is then known of them."""


def check(engine: Checking, settings: Settings, kpis: Iterable[str] = ()) -> list[Finding]:
    """Everything that is wrong with the exports, one finding a table, column and rule: errors first in each table.

    With the names of all `kpis`, also targets of others.

    Raises DataError where a file turns out not to be readable to its end.
    """
    lookups = Lookups(engine)
    scene = _scene(settings, lookups, frozenset(kpis))
    turns = sorted(lookups.readable, key=lambda name: name not in _REFERRED_TO)
    broken = {name: list(_table_findings(name, scene, lookups)) for name in turns}
    found = []
    for name in engine.tables:
        of_table = [*engine.findings(name), *broken.get(name, [])]
        found += sorted(of_table, key=lambda finding: _SEVERITIES.index(finding.severity))
    return found


def _scene(settings: Settings, lookups: Lookups, kpis: frozenset[str]) -> Scene:
    """The scene before any table: the days of all of them."""
    found = told(lookups.engine, lookups.readable)
    if found is None:
        return Scene(settings, kpis=kpis)
    return Scene(settings, found.as_of, found.as_of + FAR_APART, first_after_slips(found.of_orders), kpis=kpis)


def _at(scene: Scene, rows: Rows) -> Scene:
    """The scene of one table: its columns, and the codes in those that rules look at."""
    table = rows.table
    names = [c.name for c in table.columns if c.name in rows.readable and c.is_closed]
    named = (column for name, (of, column) in NAMED.items() if of == table.name and _codes(scene, name))
    names += [name for name in dict.fromkeys((_CODED.get(table.name), *named)) if name in rows.readable - {*names}]
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
    yield from _unused_codes(table, scene)
    yield from rows.findings([rule for rule in rules if rows.can(rule)])
    yield from key_findings(rows)
    yield from tree_findings(rows, lookups)


def _codes(scene: Scene, name: str) -> list[str]:
    """The codes that a definition names, those of the settings or its own."""
    chosen = scene.settings.definitions.get(name, _DEFAULTS.get(name, ()))
    return [str(code) for code in (chosen if isinstance(chosen, list | tuple) else [chosen])]


def _unused_codes(table: str, scene: Scene) -> Iterator[Finding]:
    """Codes that the settings name and no row has, as a slip there leaves out what is meant; of a definition's own
    there need be but one.
    """
    for name, (of, column) in NAMED.items():
        if of != table or column not in scene.spellings:
            continue
        codes = _codes(scene, name)
        unused = [code for code in codes if not scene.spelled(column, [code])]
        empty = not any(scene.spellings[column])
        if unused and (name in scene.settings.definitions or (unused == codes and not empty)):
            shown = tuple(Example(None, None, None, code) for code in unused[:5])
            message = _unused(table, column, name, _mapped_to(scene, table, column, unused))
            yield Finding(table, column, f"unused-{column}", "warning", len(unused), len(codes), shown, message)


def _unused(table: str, column: str, name: str, meant: Sequence[str]) -> str:
    row = "order" if table == "orders" else f"row of {table}"
    fix = f"name what [codes.{table}.{column}] makes of them: {', '.join(meant)}"
    return str(DataError(f"no {row} has a {column} that {name} names", (("fix", fix),) if meant else ()))


def _mapped_to(scene: Scene, table: str, column: str, spellings: Sequence[str]) -> list[str]:
    """The codes that the settings map such spellings to."""
    codes = scene.settings.codes.get(table, {}).get(column, {})
    return [code for code, named in codes.items() if spelled(spellings, named)]
