"""A fact's rows summed by the engine: every measure of every KPI on it in one group-by, brought to the driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.books.attributes import DISTRIBUTOR
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.lineage import TEAM
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, Measure
from mlmkpi.kpi import MedianRatio, Quantiles, Survival
from mlmkpi.pipeline.cells_to_spans import by_span, keyed_by_span, spanned, with_span
from mlmkpi.pipeline.measure_checks import check_measures
from mlmkpi.pipeline.median_ratios import median_ratios
from mlmkpi.pipeline.stretches import Leaders
from mlmkpi.pipeline.teams import Split

Pair = tuple[Measure, Measure]
ROWS = "rows"
"""Counted so that groups have something to add up where no measure is."""
NARROW = 4
"""Rows of so many measures are kept for all who go through them."""


@dataclass
class Job:
    """What is wanted of one fact's rows under one split: sums, pairs whose squares are summed, order statistics."""

    fact: Fact
    at: Boundary
    dimensions: Dimensions
    measures: dict[Measure, None] = field(default_factory=dict)
    pairs: dict[Pair, None] = field(default_factory=dict)
    clustered: dict[Pair, None] = field(default_factory=dict)
    quantiles: dict[Quantiles, None] = field(default_factory=dict)
    survivals: dict[Survival, None] = field(default_factory=dict)
    spreads: dict[Pair, None] = field(default_factory=dict)
    medians: dict[MedianRatio, None] = field(default_factory=dict)
    counted: dict[Measure, None] = field(default_factory=dict)

    @property
    def only_sums(self) -> bool:
        """Whether nothing but sums of measures is wanted."""
        more = (self.pairs, self.clustered, self.quantiles, self.survivals, self.spreads, self.counted, self.medians)
        return not any(more)

    @property
    def summed(self) -> list[Measure]:
        """Every measure that is read, as a sum or each unit's own."""
        counting = (self.fact.people_measure(one.name) for one in self.counted)
        pairs = (*self.pairs, *self.clustered, *self.spreads)
        units = [measure for one in self.quantiles for measure in (one.of, one.value)]
        units += [measure for one in self.survivals for measure in (one.of, one.duration, one.event)]
        units += [measure for one in self.medians for measure in (one.of, one.numerator, one.denominator)]
        units += [Measure(self.fact, name) for name in counting if name]
        return [*self.measures, *self.counted, *(measure for pair in pairs for measure in pair), *units]

    @property
    def totalled(self) -> set[str]:
        """The names of the measures that its totals have."""
        return {measure.name for measure in (*self.measures, *chain(*self.pairs), *chain(*self.clustered))}

    @property
    def units(self) -> list[str]:
        """The columns of the units that are told apart."""
        counted = [one for one in self.counted if self.fact.people_measure(one.name) is None]
        columns = [self.fact.people_column(one.name, self.dimensions) for one in counted]
        return list(dict.fromkeys([*columns, *([self.fact.unit] if self.clustered else [])]))

    @property
    def times(self) -> int:
        """How many times its rows are gone through, where sums are made of the people counted as well."""
        apart = [one for one in self.counted if self.fact.people_measure(one.name) is None]
        more = [*self.clustered, *self.quantiles, *self.survivals, *self.spreads, *self.medians, *apart]
        return 1 + len(more)

    @property
    def names(self) -> list[str]:
        """The split's columns."""
        return [d.name for d in self.dimensions]


@dataclass
class Sums:
    """A job's figures on the driver, by `span` and the split's columns (text, `(unknown)` for none).

    `totals` has a column a measure (its name) and, for pairs, `n`, `yy`, `xy`, `xx` after `pair_name`; `quantiles` and
    `histograms` are by Quantiles and Survival; `spreads` counts how many units have which value; `people` counts
    distinct units behind a measure; `medians` are those of units' own ratios; `remarks` are what the fact has to say
    of a span, `unknown` why it knows nothing of one. With `leaders`, `totals` and `people` are by stretch of the tree,
    as `team`.
    """

    totals: pl.DataFrame
    quantiles: dict[Quantiles, pl.DataFrame]
    histograms: dict[Survival, pl.DataFrame]
    spreads: dict[Pair, pl.DataFrame]
    people: dict[Measure, pl.DataFrame]
    medians: dict[MedianRatio, pl.DataFrame]
    remarks: dict[int, str]
    unknown: dict[int, str]
    leaders: Leaders | None = None


def pair_name(pair: Pair) -> str:
    """What a pair's sums of squares are called in `totals`."""
    return f"{pair[0].name}/{pair[1].name}"


