"""What a fact and a measure are: one row a unit and period, and the sums taken over those rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import LINES, Boundary, Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr
from mlmkpi.books.history import Ask
from mlmkpi.books.spans import Span
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame


@dataclass(frozen=True)
class Measure:
    """A named sum over one fact's rows; `scale` is how many of its units make one of a person's.

    `per` names a column of the rows, whole numbers: what a row adds is divided by its own, exactly.
    """

    fact: Fact
    name: str
    scale: int = 1
    per: str = ""

    def __str__(self) -> str:
        return f"{type(self.fact).__name__}.{self.name}"

    @property
    def adds(self) -> Expr:
        """What the fact says that a row adds to the sum."""
        expr: Expr = getattr(type(self.fact), self.name).__wrapped__(self.fact)
        return expr

    @property
    def expr(self) -> Expr:
        """What a row adds to the sum, a whole number."""
        return self.adds.fill_null(0).cast(nw.Int64)

    @property
    def is_plugins(self) -> bool:
        """Whether a plugin says what a row adds."""
        return not getattr(type(self.fact), self.name).__module__.startswith("mlmkpi.")


def measure(method: Callable[[Any], Expr]) -> Callable[[Any], Measure]:
    """Make a fact's method, which says what a row adds, give the measure: a number of people, orders, things."""
    return _measure(method, 1)


def scaled(method: Callable[[Any], Expr]) -> Callable[[Any], Measure]:
    """As `measure`, for money, volume and other numbers held in ten-thousandths."""
    return _measure(method, SCALE)


def scaled_per(column: str) -> Callable[[Callable[[Any], Expr]], Callable[[Any], Measure]]:
    """As `scaled`, each row's being divided by its own whole number in the column; for denominators."""
    return lambda method: _measure(method, SCALE, column)


def _measure(method: Callable[[Any], Expr], scale: int, per: str = "") -> Callable[[Any], Measure]:
    @wraps(method)
    def build(fact: Fact) -> Measure:
        return Measure(fact, method.__name__, scale, per)

    return build


