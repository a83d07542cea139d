"""A definition worked with a company's own figures: its sums, the division, and what each parameter would change.

One run computes the figure, its variants and the sums of the naive figure together, so that they share what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.rules import OrderRules
from mlmkpi.errors import DataError
from mlmkpi.facts.base import Measure
from mlmkpi.facts.order_rows import OrderRows
from mlmkpi.kpi import Figure, Interval, Kpi, Ratio, facts_of
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.period_labels import request_for, span_named
from mlmkpi.pipeline.plan import Planned, chosen, figure_under, in_force, longest_window, the_one
from mlmkpi.pipeline.plugins import blamed, load_plugins
from mlmkpi.pipeline.ratios import NOBODY
from mlmkpi.pipeline.request import request_of
from mlmkpi.pipeline.result import COLUMNS, FIGURES, Result
from mlmkpi.pipeline.runs import run
from mlmkpi.pipeline.steps import Step, Working, working, young
from mlmkpi.pipeline.trace import words
from mlmkpi.pipeline.variants import choices, instead, unchanged, variant
from mlmkpi.pipeline.worked import Checked, CheckedRow, NaiveFigure, SplitCell, Worked
from mlmkpi.settings import Settings, chosen_settings


class Beside(StrEnum):
    """What is computed in the same run as a KPI, each as a KPI of that name with such a sign and a number behind it."""

    VARIANT = "?"
    NAIVE = "!"
    ADDEND = "+"
    ORDERS = "#"
    TEST = "~"


Ratios = Mapping[Beside, Sequence[Ratio]]


@dataclass
class _Seen:
    """What is seen of the run: the KPI as it is computed, and where its sums will be."""

    planned: Planned
    books: Books
    jobs: Jobs


def work_out(
    exports: Any = ".", kpi: str = "", *, period: str | None = None, every: str = "month", as_of: date | None = None,
    bad_rows: str = "stop", config: str | Path | None = None, settings: Settings | None = None, engine: Any = None,
    progress: Callable[[str], None] | None = None,
) -> Worked:
    """A KPI's figure worked out for a `period` ("2026-10", "2026-Q3"; None: the last known in full).

    Raises what `compute` raises, UsageError for a period that there is not, and DataError for one in which the KPI has
    nothing to count.
    """
    settings = chosen_settings(settings, config, exports)
    load_plugins(settings)
    known = the_one(kpi)
    values = in_force(known, settings)
    with blamed(kpi):
        figure = figure_under(known, values, settings)
        others = {_named(known, Beside.VARIANT, at): choice for at, choice in enumerate(choices(known, values))}
        beside, window = _beside(known, figure), longest_window(figure)
    variants = [variant(known, name, *choice) for name, choice in others.items()]
    chosen_every, days = request_for(period, every, window)
    wanted: list[str | Kpi] = [kpi, *known.related, *variants, *_as_kpis(known, beside)]
    request = request_of(kpis=wanted, every=chosen_every, as_of=as_of, bad_rows=bad_rows, **days)
    request = replace(request, models_for=period or "")
    seen: list[_Seen] = []

    def look(books: Books, jobs: Jobs, planned: Sequence[Planned]) -> None:
        seen[:] = [_Seen(one, books, jobs) for one in planned if one.kpi.name == known.name]

    result = run(exports, request, settings=settings, engine=engine, progress=progress, look=look)
    rows = _of_period(result.frame, known, period, seen[0])
    return _told(known, seen[0], rows, others, beside, result)


def _beside(kpi: Kpi, figure: Figure) -> Ratios:
    """The sums that tell more of a KPI's figure."""
    test = kpi.check.ratio(figure) if kpi.check else None
    return {
        Beside.NAIVE: kpi.naive.sums(figure) if kpi.naive else (),
        Beside.ADDEND: [Ratio(measure) for measure in kpi.made_of(figure)] if kpi.made_of else (),
        Beside.ORDERS: [Ratio(measure) for measure in _order_rows(figure)],
        Beside.TEST: [test] if test else (),
    }


def _as_kpis(kpi: Kpi, beside: Ratios) -> list[Kpi]:
    """Such sums as KPIs, to be asked for with it."""
    return [
        replace(kpi, name=_named(kpi, what, at), interval=Interval.NONE, naive=None, function=_giving(ratio))
        for what, ratios in beside.items() for at, ratio in enumerate(ratios)
    ]


def _named(kpi: Kpi, what: Beside, at: int) -> str:
    return f"{kpi.name}{what}{at}"


def _order_rows(figure: Figure) -> tuple[Measure, ...]:
    """What becomes of orders, of a figure that reads them."""
    rules = [found for fact in facts_of(figure) if isinstance(found := getattr(fact, "rules", None), OrderRules)]
    rows = OrderRows(rules[0]) if rules and any(fact.reads_orders for fact in facts_of(figure)) else None
    if rows is None:
        return ()
    return rows.sales(), rows.returns(), rows.goods(), rows.goods_back(), rows.invalid(), rows.empty(), rows.unknown()


def _sums(rows: pl.DataFrame, kpi: Kpi, what: Beside, ratios: Sequence[Ratio]) -> tuple[Step, ...]:
    """The sums of the period, each with its words, where they are known."""
    found = dict(rows.filter(statistic="value").select("kpi", "value").iter_rows())
    named = ((words(ratio.numerator), found.get(_named(kpi, what, at))) for at, ratio in enumerate(ratios))
    return tuple(Step(text, value) for text, value in named if value is not None)


def _giving(figure: Ratio) -> Callable[[], Figure]:
    return lambda: figure


