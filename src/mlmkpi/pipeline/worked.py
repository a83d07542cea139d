"""A definition worked with a company's own figures: its sums, the division, and what each parameter would change.

One run computes the figure, its variants and the sums of the naive figure together, so that they share what is read.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.rules import ActiveRule, OrderRules
from mlmkpi.errors import DataError
from mlmkpi.facts.base import Measure
from mlmkpi.facts.order_rows import OrderRows
from mlmkpi.kpi import Figure, Interval, Kpi, Ratio, facts_of
from mlmkpi.parameters import shown
from mlmkpi.pipeline.jobs import Jobs
from mlmkpi.pipeline.plan import Planned, chosen, figure_under, in_force, longest_window, the_one
from mlmkpi.pipeline.plugins import load_plugins
from mlmkpi.pipeline.ratios import NOBODY
from mlmkpi.pipeline.request import request_of
from mlmkpi.pipeline.result import COLUMNS, Result
from mlmkpi.pipeline.runs import run
from mlmkpi.pipeline.steps import Step, Working, working, young
from mlmkpi.pipeline.told import Checked, CheckedRow, Instead, Part, Worked, Wrong
from mlmkpi.pipeline.trace import words
from mlmkpi.pipeline.when import asked_for, picked
from mlmkpi.settings import Settings, chosen_settings


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
    others = {f"{known.name}?{at}": choice for at, choice in enumerate(_choices(known, values))}
    variants = [_variant(known, name, *choice) for name, choice in others.items()]
    figure = figure_under(known, values, settings)
    naive = known.naive.sums(figure) if known.naive else ()
    made = [Ratio(measure) for measure in known.made_of(figure)] if known.made_of else []
    orders = [Ratio(measure) for measure in _order_rows(figure)]
    test = known.check.ratio(figure) if known.check else None
    named = {"!": naive, "+": made, "#": orders, "~": [test] if test else []}
    sums = [replace(known, name=f"{known.name}{sign}{at}", interval=Interval.NONE, naive=None, function=_giving(one))
            for sign, ratios in named.items() for at, one in enumerate(ratios)]
    chosen_every, days = asked_for(period, every, longest_window(figure))
    wanted: list[str | Kpi] = [kpi, *known.related, *variants, *sums]
    request = request_of(kpis=wanted, every=chosen_every, as_of=as_of, bad_rows=bad_rows, **days)
    request = replace(request, models_for=period or "")
    seen: list[_Seen] = []

    def look(books: Books, jobs: Jobs, planned: Sequence[Planned]) -> None:
        seen[:] = [_Seen(one, books, jobs) for one in planned if one.kpi.name == known.name]

    result = run(exports, request, settings=settings, engine=engine, progress=progress, look=look)
    rows = _of_period(result.frame, known, period, seen[0])
    told = _told(known, seen[0], rows, others, len(naive), result)
    if made and told.steps:
        told = replace(told, steps=(*_sums(rows, known, "+", made), *told.steps))
    told = replace(told, orders=_sums(rows, known, "#", orders))
    return replace(told, check=_checked(known.check.words, test, rows, seen[0])) if known.check and test else told


def _order_rows(figure: Figure) -> tuple[Measure, ...]:
    """What becomes of orders, of a figure that reads them."""
    rules = [found for fact in facts_of(figure) if isinstance(found := getattr(fact, "rules", None), OrderRules)]
    rows = OrderRows(rules[0]) if rules and any(fact.reads_orders for fact in facts_of(figure)) else None
    if rows is None:
        return ()
    return rows.sales(), rows.returns(), rows.goods(), rows.goods_back(), rows.invalid(), rows.empty()


def _sums(rows: pl.DataFrame, kpi: Kpi, sign: str, ratios: Sequence[Ratio]) -> tuple[Step, ...]:
    """The sums of the period, each with its words, where they are known."""
    found = dict(rows.filter(statistic="value").select("kpi", "value").iter_rows())
    named = ((words(ratio.numerator), found.get(f"{kpi.name}{sign}{at}")) for at, ratio in enumerate(ratios))
    return tuple(Step(text, value) for text, value in named if value is not None)


def _choices(kpi: Kpi, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Other values of each parameter under which the definition stands: other choices, half and double a number."""
    found = []
    for name, value in values.items():
        for other in _others(value) if value else FROM_NOTHING.get(name, _others(value)):
            try:
                kpi.function(**{**values, name: other})
            except ValueError:
                continue
            found.append((name, other))
    return found


