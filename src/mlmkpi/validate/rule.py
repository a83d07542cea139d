"""The shape of a rule, and what the rules of all tables may ask about the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from mlmkpi.settings import Settings
from mlmkpi.sources import Severity


@dataclass(frozen=True)
class Rule:
    """What no row should be: `broken` is true for the rows that are, `column` the cell that is shown of them.

    `among` narrows the rows first; it reads typed columns alone. `broken` may also read `distributor_id.known` (and,
    of a person, `.enrolled`, `.terminated`, `.back`): what the table that a column refers to says of the id.
    """

    name: str
    column: str
    broken: pl.Expr
    message: str
    severity: Severity = "warning"
    among: pl.Expr | None = None

    @property
    def reads(self) -> frozenset[str]:
        """The columns that the rule looks at, what is looked up left out."""
        names = {name.partition(".")[0] for name in self.broken.meta.root_names()}
        return frozenset(names.union(self.among.meta.root_names() if self.among is not None else ()))

    @property
    def looks_up(self) -> frozenset[str]:
        """What the rule asks the referred-to tables."""
        return frozenset(name for name in self.broken.meta.root_names() if "." in name)


@dataclass(frozen=True)
class Scene:
    """What rules depend on beside the rows: the settings, the as-of date and its like, and the codes that occur.

    `latest` is the day number after which a date lies in the future of the others; None where nothing is dated.
    `spellings` has, by column of the table at hand, each code that occurs and how often.
    """

    settings: Settings
    as_of: int | None = None
    latest: int | None = None
    columns: frozenset[str] = frozenset()
    spellings: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)

    def spelled(self, column: str, codes: frozenset[str]) -> list[str]:
        """The spellings of these codes (in lower case) that occur in a column."""
        return [code for code in self.spellings.get(column, {}) if code is not None and code.casefold() in codes]