class Fact(ABC):
    """A table with one row a unit and period. Subclasses are frozen dataclasses: equal facts are built once.

    `sides` are the sides whose attributes its rows carry, `own` the dimensions that it brings itself, `unit` the
    column that tells its units apart. `table` is the table whose rows it counts, where these are rows of one: it can be
    split by that table's columns too, which `row_first` says win over a person's attribute of the same name. What is
    summed `on_order_rows` comes first, so that these can be let go; `own_days` says that it looks at no orders but
    those of its periods' days; `by_line` that its rows can be cut into the orders' lines; `fits` that it fits a model a
    period, which is done for the last two unless the KPI is named.
    """

    unit: ClassVar[str] = "unit"
    on_order_rows: ClassVar[bool] = False
    own_days: ClassVar[bool] = False
    by_line: ClassVar[bool] = False
    fits: ClassVar[bool] = False
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON,)
    own: ClassVar[tuple[str, ...]] = ()
    same_split: ClassVar[bool] = False
    """Whether its rows are the same with its own dimensions as without, so that all its measures add up."""
    made_once: ClassVar[bool] = False
    """Whether its parts are computed once and kept, so that going through them again takes little."""
    with_leader: ClassVar[bool] = True
    """Whether a leader counts in their own team."""
    of_leaders: ClassVar[bool] = False
    """Whether its rows are people with their whole teams already."""
    reads_tree: ClassVar[bool] = False
    """Whether it cannot do without the tree."""
    shared: ClassVar[bool] = False
    """Whether several people may have one of its units, so that the sums of a team's people are not the team's."""
    table: ClassVar[str] = ""
    row_first: ClassVar[bool] = False
    people_from: ClassVar[str] = ""
    """The table that tells whose its rows are, where `table` does not."""

    @property
    def is_plugins(self) -> bool:
        """Whether a plugin says what its rows are and add, so that what it inherits of promises does not bind it."""
        return not type(self).__module__.startswith("mlmkpi.")

    @property
    def is_near(self) -> bool:
        """Whether it looks at orders of its `own_days` alone, which a plugin's fact does not say by inheriting it."""
        return self.own_days and not self.is_plugins

    @abstractmethod
    def needs(self) -> tuple[str, ...]:
        """The columns, as `table.column`, without which the fact is null; `a|b` = one of them."""

    def needs_in(self, export: Export) -> tuple[str, ...]:
        """The columns that it needs of an export, where what the export has decides that."""
        return self.needs()

    def assumes(self, export: Export) -> str | None:
        """What people should hear of how it reads this export, None where there is nothing to say."""
        return None

    def says(self, measure: str) -> str | None:
        """What a measure counts, where that depends on the fact; None: what the measure itself says."""
        return None

    def reads(self) -> tuple[str, ...]:
        """Further columns that it reads where the export has them."""
        return ()

    def asks(self, span: Span) -> Iterable[Ask]:
        """The windows on histories that a span's rows look at."""
        return ()

    @property
    def reads_people(self) -> bool:
        """Whether it looks at who sold or bought, or at volume; a run without such a fact does not read them."""
        return True

    @property
    def reads_orders(self) -> bool:
        """Whether the day the orders start binds it."""
        return True

    def known_from(self, span: Span) -> int | None:
        """The earliest day that order data must reach back to for a span, None where it may start anywhere."""
        return None

    def one_a_unit(self, books: Books) -> bool:
        """Whether no unit has two rows in a period and cell of a split."""
        return False

    def people_column(self, measure: str, dimensions: Dimensions) -> str:
        """The column of the people who stand behind a measure of its rows, where a split could give them away."""
        return self.unit

    def people_measure(self, measure: str) -> str | None:
        """The measure that counts the people behind another, where that is a sum; None: distinct `people_column`."""
        return None

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the export has what one of its own dimensions is made of; `ranks` are the ladder."""
        return True

    def among(self, facts: Iterable[Fact]) -> Fact:
        """One of these facts whose rows and measures are the same where this fact is asked, else itself."""
        return self

    def summing(self, names: Iterable[str]) -> Fact:
        """A fact that is quicker to lay out and whose rows give the same sums of these measures; else itself."""
        return self

    def window_days(self) -> int:
        """How many days after it a row of the period is followed; the youngest rows are left out, see kpis' windows."""
        return 0

    def follows(self, export: Export) -> bool:
        """Whether the export tells what the rows are followed for; where not, the period's own days alone count."""
        return True

    def once_a_team(self, rows: Frame, names: Sequence[str]) -> Frame:
        """Rows of people in teams, `names` being their dimensions: a unit that several of a team have, but once."""
        return rows

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Say what the fact wants of the orders, before they are read once for all; nothing by default."""
        return

    @abstractmethod
    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """One row a unit and `span`, or `cell` where cells add up to spans; with a column a dimension, by its name."""

    def parts(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The rows as frames that can be summed one by one."""
        return [self.rows(books, dimensions, at)]

    def carries(self, dimension: Dimension) -> bool:
        """Whether its rows can be split so."""
        if dimension.own:
            return dimension.name in self.own
        return self.by_line if dimension.name in LINES else dimension.side in self.sides

    def carries_in(self, export: Export, dimension: Dimension) -> bool:
        """As `carries`, where what the export has decides that too."""
        return self.carries(dimension)


class SpannedFact(Fact):
    """A fact whose rows are made span by span."""

    @abstractmethod
    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The rows, a frame a span or more."""

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The frames below one another."""
        return books.engine.concat(self.by_span(books, dimensions, at))

    def parts(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The frames, unless a subclass makes its rows otherwise."""
        plain = type(self).rows is SpannedFact.rows
        return self.by_span(books, dimensions, at) if plain else super().parts(books, dimensions, at)