def _others(value: Any) -> Iterable[Any]:
    if isinstance(value, ActiveRule):
        named = [ActiveRule.parse(kind) for kind in ActiveRule.KINDS if "X" not in kind]
        return [rule for rule in named if rule != value]
    if isinstance(value, StrEnum):
        return [other for other in type(value) if other != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value // 2, value * 2] if value > 1 else [value * 2] if value else []
    return [value / 2, value * 2] if isinstance(value, float) and value else []


FROM_NOTHING: dict[str, tuple[Any, ...]] = {
    "cooling_off_days": (30,), "clv_annual_discount": (0.1,), "team_depth": (1, 3),
}
"""What parameters that are 0 or nothing are told beside."""


def _variant(kpi: Kpi, name: str, parameter: str, value: Any) -> Kpi:
    """The KPI with one parameter fixed; the others stay open to the settings."""
    kept = {key: default for key, default in kpi.parameters.items() if key != parameter}

    def function(**others: Any) -> Figure:
        return kpi.function(**others, **{parameter: value})

    signature = [inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=each) for key, each in kept.items()]
    function.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    return replace(kpi, name=name, function=function, naive=None)


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
        label = picked(seen.books.schedule, period, seen.planned.window).period.label
        raise DataError(
            f"{kpi.name} has nothing to count in {label}",
            (("fix", "ask for a period that has something, such as a longer one: --period 2026-Q3"),),
        )
    return frame.filter(pl.col("period") == period)


def _told(
    kpi: Kpi, seen: _Seen, rows: pl.DataFrame, others: dict[str, tuple[str, Any]], sums: int, result: Result
) -> Worked:
    own = [name for name in rows.columns if name not in COLUMNS]
    of_kpi = rows.filter(pl.col("kpi") == kpi.name)
    total = of_kpi.filter(pl.col(name).is_null() for name in own) if own else of_kpi
    values = total.filter(pl.col("statistic") == "value")
    row = values.row(0, named=True) if values.height else {**dict.fromkeys(COLUMNS), **of_kpi.row(0, named=True)}
    if not values.height:
        row |= dict.fromkeys(("value", "low", "high", "numerator", "denominator", "note"))
    parts = _parts(seen.planned.figure, of_kpi, own) if not values.height else ()
    line = working(seen.planned, seen.jobs, seen.books.schedule, row) if values.height else Working((), "")
    beside = total.filter(pl.col("statistic") != "value").select("statistic", "value", "unit").rows()
    return Worked(
        kpi.name, row["period"], row["value"], row["low"], row["high"], row["unit"], row["definition"],
        bool(row["complete"]), line.steps, line.division, parts, tuple(beside),
        (*result.warnings, *_noted(row["note"], result), *young(seen.planned, seen.books.schedule, row)),
        _related(kpi, rows),
        _instead(rows, others, row["value"]), _naive(kpi, rows, sums), unchanged=_unchanged(rows, others, row["value"]),
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


def _parts(figure: Figure, rows: pl.DataFrame, own: Sequence[str]) -> tuple[Part, ...]:
    """The values by the KPI's own split; numbers in their order, of the largest the largest first."""
    found = []
    for row in rows.filter(statistic="value").iter_rows(named=True):
        split = {name: row[name] for name in own if row[name] is not None}
        sums = row["numerator"], row["denominator"], row["value"], row["unit"]
        found.append(Part(", ".join(split), ", ".join(split.values()), *sums))
    if isinstance(figure, Ratio) and figure.largest:
        return tuple(sorted(found, key=lambda one: -(one.value or 0)))
    return tuple(sorted(found, key=lambda one: (one.of, int(one.label) if one.label.isdigit() else 0)))


def _instead(
    rows: pl.DataFrame, others: dict[str, tuple[str, Any]], value: float | None
) -> tuple[Instead, ...]:
    own = [name for name in rows.columns if name not in COLUMNS]
    found = []
    for name, (parameter, other) in others.items():
        theirs = rows.filter(pl.col("kpi") == name, pl.col("statistic") == "value")
        theirs = theirs.filter(pl.col(each).is_null() for each in own) if own else theirs
        figure, complete = theirs.select("value", "complete").row(0) if theirs.height == 1 else (None, True)
        if figure is not None and value is not None and figure != value:
            found.append(Instead(parameter, shown(other), figure, complete))
    return tuple(found)


def _unchanged(
    rows: pl.DataFrame, others: dict[str, tuple[str, Any]], value: float | None
) -> tuple[tuple[str, str], ...]:
    """The parameters under which the figure is the same."""
    own = [name for name in rows.columns if name not in COLUMNS]
    whole = rows.filter(pl.col("statistic") == "value", *(pl.col(name).is_null() for name in own))
    found = dict(whole.select("kpi", "value").iter_rows())
    same = (choice for kpi, choice in others.items() if value is not None and found.get(kpi) == value)
    return tuple((name, shown(other)) for name, other in same)


def _naive(kpi: Kpi, rows: pl.DataFrame, sums: int) -> Wrong | None:
    if kpi.naive is None:
        return None
    found = [
        rows.filter(pl.col("kpi") == f"{kpi.name}!{at}", pl.col("statistic") == "value")["value"].to_list()
        for at in range(sums)
    ]
    known = [one[0] for one in found if one and one[0] is not None]
    figure = kpi.naive.value(*known) if len(known) == sums else None
    return Wrong(kpi.naive.formula, figure, kpi.naive.why)


def _checked(words: str, test: Ratio, rows: pl.DataFrame, seen: _Seen) -> Checked:
    """The test's rows, the whole first."""
    part = next(name for block in test.blocks for name in block)
    of_test = rows.filter(pl.col("kpi") == f"{seen.planned.kpi.name}~0")
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
