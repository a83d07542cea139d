"""The export as rows: its tables and columns, exact duplicates of keyed tables counted once, the as-of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from oracle.definitions import NullError

Row = Mapping[str, Any]
KEYED = frozenset(
    (
        "distributors", "customers", "orders", "products", "leads", "events", "attendance", "posts", "followers",
        "markets", "territories", "periods", "rates",
    )
)
DATES = {
    "distributors": ("enrolled_on", "terminated_on"),
    "enrollments": ("enrolled_on",),
    "customers": ("joined_on",),
    "ranks": ("effective_on",),
    "commissions": ("paid_on", "earned_on"),
    "events": ("held_on",),
    "expenses": ("spent_on",),
    "costs": ("booked_on",),
    "activities": ("occurred_on",),
    "surveys": ("answered_on",),
    "posts": ("posted_on",),
    "followers": ("counted_on",),
    "clicks": ("clicked_on",),
    "leads": ("created_on", "converted_on"),
    "trainings": ("assigned_on", "completed_on"),
    "agreements": ("signed_on",),
    "claims": ("reviewed_on",),
}


class Export:
    """Tables of rows; a column is there when any row has it."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self.tables = {name: distinct(rows) if is_keyed(name, rows) else list(rows) for name, rows in tables.items()}
        self.columns = {name: {column for row in rows for column in row} for name, rows in self.tables.items()}

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, none where the table is absent."""
        return self.tables.get(table, [])

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the export has the table, or the column of it."""
        return table in self.tables if column is None else column in self.columns.get(table, ())

    def need(self, table: str, *columns: str) -> None:
        """A figure needs this table and these columns of it."""
        if not self.has(table):
            raise NullError(f"needs the {table} export")
        for column in columns:
            if not self.has(table, column):
                raise NullError(f"needs {table}.{column}")

    def need_roster(self) -> None:
        """A figure needs to know who enrolled when."""
        if not (self.has("distributors") or self.has("enrollments")):
            raise NullError("needs the distributors or enrollments export")

    def as_of(self) -> date:
        """The latest order date, else the latest of all dates; passed over when over 31 days after the next one."""
        if self.has("orders"):
            days: set[date] = {row["ordered_on"] for row in self.rows("orders")}
        else:
            days = {
                row[column]
                for table, columns in DATES.items()
                for row in self.rows(table)
                for column in columns
                if row.get(column) is not None
            }
        latest = sorted(days)[-2:]
        return latest[0] if latest[-1] - latest[0] > timedelta(days=31) else latest[-1]


def is_keyed(table: str, rows: Sequence[Row]) -> bool:
    """Whether the table's rows have a key; posts have one only where their ids are given."""
    return table in KEYED and (table != "posts" or any("post_id" in row for row in rows))


def distinct(rows: Sequence[Row]) -> list[Row]:
    """Rows that are equal in every column, once each, in their order."""
    return list({tuple(sorted(row.items(), key=lambda item: item[0])): row for row in rows}.values())
