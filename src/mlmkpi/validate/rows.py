"""Counts the rows that break rules, in one pass a table, and fetches the first of those that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from mlmkpi.period import from_day_number
from mlmkpi.sources import Example, Finding, Source, discreet
from mlmkpi.tables import Kind
from mlmkpi.validate.lookups import Lookups, hashed
from mlmkpi.validate.rule import EVERY_ROW, Rule

SHOWN = 5
PLACE = ("_file", "_row")
BAD = "_bad"


class Rows:
    """A table's rows as rules read them."""

    def __init__(self, source: Source, readable: frozenset[str], lookups: Lookups) -> None:
        self.source = source
        self.readable = readable
        self.key = tuple(name for name in source.table.key if name in readable)
        self._name = source.table.name
        self._lookups = lookups

    def can(self, rule: Rule) -> bool:
        """Whether the export has what the rule looks at."""
        looked_up = rule.column if rule.refers else rule.of
        found = looked_up is None or self._lookups.has(self._name, looked_up)
        return found and rule.reads | {rule.column} <= self.readable

    def frame(self, names: Iterable[str]) -> pl.LazyFrame:
        """The columns with `_file` and `_row`."""
        return self.source.scan(sorted(names), rows=True)

    def counts(self, rules: Sequence[Rule]) -> list[int]:
        """How many rows break each rule: one pass for what stands in the rows, one a column that refers."""
        direct = [rule for rule in rules if not rule.refers]
        counted = dict(zip(map(id, direct), self._sums(direct), strict=True)) if direct else {}
        return [self._unknown(rule) if rule.refers else counted[id(rule)] for rule in rules]

    def _unknown(self, rule: Rule) -> int:
        return int(self._lookups.unknown(self._name, rule.column)["len"].sum())

    def _sums(self, rules: Sequence[Rule]) -> list[int]:
        """The counts of rules that refer to nothing; only flags and what rules of a person read are joined."""
        plain = [(rule.among & rule.broken).alias(_flag(rule)) for rule in rules if not rule.of]
        of_person = [rule for rule in rules if rule.of]
        among = {id(rule.among): rule.among.fill_null(False).alias(f"among {id(rule.among)}") for rule in of_person}
        frame = self.source.scan(sorted(frozenset().union(*(rule.reads for rule in rules))))
        frame = frame.select(*plain, *among.values(), *sorted(frozenset().union(*(rule.direct for rule in of_person))))
        for person in sorted({str(rule.of) for rule in of_person}):
            frame = self._lookups.attach(frame, self._name, person)
        broken = [(pl.col(f"among {id(rule.among)}") & rule.broken).alias(_flag(rule)) for rule in of_person]
        sums = frame.with_columns(broken).select(pl.col(_flag(rule)).sum() for rule in rules)
        return [int(count) for count in sums.collect(engine="streaming").row(0)]

    def empty(self, rule: Rule) -> Finding | None:
        """A rule of empty cells, rows with a cell that cannot be read left out; None where no row breaks it."""
        frame = self.source.scan(sorted(rule.reads), rows=True)
        good = ~pl.col(BAD) if BAD in frame.collect_schema() else EVERY_ROW
        rows = frame.filter(rule.among & rule.broken & good).select(PLACE).collect(engine="streaming")
        if not rows.height:
            return None
        first = rows.bottom_k(SHOWN, by=list(PLACE)).lazy()
        shown = self.frame({rule.column, *self.key}).join(first, on=PLACE, how="semi")
        return self.shown(rule, rows.height, shown)

    def finding(self, rule: Rule, count: int) -> Finding:
        """A rule that rows break."""
        frame = self.frame(rule.reads | {rule.column, *self.key}).filter(rule.among)
        if rule.refers:
            strange = self._lookups.unknown(self._name, rule.column)["id"]
            rows = frame.filter(hashed(pl.col(rule.column)).is_in(strange.implode()))
            return self.shown(rule, count, rows.head(SHOWN))
        if rule.of is None:
            return self.shown(rule, count, frame.filter(rule.broken).head(SHOWN))
        return self.shown(rule, count, self._lookups.attach(frame, self._name, rule.of).filter(rule.broken))

    def shown(self, rule: Rule, count: int, rows: pl.LazyFrame) -> Finding:
        """A finding from the rows themselves, which have their places, the key and the rule's column."""
        first = rows.select(*PLACE, *dict.fromkeys([*self.key, rule.column]))
        first = first.bottom_k(SHOWN, by=list(PLACE)).sort(PLACE)
        shown = first.collect(engine="streaming").iter_rows(named=True)
        examples = tuple(self.example(row, rule.column) for row in shown)
        return Finding(
            self._name, rule.column, rule.name, rule.severity, count, self.source.height, examples, rule.message
        )

    def example(self, row: dict[str, Any], column: str | None) -> Example:
        """A row as people see it: its file, its number there, its key, and the cell of a column."""
        key = [self.text(name, row[name]) for name in self.key]
        value = self.text(column, row[column]) if column else None
        return Example(self.source.files[row[PLACE[0]]], row[PLACE[1]], " / ".join(filter(None, key)) or None, value)

    def text(self, name: str, cell: Any) -> str | None:
        """A typed cell as text; free text is never shown."""
        kind = self.source.table.column(name).kind
        if cell is None or kind is Kind.TEXT:
            return None
        if kind is Kind.DATE:
            return from_day_number(cell).isoformat()
        if kind is Kind.MONEY:
            return f"{Decimal(cell).scaleb(-4):.4f}".rstrip("0").rstrip(".")
        return discreet(str(cell))


def _flag(rule: Rule) -> str:
    """What a frame calls the rows that break a rule."""
    return f"broken {id(rule)}"