def take(books: Books, job: Job) -> Sums:
    """Run a job."""
    split = Split.of(books, job.fact, job.dimensions)
    fact = job.fact.summing(measure.name for measure in job.measures) if job.only_sums else job.fact
    parts = split.parts(books, fact, job.at)
    rows = split.stretched(books, parts[0] if len(parts) == 1 else books.engine.concat(parts))
    key = "span" if "span" in parts[0].collect_schema().names() else "cell"
    check_measures(rows, job.summed)
    one_by_one = split.leaders or (job.times == 1 and books.engine.at_once > 1)  # a small query is sooner set up
    parts = [_read(job, part, key, _credited(job, split)) for part in parts] if one_by_one else []
    grouped = {} if job.fact.one_a_unit(books) else job.clustered
    times = job.times - bool(parts) - (len(job.clustered) - len(grouped))
    rows = _kept(books, job, _read(job, rows, key, job.names), times=times)
    pairs = {pair_name(pair): pair for pair in {**job.pairs, **job.clustered} if pair not in grouped}
    totals = _totals(books, job, split, parts or [rows], key, pairs)
    for pair in grouped:
        totals = totals.join(_clustered(books, job, split, rows, key, pair), on=["span", *job.names], how="left",
                             nulls_equal=True)
    return Sums(
        totals,
        {one: _quantiles(books, job, split, rows, key, one) for one in job.quantiles},
        {one: _histogram(books, job, split, rows, key, one) for one in job.survivals},
        {pair: _spread(books, job, split, rows, key, pair) for pair in job.spreads},
        {one: _people(books, job, split, rows, key, one, totals) for one in job.counted},
        {one: _medians(books, job, split, rows, key, one) for one in job.medians},
        _said(books.remarks, job.fact), _said(books.unknown, job.fact),
        split.leaders,
    )


def _said(words: Mapping[tuple[Any, int], str], by: Fact) -> dict[int, str]:
    """What a fact says, by span."""
    return {span: text for (fact, span), text in dict(words).items() if fact == by}


def _read(job: Job, rows: Frame, key: str, names: Sequence[str]) -> Frame:
    """What is read of the rows alone, measures by their names."""
    measures = {measure.name: measure for measure in job.summed}
    units = [nw.col(unit).alias(_unit(unit)) for unit in job.units]
    return rows.select(key, *names, *units, *(one.expr.alias(name) for name, one in measures.items()))


def _kept(books: Books, job: Job, rows: Frame, *, times: int) -> Frame:
    """The rows, computed once where they are narrow and gone through several times."""
    narrow = len({measure.name for measure in job.summed}) <= NARROW
    kept = times > 1 and narrow and books.engine.at_hand and not job.fact.made_once
    return books.engine.materialise(rows) if kept else rows


def _credited(job: Job, split: Split) -> list[str]:
    """The split's columns of the parts: with leaders, of whom rows are instead of their team."""
    return [DISTRIBUTOR if split.leaders and name == TEAM else name for name in job.names]


def _unit(column: str) -> str:
    """What a column of units is called beside measures."""
    return f"_unit:{column}"


def _totals(
    books: Books, job: Job, split: Split, parts: Sequence[Frame], key: str, pairs: Mapping[str, Pair]
) -> pl.DataFrame:
    """The sums over all parts."""
    measures = {m.name: m for m in [*job.measures, *(m for pair in pairs.values() for m in pair)]}
    squares = [square for pair in pairs.values() for square in _squares(pair)]
    names = [*measures, *(name for pair in pairs.values() for name in _square_names(pair))]
    values = [rows.select(key, *_credited(job, split), *measures) for rows in parts]
    values = [rows.with_columns(*squares) for rows in values] if squares else values
    if split.leaders is not None:
        return _by_stretch(books, job, split, split.leaders, values, key, names)
    sums = [*(nw.col(name).sum() for name in names), nw.len().alias(ROWS)]
    grouped = [rows.group_by(key, *job.names).agg(*sums) for rows in values]
    found = books.engine.collect(books.engine.concat(grouped))
    return by_span(books, split.labelled(books, found), key, [*names, ROWS])


def _by_stretch(
    books: Books, job: Job, split: Split, leaders: Leaders, values: Sequence[Frame], key: str, names: Sequence[str]
) -> pl.DataFrame:
    """The sums by span and stretch of the tree."""
    count = {"cell": len(books.timeline.cells), "span": len(books.schedule.spans)}[key]
    other = [name for name in job.names if name != TEAM]
    found = split.texts(books, books.engine.add_up(values, leaders.members, key, count, other, names))
    if key == "cell":
        found = found.join(books.cells_of_spans(), on="cell", how="inner", maintain_order="left").drop("cell")
    return leaders.by_span(found, names)


