"""Counts the rows that break rules, in one pass a table, and fetches the first of those that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import BAD
from mlmkpi.period import from_day_number
from mlmkpi.sources import Example, Finding, discreet
from mlmkpi.tables import TABLES, Kind
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.rule import Rule

SHOWN = 5


class Rows:
    """A table's rows as rules read them."""

    def __init__(self, table: str, lookups: Lookups) -> None:
        self.table = TABLES[table]
        self.engine = lookups.engine
        self.readable = lookups.readable[table]
        self.height = self.engine.height(table)
        self.key = tuple(name for name in self.table.key if name in self.readable)
        self._lookups = lookups

    def can(self, rule: Rule) -> bool:
        """Whether the export has what the rule looks at."""
        looked_up = rule.column if rule.refers else rule.of
        found = looked_up is None or self._lookups.has(self.table.name, looked_up)
        return found and rule.reads <= self.readable

    def scan(self, names: Iterable[str]) -> Frame:
        """The columns."""
        return self.engine.scan(self.table.name, sorted(names))

    def placed(self, names: Iterable[str]) -> Frame:
        """The columns with the rows' places."""
        return self.engine.placed(self.table.name, sorted(names))

    def counts(self, rules: Sequence[Rule]) -> list[int]:
        """How many rows break each rule: one pass for what stands in the rows, one a column that refers."""
        direct, referring = [rule for rule in rules if not rule.refers], [rule for rule in rules if rule.refers]
        sums = self._sums(direct) if direct else []
        unknown = self.engine.totals([self._lookups.unknown(self.table.name, rule.column) for rule in referring])
        counted = dict(zip(map(id, [*direct, *referring]), [*sums, *unknown], strict=True))
        return [counted[id(rule)] for rule in rules]

    def _sums(self, rules: Sequence[Rule]) -> list[int]:
        """The counts of rules that refer to nothing; only flags and what rules of a person read are joined."""
        flags = {id(rule): f"broken {number}" for number, rule in enumerate(rules)}
        of_person = [rule for rule in rules if rule.of]
        plain = [rule.broken.alias(flags[id(rule)]) for rule in rules if not rule.of]
        among = {id(rule.among): rule.among for rule in of_person if rule.among is not None}
        chosen = [expr.fill_null(False).alias(f"among {each}") for each, expr in among.items()]
        person = sorted({name for rule in of_person for name in (rule.column, str(rule.of))})
        frame = given(self.scan(frozenset().union(*(rule.reads for rule in rules))), rules)
        frame = frame.select(*plain, *chosen, *map(nw.col, person))
        for name in sorted({str(rule.of) for rule in of_person}):
            frame = self._lookups.attach(frame, self.table.name, name)
        frame = frame.with_columns(
            (rule.broken if rule.among is None else nw.col(f"among {id(rule.among)}") & rule.broken)
            .alias(flags[id(rule)])
            for rule in of_person
        ) if of_person else frame
        return self.engine.true(frame, list(flags.values()))

    def empty(self, rule: Rule) -> Finding | None:
        """A rule of empty cells, rows with a cell that cannot be read left out; None where no row breaks it."""
        frame = self.placed(rule.reads | set(self.key))
        rows = frame.filter(rule.broken)
        if BAD in frame.collect_schema().names():
            bad = self.placed(rule.reads)
            count = self.engine.true(bad.select((rule.broken & ~nw.col(BAD)).alias("empty")), ["empty"])[0]
            rows = rows.filter(~nw.col(BAD))
        else:
            count = self.engine.true(frame.select(rule.broken.alias("empty")), ["empty"])[0]
        return self.shown(rule, count, rows, filtered=True) if count else None

    def finding(self, rule: Rule, count: int) -> Finding:
        """A rule that rows break."""
        frame = given(self.placed(rule.reads | set(self.key)), [rule])
        if rule.refers:
            strange = self._lookups.unknown(self.table.name, rule.column)
            return self.shown(rule, count, self.engine.among(frame, rule.column, strange), filtered=True)
        frame = frame if rule.among is None else frame.filter(rule.among)
        if rule.of is None:
            return self.shown(rule, count, frame.filter(rule.broken), filtered=not rule.given)
        return self.shown(rule, count, self._lookups.attach(frame, self.table.name, rule.of).filter(rule.broken))

    def shown(self, rule: Rule, count: int, rows: Frame, *, filtered: bool = False) -> Finding:
        """A finding from the rows themselves, which have their places, the key and the rule's column."""
        columns = list(dict.fromkeys([*self.key, rule.column]))
        first = self.engine.first(rows, columns, SHOWN, filtered=filtered).iter_rows(named=True)
        examples = tuple(self._example(row, rule.column) for row in first)
        return Finding(
            self.table.name, rule.column, rule.name, rule.severity, count, self.height, examples, rule.message
        )

    def _example(self, row: dict[str, Any], column: str) -> Example:
        """A row as people see it: its file, its number there, its key, and the cell of a column."""
        file, number = self.engine.place(self.table.name, row)
        key = [self._text(name, row[name]) for name in self.key]
        return Example(file, number, " / ".join(filter(None, key)) or None, self._text(column, row[column]))

    def _text(self, name: str, cell: Any) -> str | None:
        """A typed cell as text; free text is never shown."""
        kind = self.table.column(name).kind
        if cell is None or kind is Kind.TEXT:
            return None
        if kind is Kind.DATE:
            return from_day_number(cell).isoformat()
        if kind is Kind.MONEY:
            return f"{Decimal(cell).scaleb(-4):.4f}".rstrip("0").rstrip(".")
        return discreet(str(cell))


def given(frame: Frame, rules: Iterable[Rule]) -> Frame:
    """The frame with the columns that rules want made first."""
    for rule in rules:
        for expr in rule.given:
            frame = frame.with_columns(expr)
    return frame
