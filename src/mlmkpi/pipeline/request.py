"""What is asked of a run, in the words of `compute`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from mlmkpi.books.lineage import TEAM, Teams, TreeKind
from mlmkpi.errors import UsageError
from mlmkpi.kpi import Kpi
from mlmkpi.period import Every

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Request:
    """What is asked of a run.

    `models_for` is the label of the one period that models are fitted for, "" for the last that has ended; without it
    they are fitted as their KPIs say.
    """

    kpis: Sequence[str | Kpi] | None = None
    every: Every = Every.MONTH
    by: Sequence[str] = ()
    where: Mapping[str, Sequence[str]] | None = None
    first: date | None = None
    last: date | None = None
    count: int | None = None
    as_of: date | None = None
    compare_year: bool = False
    bad_rows: str = "stop"
    teams: Teams = field(default_factory=Teams)
    models_for: str | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension of the Result: those to split by, then those to choose from."""
        return tuple(dict.fromkeys([*self.by, *(self.where or {})]))

    def given(self, dimension: str) -> str:
        """How the dimension was asked for, as a command and a call both say it.

        >>> Request(by=["market"]).given("market"), Request(where={"market": ["US", "DE"]}).given("market")
        ('by market', 'where market=US,DE')
        """
        values = (self.where or {}).get(dimension, ())
        return f"by {dimension}" if dimension in self.by else f"where {dimension}={','.join(map(str, values))}"

    def renamed(self, names: Mapping[str, str]) -> Request:
        """The same with dimensions by other names."""
        where = {names[name]: values for name, values in self.where.items()} if self.where else self.where
        return replace(self, by=[names[name] for name in self.by], where=where)


def request_of(
    *, kpis: Sequence[str | Kpi] | None = None, every: str = "month", by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None, first: date | None = None, last: date | None = None,
    count: int | None = None, as_of: date | None = None, compare_year: bool = False, bad_rows: str = "stop",
    tree: str = "sponsor", depth: int | None = None, generation: int | None = None, min_team: int = 1,
) -> Request:
    """A request in the words of `compute`; UsageError for a choice that there is not, or for another sort of value."""
    check_lists(by, where)
    check_list("kpis", () if kpis is None else kpis)
    for name, day in (("first", first), ("last", last), ("as_of", as_of)):
        check_day(name, day)
    check_count("count", count)
    if not isinstance(min_team, int):
        raise UsageError(f"min_team is {min_team!r}", (("expected", "a whole number"),))
    check_bad_rows(bad_rows)
    if not isinstance(compare_year, bool):
        raise UsageError(f"compare_year is {compare_year!r}", (("expected", "True or False"),))
    if min_team > 1 and TEAM not in (*by, *(where or {})):
        raise UsageError("a smallest team is for figures by team", (("fix", "split by team"),))
    return Request(
        None if kpis is None else tuple(kpis), one_of(Every, "every", every), tuple(by), where, first, last, count,
        as_of, compare_year, bad_rows,
        Teams(one_of(TreeKind, "tree", tree), tuple((where or {}).get(TEAM, ())), depth, generation, min_team),
    )


def check_lists(by: object, where: object) -> None:
    """UsageError for another sort of what figures are split by, or of what is kept of it."""
    if not isinstance(where, Mapping | None):
        raise UsageError(f"where is {where!r}", (("expected", 'values by dimension: {"market": ["US", "DE"]}'),))
    check_list("by", by)
    check_list("where", list(where or ()))
    for name, values in (where or {}).items():
        check_list(name, values)


def check_list(name: str, values: object) -> None:
    """UsageError for one text where several are meant, whose letters would be taken for them, and for other values."""
    if isinstance(values, str):
        raise UsageError(f"{name} is {values!r}", (("expected", f"a list: {[values]!r}"),))
    for value in values if isinstance(values, Collection) else (values,):
        if not isinstance(value, str | Kpi):
            raise UsageError(f"{name} has {value!r}", (("expected", "texts, such as '1'"),))


def check_bad_rows(bad_rows: object) -> None:
    """UsageError for what is no way with rows that cannot be read."""
    if bad_rows not in ("stop", "skip"):
        raise UsageError(f"bad_rows is {bad_rows!r}", (("expected", "stop or skip"),))


def check_count(name: str, value: object) -> None:
    """UsageError for what is no whole number from 1."""
    if value is not None and (not isinstance(value, int) or value < 1):
        raise UsageError(f"{name} is {value!r}", (("expected", "1 or more"),))


def check_day(name: str, day: object) -> None:
    """UsageError for what is no day: a text, or a moment of one."""
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise UsageError(f"{name} is {day!r}", (("expected", "a day: datetime.date(2026, 10, 31)"),))


def one_of(kind: type[Choice], name: str, value: str) -> Choice:
    """A choice by its name; UsageError for one that there is not."""
    if not isinstance(value, str) or value not in list(kind):
        raise UsageError(f"{name} is {value!r}", (("expected", ", ".join(kind)),))
    return kind(value)
