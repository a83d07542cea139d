"""The export as facts read it: tables through the engine, with each key counted once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import RLock

import narwhals as nw

from mlmkpi.books.codes import CLOSED, unknown_code
from mlmkpi.books.conflicts import conflict
from mlmkpi.books.dimensions import EXTRA
from mlmkpi.books.exchange import RATES, Exchange
from mlmkpi.engines import PLACE, Engine, Frame
from mlmkpi.spelling import unspelled
from mlmkpi.tables import TABLES

AMOUNTS = {"orders": ["amount"], "order_lines": ["amount", "cost"]}
"""Columns in the currency of the order."""


class Export:
    """Scans tables; a table with a key is checked when it is first read, and repeated rows count once.

    `bad_rows` says what happens to rows that differ under one key: "stop" raises DataError, "skip" leaves out every row
    of such a key. Amounts of orders and of their lines come in `currency`. `checked` are the tables that were looked
    through, `read_columns` what was read of which, `unknown_codes` how many rows are left out for the sake of a
    column's code, by table and column, and `held` what the values of a column come to at most, without their signs.
    """

    def __init__(self, engine: Engine, *, bad_rows: str = "stop", currency: str | None = None) -> None:
        self.engine = engine
        self.bad_rows = bad_rows
        self.currency = currency
        self.marking = False
        self.exchange: Exchange | None = None
        self.repeats: dict[str, int] = {}
        self.conflicts: dict[str, int] = {}
        self.unknown_codes: dict[tuple[str, str], int] = {}
        self.off_ladder = 0
        self.checked: set[str] = set()
        self.held: dict[str, float] = {}
        self.read_columns: dict[str, set[str]] = {}
        self._reading = RLock()

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export has; empty where the table is absent."""
        return self.engine.columns(table)

    def has(self, need: str) -> bool:
        """Whether the export has a column named as `table.column`, or one of several, `a|b`."""
        return any(column in self.columns(table) for table, _, column in (n.partition(".") for n in need.split("|")))

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """A table's columns, every key once."""
        with self._reading:
            if table not in self.checked:
                self.check(table)
            return self._scan(table, columns)

    def read(self, table: str, columns: Sequence[str]) -> Frame:
        """The same, materialised; where its key is among the columns, it is looked for repeated ones there."""
        with self._reading:
            key = self.key(table)
            if table in self.checked or not key or not set(key) <= set(columns):
                return self.engine.materialise(self.scan(table, columns))
            rows = self.engine.materialise(self._scan(table, columns))
            if not self.engine.has_repeats(rows, key):
                self.checked.add(table)
                return rows
            self.engine.release(rows)
            return self.engine.materialise(self.scan(table, columns))

    def unchecked(self, table: str, columns: Sequence[str]) -> Frame:
        """A table's columns; the caller looks for repeated keys and calls `check` where there are any."""
        return self._scan(table, columns)

    def check(self, table: str) -> None:
        """Look for repeated keys; from then on `scan` gives each key once."""
        self.checked.add(table)
        key = self.key(table)
        if not key:
            return
        ids = self.engine.materialise(self.engine.scan(table, key))
        if not self.engine.has_repeats(ids, key):
            self.engine.release(ids)
            return
        self._settle(table, key)

    def marks(self, table: str) -> list[str]:
        """While `marking`, the column that says where a row of the table stands; none where rows repeat each other."""
        with self._reading:
            if self.marking and table not in self.checked:
                self.check(table)
        return [PLACE] if self.marking and not self._settled(table) else []

    def key(self, table: str) -> list[str]:
        """The key's columns that the export has; none where it lacks a required one."""
        declared = TABLES[table].key if table in TABLES else ()
        return [name for name in declared if name in self.columns(table)]

    def _settled(self, table: str) -> bool:
        """Whether rows of the table repeat each other or differ under one key."""
        return bool(self.repeats.get(table)) or table in self.conflicts

    def _settle(self, table: str, key: list[str]) -> None:
        """Tell rows that repeat each other from rows that differ under one key."""
        rows = self.engine.scan(table, self._mapped(table)).filter(~nw.col(key[0]).is_null())
        several = rows.group_by(*key).agg(nw.len().alias("_n")).filter(nw.col("_n") > 1)
        never_null = [key[0], *(name for name in key[1:] if TABLES[table].column(name).required)]
        near = rows.join(several.select(*never_null), on=never_null, how="semi")
        distinct = near.group_by(*self._mapped(table)).agg(nw.len().alias("_n"))
        counted = distinct.group_by(*key).agg(nw.col("_n").sum(), nw.len().alias("_distinct"))
        alike = counted.filter(nw.col("_distinct") == 1)
        found = self.engine.collect(alike.select(nw.col("_n").sum(), nw.len().alias("_keys"))).row(0)
        conflicting = self.engine.collect(counted.filter(nw.col("_distinct") > 1).select(*key))
        self.repeats[table] = int((found[0] or 0) - (found[1] or 0))
        if conflicting.height == 0:
            return
        if self.bad_rows == "stop":
            raise conflict(self.engine, table, key, conflicting, distinct)
        self.conflicts[table] = conflicting.height

    def _scan(self, table: str, columns: Sequence[str]) -> Frame:
        plain = [name.removeprefix(EXTRA) for name in columns]
        self.read_columns.setdefault(table, set()).update(plain)
        money = [name for name in AMOUNTS.get(table, ()) if name in plain]
        read = partial(self._exchanged, table, money) if money else partial(self._once_a_key, table)
        frame = read(list(dict.fromkeys(plain)))
        frame = self._of_known_codes(table, plain, frame)
        renamed = (nw.col(name).alias(wanted) for name, wanted in zip(plain, columns, strict=True))
        return frame if plain == list(columns) else frame.select(*renamed)

    def _of_known_codes(self, table: str, columns: Sequence[str], frame: Frame) -> Frame:
        """The rows whose codes the columns' closed lists have; others stop the run or are left out."""
        for name, column in CLOSED.get(table, {}).items():
            if name not in columns:
                continue
            unknown = unspelled(self.engine.spellings(table, name), column.codes)
            if unknown and self.bad_rows == "stop":
                raise unknown_code(table, column, unknown)
            if unknown:
                self.unknown_codes[table, name] = sum(unknown.values())
                frame = frame.filter(~nw.col(name).is_in(list(unknown)).fill_null(False))
        return frame

    def _exchanged(self, table: str, money: Sequence[str], columns: Sequence[str]) -> Frame:
        """The columns of orders or of their lines, those of money in one currency."""
        if self.exchange is None:
            rates = partial(self.scan, "rates", RATES)
            self.exchange = Exchange(self.engine, self.currency, rates, skip=self.bad_rows == "skip")
        if not self.exchange.needed:
            return self._once_a_key(table, columns)
        if table == "orders":
            wanted = sorted({*columns, "currency", "ordered_on"})
            return self.exchange.converted(self._once_a_key(table, wanted)).select(*columns)
        orders = self.scan("orders", ["order_id", "currency", "ordered_on"])
        foreign = orders.filter(nw.col("currency").is_in(list(self.exchange.foreign)), ~nw.col("order_id").is_null())
        lines = self._once_a_key(table, sorted({*columns, "order_id"})).join(foreign, on="order_id", how="left")
        return self.exchange.converted_lines(lines, money).select(*columns)

    def _once_a_key(self, table: str, columns: Sequence[str]) -> Frame:
        if not self._settled(table):
            return self.engine.scan(table, columns)
        rows, key = self.engine.scan(table, self._mapped(table)), self.key(table)
        frame, nameless = rows.unique(), nw.col(key[0]).is_null()
        if table in self.conflicts:
            frame = frame.filter(nameless | (nw.len().over(*key) == 1))
        if not TABLES[table].column(key[0]).required:
            frame = nw.concat([rows.filter(nameless), frame.filter(~nameless)])
        return frame.select(*columns)

    def _mapped(self, table: str) -> list[str]:
        return [name for name in TABLES[table].names if name in self.columns(table)]
