"""From a KPI's units to rows: cells, hidden cells, and the figures of the period before and of the year before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from oracle.calendar import Span
from oracle.definitions import NullError
from oracle.figures import Block, Cell, Figure, Key, Unit
from oracle.goals import BEGUN_EARLIER
from oracle.registry import KPIS
from oracle.split import Split, is_private
from oracle.world import World


@dataclass(frozen=True)
class Row:
    """One figure with everything that stands beside it."""

    kpi: str
    period: str
    dims: Mapping[str, str | None]
    statistic: str
    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    low: float | None
    high: float | None
    previous: Fraction | None
    change: Fraction | None
    year_ago: Fraction | None
    complete: bool
    null_reason: str | None


Figures = dict[Key, Figure]


class Desk:
    """Computes each figure of a KPI once."""

    def __init__(self, world: World, name: str, split: Split) -> None:
        self.world = world
        self.name = name
        self.kpi = KPIS[name]
        self.asked = split.dimensions
        self.split = Split(world, [name for name in split.dimensions if name not in self.kpi.brings])
        self._known: dict[Span, Figures] = {}
        self._no_cell: Cell = (None,) * len(self.split.dimensions)

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that the KPI has in this split: one person's team has no median."""
        alone = self.name == "team_sales_volume" and "distributor" in self.split.dimensions
        return ("value",) if alone else self.kpi.statistics

    def reads_orders(self) -> bool:
        """Whether the figure reads orders, so that the data start binds it."""
        rule = self.world.definitions.active_rule not in ("earned", "any_event")
        base = {"on_books": False, "current": True, "active": rule}[self.world.definitions.retention_base]
        return {"orders": True, "roster": False, "active": rule, "base": base, "goals": False}[self.kpi.reads]

    def figures(self, span: Span) -> Figures:
        """All figures of a period by statistic, cell and own dimensions; no index beside a hidden earlier cell."""
        found = self._figures(span)
        if "index" not in self.kpi.statistics:
            return found
        calendar = self.world.calendar
        bases = {"index": calendar.before(span), "index_year": calendar.year_before(span)}
        secret = {
            (name, *key[1:]) for name, base in bases.items() if base is not None
            for key, figure in self._figures(base).items() if key[0] == "value" and figure.is_hidden
        }
        return {key: figure.hidden() if key in secret else figure for key, figure in found.items()}

    def _figures(self, span: Span) -> Figures:
        if span not in self._known:
            try:
                self._known[span] = self._compute(span)
            except NullError as error:
                nothing = Figure(None, None, None, reason=str(error))
                self._known[span] = {(statistic, self._no_cell, ()): nothing for statistic in self.statistics}
        return self._known[span]

    def is_complete(self, span: Span) -> bool:
        """Whether the period has ended, and its window too."""
        return span.last + timedelta(days=self.kpi.window(self.world)) <= self.world.as_of

    def earlier(self, span: Span | None) -> Figures:
        """The figures of an earlier period, none where there is none or the data start cuts it."""
        start = self.world.data_start
        if span is None or self.kpi.last_only:
            return {}
        is_cut = start is None or span.first < start
        if self.reads_orders() and is_cut:
            return {}
        figures = {key: figure for key, figure in self.figures(span).items() if figure.reason != BEGUN_EARLIER}
        if self.kpi.reads == "goals" and is_cut:
            return {key: figure for key, figure in figures.items() if ("goal_kpi", "new_signups") in key[2]}
        return figures

    def _compute(self, span: Span) -> Figures:
        start = self.world.data_start
        self.split.check(self.kpi.sides, self.kpi.table)
        blocks = self.kpi.compute(self.world, span, self.split)
        if self.reads_orders() and (start is None or span.closing < start):
            raise NullError(f"orders start on {start}")
        found: Figures = {}
        for block in blocks:
            found |= self._of_block(block)
            if block.lacks:
                found[block.statistic, self._no_cell, ()] = Figure(None, None, None, reason=f"needs {block.lacks}")
        for statistic in {*self.statistics} - {block.statistic for block in blocks}:
            found[statistic, self._no_cell, ()] = Figure(None, None, None, reason="needs a column the export lacks")
        return found

    def _of_block(self, block: Block) -> Figures:
        cells: dict[Key, list[Unit]] = defaultdict(list)
        if not self.split.dimensions and not block.has_own:
            cells[block.statistic, (), ()] = []
        for unit in block.units:
            cells[block.statistic, unit.cell, unit.own].append(unit)
        found = {key: block.figure(units) for key, units in cells.items()}
        own = {name for unit in block.units for name, _ in unit.own}
        hides = self.split.hides or any(is_private(name) for name in own)
        return hide(found, self.world.definitions.min_cell) if hides else found


def hide(figures: Figures, least: int) -> Figures:
    """Figures with too few people behind them hidden; a lone one takes the next smallest with it."""
    order = sorted(figures, key=lambda key: (figures[key].people, [str(label) for label in key[1]], str(key[2])))
    small = {key for key in order if figures[key].people < least}
    if len(small) == 1:
        small |= set(order[:2])
    return {key: figure.hidden() if key in small else figure for key, figure in figures.items()}


def rows_of(desk: Desk, spans: Sequence[Span], compare_year: bool) -> list[Row]:
    """All rows of a KPI, period after period."""
    calendar = desk.world.calendar
    found = []
    for span in spans[-1:] if desk.kpi.last_only else spans:
        figures = desk.figures(span)
        before = calendar.before(span)
        previous = desk.earlier(before)
        year_ago = desk.earlier(calendar.year_before(span)) if compare_year or desk.kpi.always_year else {}
        complete = desk.is_complete(span)
        alike = before is not None and desk.is_complete(before) == complete
        for key in sorted(figures, key=lambda key: (key[0] != "value", str(key))):
            figure = figures[key]
            was = value_of(previous, key, figure)
            change = figure.value - was if figure.value is not None and was is not None and alike else None
            found.append(
                Row(
                    desk.name, span.label, labels(desk, key), key[0], figure.numerator, figure.denominator,
                    figure.value, figure.low, figure.high, was, change, value_of(year_ago, key, figure), complete,
                    figure.reason if figure.value is None else None,
                )
            )
    return found


def value_of(figures: Figures, key: Key, now: Figure) -> Fraction | None:
    """The earlier value beside a figure; none beside a hidden one."""
    if key not in figures or now.is_hidden:
        return None
    return figures[key].value


def labels(desk: Desk, key: Key) -> dict[str, str | None]:
    """A cell's labels by dimension, and those the KPI brings itself where the figure has them."""
    asked: dict[str, str | None] = dict.fromkeys(desk.asked)
    return {**asked, **dict(zip(desk.split.dimensions, key[1], strict=True)), **dict(key[2])}


def find(rows: Sequence[Row], kpi: str, period: str, statistic: str = "value", **dims: str) -> Row:
    """The one row of a KPI, period and statistic with exactly these dimensions."""
    found = [
        row
        for row in rows
        if (row.kpi, row.period, row.statistic) == (kpi, period, statistic)
        and {name: label for name, label in row.dims.items() if label is not None} == dims
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} rows of {kpi}, {period}, {statistic}, {dims}")
    return found[0]