def _of_period(frame: pl.DataFrame, kpi: Kpi, period: str | None, seen: _Seen) -> pl.DataFrame:
    """The rows of the period asked for, or of the last known in full; DataError where the KPI has none of its own."""
    main = frame.filter(pl.col("kpi") == kpi.name)
    if period is None:
        ended = main.filter(pl.col("complete").fill_null(False))
        labels = (ended if ended.height else main)["period"].to_list()
        period = labels[-1] if labels else None
    if period is None or main.filter(pl.col("period") == period).is_empty():
        label = span_named(seen.books.schedule, period, seen.planned.window).period.label
        raise DataError(
            f"{kpi.name} has nothing to count in {label}",
            (("fix", "ask for a period that has something, such as a longer one: --period 2026-Q3"),),
        )
    return frame.filter(pl.col("period") == period)


def _told(
    kpi: Kpi, seen: _Seen, rows: pl.DataFrame, others: dict[str, tuple[str, Any]], beside: Ratios, result: Result
) -> Worked:
    """What is told of the figure: where it is given by a split of its own alone, the cells in the value's place."""
    own = [name for name in rows.columns if name not in COLUMNS]
    of_kpi = rows.filter(pl.col("kpi") == kpi.name)
    total = of_kpi.filter(pl.col(name).is_null() for name in own) if own else of_kpi
    values, further = total.filter(statistic="value"), total.filter(pl.col("statistic") != "value")
    parts: tuple[SplitCell, ...] = ()
    if values.height:
        row = values.row(0, named=True)
        line = working(seen.planned, seen.jobs, seen.books.schedule, row)
    else:
        row = dict.fromkeys(COLUMNS) | of_kpi.row(0, named=True) | dict.fromkeys((*FIGURES, "note"))
        parts, line = _parts(seen.planned.figure, of_kpi, own), Working((), "")
    addends = _sums(rows, kpi, Beside.ADDEND, beside[Beside.ADDEND]) if line.steps else ()
    return Worked(
        kpi=kpi.name, period=row["period"], value=row["value"], low=row["low"], high=row["high"], unit=row["unit"],
        definition=row["definition"], complete=bool(row["complete"]), steps=(*addends, *line.steps),
        division=line.division, parts=parts, beside=tuple(further.select("statistic", "value", "unit").rows()),
        left_out=(*result.warnings, *_noted(row["note"], result), *young(seen.planned, seen.books.schedule, row)),
        related=_related(kpi, rows), instead=instead(rows, others, row["value"]),
        naive=_naive(kpi, rows, len(beside[Beside.NAIVE])), check=_checked(kpi, beside[Beside.TEST], rows, seen),
        orders=_sums(rows, kpi, Beside.ORDERS, beside[Beside.ORDERS]),
        unchanged=unchanged(rows, others, row["value"]),
    )


def _noted(note: str | None, result: Result) -> list[str]:
    """The note without what the run's warnings say already."""
    told = [part for part in (note or "").split("; ") if part and part not in result.warnings]
    return ["; ".join(told)] if told else []


def _related(kpi: Kpi, rows: pl.DataFrame) -> tuple[Step, ...]:
    """The numerators of the related KPIs that the period has, each with the KPI's title and name."""
    titles = {one.name: f"{one.title} ({one.name})" for one in (chosen(kpi.related)[0] if kpi.related else ())}
    found = rows.filter(pl.col("kpi").is_in(list(titles)), pl.col("statistic") == "value")
    return tuple(Step(titles[name], value) for name, value in found.select("kpi", "numerator").rows())


def _parts(figure: Figure, rows: pl.DataFrame, own: Sequence[str]) -> tuple[SplitCell, ...]:
    """The values by the KPI's own split; numbers in their order, of the largest the largest first."""
    found = []
    for row in rows.filter(statistic="value").iter_rows(named=True):
        split = {name: row[name] for name in own if row[name] is not None}
        sums = row["numerator"], row["denominator"], row["value"], row["unit"]
        found.append(SplitCell(", ".join(split), ", ".join(split.values()), *sums))
    if isinstance(figure, Ratio) and figure.largest:
        return tuple(sorted(found, key=lambda one: -(one.value or 0)))
    return tuple(sorted(found, key=lambda one: (one.of, int(one.label) if one.label.isdigit() else 0)))


def _naive(kpi: Kpi, rows: pl.DataFrame, sums: int) -> NaiveFigure | None:
    if kpi.naive is None:
        return None
    found = [
        rows.filter(kpi=_named(kpi, Beside.NAIVE, at), statistic="value")["value"].to_list() for at in range(sums)
    ]
    known = [one[0] for one in found if one and one[0] is not None]
    figure = kpi.naive.value(*known) if len(known) == sums else None
    return NaiveFigure(kpi.naive.formula, figure, kpi.naive.why)


def _checked(kpi: Kpi, tests: Sequence[Ratio], rows: pl.DataFrame, seen: _Seen) -> Checked | None:
    """The test's rows, the whole first; None without a test."""
    if kpi.check is None or not tests:
        return None
    words, test = kpi.check.words, tests[0]
    part = next(name for block in test.blocks for name in block)
    of_test = rows.filter(kpi=_named(kpi, Beside.TEST, 0))
    cells = {statistic: {row[part]: row for row in of_test.filter(statistic=statistic).iter_rows(named=True)}
             for statistic in ("value", "customers", "purchases")}
    found = tuple(
        CheckedRow(
            at or "", cells["customers"][at]["value"], cells["purchases"][at]["denominator"],
            cells["purchases"][at]["numerator"], row["denominator"], row["numerator"],
        )
        for at, row in cells["value"].items() if row["denominator"]
    )
    if found:
        return Checked(words, found, None)
    span = next(one for one in seen.books.schedule.spans if one.period.label == rows["period"][0])
    said = seen.books.remarks.get((test.numerator.fact, span.index))
    note = cells["value"][None]["note"]
    return Checked(words, (), said if said and note == NOBODY else note)
