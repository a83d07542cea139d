"""What a figure is: sums of measures, and what is made of them: ratios, concentrations, survival."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from mlmkpi.facts.base import Fact, Measure


class Unit(StrEnum):
    """What a KPI's value is counted in; money becomes the currency's code in a Result."""

    COUNT = "count"
    RATE = "rate"
    RATIO = "ratio"
    DAYS = "days"
    POINTS = "points"
    VOLUME = "volume"
    MONEY = "money"


@dataclass(frozen=True)
class Part:
    """A further statistic that is itself a ratio of sums, or without a denominator a count or total.

    It is null where the export lacks a column of its own `needs`; `unit` is its own where it is not the KPI's. One with
    a `block` stands in that block alone, in the value's place.
    `of_leaders` says that only a single person has it: it is given by team and by distributor alone.
    """

    name: str
    numerator: Measure
    denominator: Measure | None = None
    needs: tuple[str, ...] = ()
    unit: Unit | None = None
    times: int = 1
    of_leaders: bool = False
    block: Block | None = None

    @property
    def of(self) -> Measure:
        """The measure whose units stand behind the figure: its denominator's, a total's own."""
        return self.denominator or self.numerator


@dataclass(frozen=True)
class Quantiles:
    """Quantiles (type 7) of `value` over the rows that `of` counts."""

    of: Measure
    value: Measure
    points: tuple[tuple[str, Fraction], ...]


MEDIAN, P90 = ("median", Fraction(1, 2)), ("p90", Fraction(9, 10))


class Shape(StrEnum):
    """How unequal values are: the Gini coefficient, or the share of the ⌈n/100⌉ largest; negatives count as 0."""

    GINI = "gini"
    TOP_1PCT = "top_1pct"


@dataclass(frozen=True)
class Concentration:
    """How unequally `value` is spread over the rows that `of` counts."""

    name: str
    of: Measure
    value: Measure
    shape: Shape


@dataclass(frozen=True)
class MedianRatio:
    """The median of every unit's own `numerator` ÷ `denominator`, over the rows that `of` counts."""

    name: str
    of: Measure
    numerator: Measure
    denominator: Measure
    unit: Unit | None = None


class Back(StrEnum):
    """What a growth rate looks back to: the period before, or the same a year before."""

    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True)
class Chain:
    """Ratios that go on from a ratio, by calendar month alone: it × each of `by` × `factor` ÷ `over`.

    The product is the figure's numerator, what it is divided by its denominator.
    """

    by: tuple[tuple[Measure, Measure], ...]
    over: tuple[Measure, Measure]
    factor: Fraction = Fraction(1)

    def measures(self) -> tuple[Measure, ...]:
        """All of their sums."""
        return tuple(measure for pair in (*self.by, self.over) for measure in pair)


Statistic = Part | Quantiles | Concentration | MedianRatio
Block = tuple[str, ...]
TOTAL: Block = ()


