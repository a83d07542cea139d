"""What a declaration of a table is made of: the table, its columns, and the kinds of cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BIRTH = ("birth_date", "birth_year")
"""Columns that tell when somebody was born, the more exact one first."""
YOUNGEST, OLDEST = {"distributors": 18, "customers": 0}, 110
"""How young people of a table are likely to be, and how old anybody: others are told as slips."""
SCALE = 10_000
"""Money and volume are whole ten-thousandths, from where a cell is read until the last division."""
UNDECIDED = frozenset({("claims", "violation")})
"""Columns, as (table, column), that a table cannot do without and a row can."""


class Kind(StrEnum):
    """What a column's cells are: ids and codes are text, MONEY is any number with up to four decimals.

    RATE is a number that four decimals cannot hold (one Colombian peso is 0.00024 dollars).
    """

    ID = "id"
    DATE = "date"
    MONEY = "money"
    RATE = "rate"
    INTEGER = "integer"
    CODE = "code"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True)
class Column:
    """A canonical column; `references` is "table.column", `codes` the words that mlmkpi itself knows.

    `open_codes`: a company may use other codes beside these.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    references: str | None = None
    codes: tuple[str, ...] = ()
    open_codes: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether its codes are declared, and are all that there are."""
        return bool(self.codes) and not self.open_codes

    @property
    def is_private(self) -> bool:
        """Whether messages keep its cells to themselves: names and other free text, and when somebody was born."""
        return self.kind is Kind.TEXT or self.name in BIRTH


@dataclass(frozen=True)
class Table:
    """A canonical table; without a key every row counts."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that no export of this table can do without."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
