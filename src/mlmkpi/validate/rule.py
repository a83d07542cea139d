"""The shape of a rule, and what the rules of all tables may ask about the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import narwhals as nw

from mlmkpi.settings import Settings
from mlmkpi.sources import Severity
from mlmkpi.spelling import spelled


@dataclass(frozen=True)
class Rule:
    """What no row should be: `broken` is true for the rows that are, `column` the cell that is shown of them.

    Other columns that it reads are named `beside` it. A rule may be about rows `among` others alone. `of` names the
    column of a person whose `enrolled`, `terminated` and `back` (days) `broken` reads besides `column` alone. Where it
    `refers`, rows break it whose `column` has an id that is not in the table it refers to; where it names the `same`,
    those whose `column` has the id that stands in that one. Where it is of empty cells (`empties`), rows with a cell
    that cannot be read are none of it. `given` are columns that are made first, in steps. `known` are codes beside
    the declared ones that a cell may be a slip of.
    """

    name: str
    column: str
    broken: nw.Expr
    message: str
    severity: Severity = "warning"
    beside: tuple[str, ...] = ()
    among: nw.Expr | None = None
    of: str | None = None
    refers: bool = False
    same: str | None = None
    empties: bool = False
    given: tuple[nw.Expr, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The columns of the table that the rule looks at."""
        return frozenset({self.column, *self.beside, *([self.of] if self.of else [])})


@dataclass(frozen=True)
class Scene:
    """What rules depend on beside the rows: the settings, the as-of date and its like, and the codes that occur.

    `latest` is the day number after which a date lies in the future of the others; None where nothing is dated. `start`
    is that of the first order that is no slip.
    `spellings` has, by column of the table at hand, each code that occurs and how often; `kpis` the names of all KPIs,
    none where they are not known.
    """

    settings: Settings
    as_of: int | None = None
    latest: int | None = None
    start: int | None = None
    columns: frozenset[str] = frozenset()
    spellings: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)
    kpis: frozenset[str] = frozenset()

    def spelled(self, column: str, codes: Iterable[str]) -> list[str]:
        """The spellings of these codes that occur in a column."""
        return spelled(self.spellings.get(column, {}), codes)
