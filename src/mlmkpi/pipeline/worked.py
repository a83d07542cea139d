"""What is told of a figure that is worked out."""

from __future__ import annotations

from dataclasses import dataclass

from mlmkpi.pipeline.steps import Step


@dataclass(frozen=True)
class Variant:
    """The figure under another value of one parameter, all else alike; `complete` as in the Result."""

    parameter: str
    value: str
    figure: float
    complete: bool


@dataclass(frozen=True)
class SplitCell:
    """A cell of a figure that is given by a split of its own: of which split, its label, its sums and its value."""

    of: str
    label: str
    numerator: float | None
    denominator: float | None
    value: float | None
    unit: str


@dataclass(frozen=True)
class NaiveFigure:
    """The popular figure, how it is made, and what is wrong with it."""

    formula: str
    figure: float | None
    why: str


@dataclass(frozen=True)
class Checked:
    """A test of what the figure expects: `rows` are the whole and its parts, `note` why there are none."""

    words: str
    rows: tuple[CheckedRow, ...]
    note: str | None


@dataclass(frozen=True)
class CheckedRow:
    """How many customers, what was expected of them and what came: purchases, money; `part` is empty for the whole."""

    part: str
    customers: float
    purchases_expected: float
    purchases: float
    expected: float
    came: float


@dataclass(frozen=True)
class Worked:
    """A KPI's figure in one period, step by step.

    `steps` are its sums, the denominator first, after those that the numerator is put together of; `parts` its values
    by the KPI's own split where it has no other; `beside` its further statistics, each with its unit. `left_out` are
    lines for people: rows not read, and what the figure leaves out. `orders` are the orders of the period by what
    becomes of them. `related` are numerators of other KPIs that tell more of the same. `instead` are the parameters
    that would change it, those that change it most; `unchanged` those that would not. `check` tests what the figure
    expects, where it expects something.
    """

    kpi: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    definition: str
    complete: bool
    steps: tuple[Step, ...]
    division: str
    parts: tuple[SplitCell, ...]
    beside: tuple[tuple[str, float | None, str], ...]
    left_out: tuple[str, ...]
    related: tuple[Step, ...]
    instead: tuple[Variant, ...]
    naive: NaiveFigure | None
    check: Checked | None = None
    orders: tuple[Step, ...] = ()
    unchanged: tuple[tuple[str, str], ...] = ()
