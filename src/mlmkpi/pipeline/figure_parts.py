"""What a figure is made of: the ratios among its statistics, whose units stand behind each, their names and units."""

from __future__ import annotations

from mlmkpi.books.dimensions import is_private
from mlmkpi.facts.base import Measure
from mlmkpi.kpi import (
    TOTAL,
    Back,
    Block,
    Concentration,
    Figure,
    MedianRatio,
    Part,
    Quantiles,
    Ratio,
    Survival,
    Unit,
)

INDEXES = {Back.PREVIOUS: "index", Back.YEAR: "index_year"}
"""The statistics that set a cell's growth beside that of all cells, by what it is growth on."""


def ratios(figure: Figure, block: Block = TOTAL) -> list[Part]:
    """The statistics of a block of a figure that are ratios of sums, the main one first where it is one."""
    if isinstance(figure, Survival):
        return []
    parts = [part for part in figure.also if isinstance(part, Part)]
    instead = [part for part in parts if part.block == block]
    if instead:
        return instead
    main = []
    if isinstance(figure, Ratio):
        main = [Part("value", figure.numerator, figure.denominator, times=figure.times)]
    return [*main, *(part for part in parts if part.block is None)]


def medians(figure: Figure) -> list[MedianRatio]:
    """The statistics of a figure that are medians over other units than its own."""
    return [] if isinstance(figure, Survival) else [one for one in figure.also if isinstance(one, MedianRatio)]


def stands_apart(part: Part, figure: Figure) -> bool:
    """Whether a part has cells where the figure has none: it counts on other rows, or is divided by something else."""
    apart = part.of.fact != figure.of.fact or part.denominator not in (None, figure.of)
    return apart and not part.of_leaders


def has_own_people(part: Part, figure: Ratio) -> bool:
    """Whether others than the value's people stand behind a part: it counts some of them, or has cells of its own."""
    counts = part.denominator is None and part.numerator.scale == 1
    return counts or bool(part.block) or stands_apart(part, figure)


def behind(figure: Figure, block: Block) -> dict[str, Measure]:
    """The measures whose units stand behind a block's figures, by statistic; "value" for those not named."""
    parts = ratios(figure, block)
    apart = [p for p in parts if isinstance(figure, Ratio) and has_own_people(p, figure)]
    own = {part.name: part.of for part in apart}
    own |= {one.name: one.of for one in medians(figure)}
    return own if parts and parts[0].block else {"value": figure.of, **own}


def counted_by(figure: Figure, block: Block) -> Block:
    """The block by which the people behind a block's figures are counted: behind a share stands who is in its whole."""
    parts = isinstance(figure, Ratio) and (figure.of_total or figure.seasonal)
    shared = parts and not any(map(is_private, block))
    return TOTAL if shared else block


def block_of(measure: Measure, block: Block) -> Block:
    """The block that a measure is summed by for a figure's; with the divisors of rows that have each its own."""
    return (*block, measure.per) if measure.per else block


def main_statistics(figure: Figure) -> list[str]:
    """The statistics of one cell of a figure, the main one first."""
    names = ["value"]
    if isinstance(figure, Survival):
        return [*names, *(f"within_{days}" for days in figure.within)]
    for one in figure.also:
        if not (isinstance(one, Part) and (one.block or one.of_leaders)):
            names += [name for name, _ in one.points] if isinstance(one, Quantiles) else [one.name]
    return names


def cell_statistics(figure: Figure) -> list[str]:
    """The value, and the statistics behind which others than its people stand."""
    names = ["value", *(one.name for one in medians(figure))]
    if not isinstance(figure, Ratio):
        return names
    parts = [part for part in figure.also if isinstance(part, Part)]
    return [*names, *(part.name for part in parts if has_own_people(part, figure)), *figure.summaries]


def company_statistics(figure: Figure) -> list[str]:
    """The statistics that a company as a whole has."""
    more = INDEXES.values() if isinstance(figure, Ratio) and figure.index else ()
    names = dict.fromkeys([*main_statistics(figure), *cell_statistics(figure), *more])
    return [name for name in names if name not in leaders_own(figure)]


def statistics(figure: Figure) -> list[str]:
    """Every statistic of a figure in order."""
    return [*company_statistics(figure), *leaders_own(figure)]


def leaders_own(figure: Figure) -> list[str]:
    """The statistics that a single person's team alone has."""
    parts = [] if isinstance(figure, Survival) else figure.also
    return [part.name for part in parts if isinstance(part, Part) and part.of_leaders]


def own_units(figure: Figure) -> dict[str, Unit]:
    """The units of statistics that are not counted in the KPI's."""
    if isinstance(figure, Survival):
        return {f"within_{days}": Unit.RATE for days in figure.within}
    units = {one.name: one.unit for one in figure.also if not isinstance(one, Quantiles | Concentration) and one.unit}
    units |= {one.name: Unit.RATE for one in figure.also if isinstance(one, Concentration)}
    if isinstance(figure, Ratio):
        units |= {name: Unit.RATIO for name, _ in figure.herfindahl} | {"pareto": Unit.RATE}
        units |= dict.fromkeys(INDEXES.values(), Unit.POINTS) if figure.index else {}
    return units