def _squares(pair: Pair) -> list[nw.Expr]:
    y, x = (nw.col(m.name).cast(nw.Float64) for m in pair)
    some = (nw.col(pair[0].name) != 0) | (nw.col(pair[1].name) != 0)
    parts = (some.cast(nw.Int64), y * y, x * y, x * x)
    return [part.alias(name) for part, name in zip(parts, _square_names(pair), strict=True)]


def _square_names(pair: Pair) -> list[str]:
    return [f"{pair_name(pair)}:{part}" for part in ("n", "yy", "xy", "xx")]


def _clustered(books: Books, job: Job, split: Split, rows: Frame, key: str, pair: Pair) -> pl.DataFrame:
    """The sums of squares of people's own sums."""
    unit = job.fact.unit
    values = rows.select(key, _unit(unit), *job.names, *(m.name for m in pair))
    per_person = values.group_by(key, _unit(unit), *job.names).agg(*(nw.col(m.name).sum() for m in pair))
    squared = per_person.with_columns(*_squares(pair))
    sums = squared.group_by(key, *job.names).agg(*(nw.col(name).sum() for name in _square_names(pair)))
    return by_span(books, split.labelled(books, books.engine.collect(sums)), key, _square_names(pair))


def _quantiles(books: Books, job: Job, split: Split, rows: Frame, key: str, one: Quantiles) -> pl.DataFrame:
    rows = rows.select(key, *job.names, nw.col(one.of.name).alias("_of"), nw.col(one.value.name).alias("_value"))
    rows, key = keyed_by_span(books, rows.filter(nw.col("_of") != 0), key)
    points = [point for _, point in one.points]
    found = books.engine.quantiles(rows, [key, *job.names], "_value", points)
    return split.labelled(books, with_span(books, found, key))


def _histogram(books: Books, job: Job, split: Split, rows: Frame, key: str, one: Survival) -> pl.DataFrame:
    """By duration and event, how many."""
    read = {"_of": one.of, "duration": one.duration, "event": one.event}
    rows = rows.select(key, *job.names, *(nw.col(measure.name).alias(name) for name, measure in read.items()))
    grouped = spanned(books, rows, key).group_by("span", *job.names, "duration", "event").agg(nw.col("_of").sum())
    return split.labelled(books, books.engine.collect(grouped.filter(nw.col("_of") > 0)))


def _spread(books: Books, job: Job, split: Split, rows: Frame, key: str, pair: Pair) -> pl.DataFrame:
    """By `value` (a whole number), how many units that are counted have it."""
    rows = rows.select(key, *job.names, nw.col(pair[0].name).alias("_of"), nw.col(pair[1].name).alias("value"))
    rows = spanned(books, rows.filter(nw.col("_of") != 0), key)
    grouped = rows.group_by("span", *job.names, "value").agg(nw.len().cast(nw.Int64).alias("units"))
    return split.labelled(books, books.engine.collect(grouped))


def _medians(books: Books, job: Job, split: Split, rows: Frame, key: str, one: MedianRatio) -> pl.DataFrame:
    """What `median_ratios` makes of the units' own numerators and denominators."""
    parts = {"_of": one.of, "above": one.numerator, "below": one.denominator}
    rows = rows.select(key, *job.names, *(nw.col(measure.name).alias(name) for name, measure in parts.items()))
    rows = spanned(books, rows.filter(nw.col("_of") != 0), key)
    scale = Fraction(one.denominator.scale, one.numerator.scale)
    return median_ratios(split.labelled(books, books.engine.collect(rows)), ["span", *job.names], scale)


def _people(
    books: Books, job: Job, split: Split, rows: Frame, key: str, one: Measure, totals: pl.DataFrame
) -> pl.DataFrame:
    """Distinct units with the measure not zero; or the sum of what the fact counts people by."""
    counting = job.fact.people_measure(one.name)
    if counting is not None:
        if counting in totals.columns:
            return totals.select("span", *job.names, pl.col(counting).alias("people"))
        counted = rows.select(key, *job.names, nw.col(counting).alias("people"))
        sums = spanned(books, counted, key).group_by("span", *job.names).agg(nw.col("people").sum())
        return split.labelled(books, books.engine.collect(sums))
    unit = job.fact.people_column(one.name, job.dimensions)
    rows = rows.select(key, *job.names, nw.col(_unit(unit)).alias("_unit"), nw.col(one.name).alias("_of"))
    rows, key = keyed_by_span(books, rows.filter((nw.col("_of") != 0) & ~nw.col("_unit").is_null()), key)
    found = books.engine.collect(books.engine.distinct(rows, [key, *job.names], "_unit", "people"))
    return split.labelled(books, with_span(books, found, key))