@dataclass(frozen=True)
class Ratio:
    """Σ numerator ÷ Σ denominator, pooled; without a denominator, a count or total.

    `blocks` are the splits that the KPI brings itself, each a tuple of its fact's own dimensions, TOTAL being none.
    `times` multiplies the numerator (100 for points). With `of_total` the denominator is summed over the KPI's own
    dimensions, so that the values are shares. `cap` makes the value that much minus the ratio. `growth` makes it the
    figure's growth on an earlier period; `year_ago` gives the figure of a year before unasked. `index` adds
    what a cell of its own split has grown beside all of them, times 100, on both. `seasonal`
    makes sums by `month` seasonal indexes, one a run. `herfindahl` adds, by
    (statistic, own dimension), Σ share² over the known cells of a block; `largest` keeps the
    cells with the largest values alone, and adds `pareto`, the share of the ⌈20 %⌉ largest of all of them. Where the
    export lacks one of `needs`, the value alone is null. `noted` are measures that a note tells, each with its words.
    `chain` makes the value a product of ratios.
    A cell in which `untold` counts anything is null, as the export does not tell it; one in which `cut` does is
    incomplete, and nothing is compared with it later.
    """

    numerator: Measure
    denominator: Measure | None = None
    also: tuple[Statistic, ...] = ()
    blocks: tuple[Block, ...] = (TOTAL,)
    times: int = 1
    of_total: bool = False
    cap: Fraction | None = None
    growth: Back | None = None
    year_ago: bool = False
    index: bool = False
    seasonal: bool = False
    herfindahl: tuple[tuple[str, str], ...] = ()
    largest: int | None = None
    needs: tuple[str, ...] = ()
    noted: tuple[tuple[str, Measure], ...] = ()
    untold: Measure | None = None
    cut: Measure | None = None
    chain: Chain | None = None

    @property
    def of(self) -> Measure:
        """The measure whose units stand behind the figure: its denominator's, a total's own."""
        return self.denominator or self.numerator

    @property
    def backs(self) -> tuple[Back, ...]:
        """The earlier periods that it is set beside."""
        return tuple(Back) if self.index else (self.growth,) if self.growth else ()

    @property
    def summaries(self) -> tuple[str, ...]:
        """The statistics that say something of a block's cells together."""
        return (*(name for name, _ in self.herfindahl), *(["pareto"] if self.largest else []))

    @property
    def parted_by(self) -> frozenset[str]:
        """Its own dimensions whose cells are parts of one whole: asked for, too, they do not cut the whole itself."""
        return frozenset(name for block in self.blocks for name in block if self.summaries)

    def measures(self) -> tuple[Measure, ...]:
        """The measures that are sums, the numerator first."""
        found = [self.numerator, self.denominator, *_measures(self.also), *(measure for _, measure in self.noted)]
        found += [self.untold, self.cut, *(self.chain.measures() if self.chain else ())]
        return tuple(dict.fromkeys(m for m in found if m is not None))


@dataclass(frozen=True)
class Concentrated:
    """A figure that is itself a concentration."""

    main: Concentration
    also: tuple[Statistic, ...] = ()
    blocks: tuple[Block, ...] = (TOTAL,)
    noted: tuple[tuple[str, Measure], ...] = ()

    @property
    def of(self) -> Measure:
        """The measure that counts the units."""
        return self.main.of

    def measures(self) -> tuple[Measure, ...]:
        """The measures that are sums."""
        found = [self.main.of, *_measures(self.also), *(measure for _, measure in self.noted)]
        return tuple(dict.fromkeys(m for m in found if m is not None))


def _measures(statistics: tuple[Statistic, ...]) -> list[Measure | None]:
    found: list[Measure | None] = []
    for one in statistics:
        found += [one.numerator, one.denominator] if isinstance(one, Part) else [one.of]
    return found


@dataclass(frozen=True)
class Survival:
    """The Kaplan–Meier median of `duration` (days, ended by `event` or censored) over the rows that `of` counts.

    `within` are days; the share that ended within each is a further statistic.
    """

    of: Measure
    duration: Measure
    event: Measure
    within: tuple[int, ...] = ()
    blocks: tuple[Block, ...] = (TOTAL,)
    noted: tuple[tuple[str, Measure], ...] = ()

    def measures(self) -> tuple[Measure, ...]:
        """The measures that are sums: how many units are observed, and what a note tells."""
        return (self.of, *(measure for _, measure in self.noted))


Figure = Ratio | Concentrated | Survival


def facts_of(figure: Figure) -> tuple[Fact, ...]:
    """The facts a figure stands on, the numerator's first."""
    return tuple(dict.fromkeys(m.fact for m in figure.measures()))


def fits(figure: Figure) -> bool:
    """Whether it stands on a model that is fitted."""
    return any(fact.fits for fact in facts_of(figure))


def needs_of(figure: Figure) -> tuple[str, ...]:
    """The columns a figure's value cannot do without; what reads the tree beside it is null by itself."""
    facts = [fact for fact in facts_of(figure) if figure.of.fact.reads_tree or not fact.reads_tree]
    own = figure.needs if isinstance(figure, Ratio) else ()
    return tuple(dict.fromkeys([*(need for fact in facts for need in fact.needs()), *own]))
