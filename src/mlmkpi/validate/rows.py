"""Counts the rows that break rules, in one pass a table, and fetches the first of those that do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import Sifted
from mlmkpi.sources import Example, Finding, quoted_code
from mlmkpi.sources.findings import cell_text, key_text
from mlmkpi.sources.reader import BAD
from mlmkpi.tables import TABLES, Kind
from mlmkpi.validate.lookups import ENROLLED, Lookups
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

    def findings(self, rules: Sequence[Rule]) -> Iterator[Finding]:
        """The rules that rows break: from one pass over all columns, or two where that spares reading ids twice."""
        flagged = {f"broken {number}": rule for number, rule in enumerate(rules)}
        later = {flag: rule for flag, rule in flagged.items() if self._is_own(rule)}
        first = {flag: rule for flag, rule in flagged.items() if flag not in later}
        sifted = self._sifted(first, self.readable)
        sifted |= self._sifted(later, {*self.key, *(rule.column for rule in later.values())})
        for flag, rule in flagged.items():
            if sifted[flag].count(flag):
                yield from self._broken(rule, sifted[flag], flag)

    def _is_own(self, rule: Rule) -> bool:
        """Whether a rule looks for ids of the table itself, which the first pass keeps."""
        return rule.refers and self._lookups.is_own(self.table.name, rule.column)

    def _sifted(self, rules: Mapping[str, Rule], columns: Iterable[str]) -> dict[str, Sifted]:
        """The rows looked through for rules."""
        if not rules:
            return {}
        return dict.fromkeys(rules, self.engine.sift(self.table.name, self._flagged(rules, columns), list(rules)))

    def _flagged(self, rules: Mapping[str, Rule], columns: Iterable[str]) -> Frame:
        """The rows with a flag for each rule. What stands in the rows alone is looked at before others are joined."""
        of_person = {flag: rule for flag, rule in rules.items() if rule.of}
        people = {str(rule.of) for rule in of_person.values()}
        among = {id(rule.among): rule.among for rule in of_person.values() if rule.among is not None}
        frame = given(self.engine.with_keys(self.table.name, sorted(columns)), rules.values())
        frame = _with(frame, [
            *(self._broken_at(rule).alias(flag) for flag, rule in rules.items() if not rule.of and not rule.refers),
            *(expr.fill_null(False).alias(f"among {each}") for each, expr in among.items()),
        ])
        for name in sorted(people):
            frame = self._lookups.attach(frame, self.table.name, name)
        frame = _with(frame, [
            (rule.broken if rule.among is None else nw.col(f"among {id(rule.among)}") & rule.broken).alias(flag)
            for flag, rule in of_person.items()
        ])
        for flag, rule in rules.items():
            if rule.refers:
                frame = self._strange(frame, rule.column, flag, seen=rule.column in people)
        return frame

    def _broken_at(self, rule: Rule) -> nw.Expr:
        """Whether a row itself breaks a rule."""
        return self.engine.same(rule.column, rule.same) if rule.same else rule.broken

    def _strange(self, frame: Frame, column: str, flag: str, *, seen: bool) -> Frame:
        """The frame with the flag of a column that refers; `seen`: its people were looked up already."""
        if seen:
            return frame.with_columns((~nw.col(column).is_null() & nw.col(ENROLLED).is_null()).alias(flag))
        return self._lookups.strange(frame, self.table.name, column, flag)

    def _broken(self, rule: Rule, sifted: Sifted, flag: str) -> Iterator[Finding]:
        """A rule that rows break; for one of empty cells those with a cell that cannot be read are left out."""
        if rule.empties:
            frame = self.engine.marked(self.table.name, sorted(rule.reads), self.key)
            if BAD in frame.collect_schema().names():
                frame = frame.with_columns((rule.broken & ~nw.col(BAD)).alias(flag))
                sifted = self.engine.sift(self.table.name, frame, [flag])
        count = sifted.count(flag)
        if count:
            yield self._finding(rule, count, sifted.first(flag, self._columns(rule), SHOWN))

    def shown(self, rule: Rule, count: int, rows: Frame) -> Finding:
        """A finding from the rows themselves, which have their places, the key and the rule's column."""
        return self._finding(rule, count, self.engine.first(rows, self._columns(rule), SHOWN))

    def _columns(self, rule: Rule) -> list[str]:
        """What is shown of a row that breaks a rule."""
        return list(dict.fromkeys([*self.key, rule.column]))

    def _finding(self, rule: Rule, count: int, first: pl.DataFrame) -> Finding:
        examples = tuple(self._example(row, rule) for row in first.iter_rows(named=True))
        return Finding(
            self.table.name, rule.column, rule.name, rule.severity, count, self.height, examples, rule.message
        )

    def _example(self, row: dict[str, Any], rule: Rule) -> Example:
        """A row as people see it: its file, its number there, its key, and the cell of a column."""
        file, number = self.engine.place(self.table.name, row)
        return Example(file, number, key_text(self.table, self.key, row), self._told(rule, row[rule.column]))

    def _told(self, rule: Rule, cell: Any) -> str | None:
        """A cell as messages quote it; of codes it matters how many rows have the same."""
        column = self.table.column(rule.column)
        known = (*column.codes, *rule.known)
        if column.kind is not Kind.CODE or cell is None or quoted_code(cell, 1, known) == cell:
            return cell_text(column, cell)
        rows = self.engine.spellings(self.table.name, [column.name])[column.name].get(cell, 1)
        return quoted_code(cell, rows, known)


def given(frame: Frame, rules: Iterable[Rule]) -> Frame:
    """The frame with the columns that rules want made first."""
    for rule in rules:
        for expr in rule.given:
            frame = frame.with_columns(expr)
    return frame


def _with(frame: Frame, exprs: list[nw.Expr]) -> Frame:
    return frame.with_columns(exprs) if exprs else frame
