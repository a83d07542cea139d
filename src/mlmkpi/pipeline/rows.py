"""Figures to a Result's rows: what is null and why, what came before, what is hidden, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import polars as pl

from mlmkpi.books.lineage import TEAM
from mlmkpi.books.spans import Reach, Schedule, Span
from mlmkpi.facts.base import Fact
from mlmkpi.kpi import Ratio, Unit, facts_of
from mlmkpi.period import from_day_number
from mlmkpi.pipeline.chain import MONTHS_ALONE
from mlmkpi.pipeline.constant import constant, filled_up
from mlmkpi.pipeline.figure_parts import (
    INDEXES,
    cell_statistics,
    company_statistics,
    leaders_own,
    own_units,
    statistics,
)
from mlmkpi.pipeline.growth import linked
from mlmkpi.pipeline.joins import NOWHERE
from mlmkpi.pipeline.ordered import Ordered
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.privacy import hidden, indexes_hidden
from mlmkpi.pipeline.result import FIGURES, TEXT, schema

Frame = pl.DataFrame
NO_ORDER = "no order has a day"
NO_EARLIER = "the orders do not cover the whole period to compare with"


def rows_of(
    one: Planned, found: Frame | None, schedule: Schedule, data_start: int | None, *,
    dimensions: Sequence[str], min_cell: int, currency: str | None, compare_year: bool, leaders: pl.Series | None,
) -> Frame:
    """The Result rows of a KPI, without `kpi`-wide order; `found` are its figures, None where it cannot be computed.

    Where teams are told by numbers, these are of `leaders`.
    """
    own = list(dict.fromkeys(name for block in one.figure.blocks for name in block))
    split = list(dict.fromkeys([*dimensions, *own]))
    year = compare_year or (isinstance(one.figure, Ratio) and one.figure.year_ago)
    spans = schedule.within(Reach.YEAR if year else Reach.PREVIOUS)
    indexed = isinstance(one.figure, Ratio) and one.figure.index
    if found is None:
        frame = _nothing(one, spans)
    elif indexed:
        frame = found
    else:
        frame = _of_spans(found, spans, schedule)
    frame = _complete(frame, split)
    frame = hidden(frame, split, min_cell, cell_statistics(one.figure))
    if indexed:
        frame = _of_spans(indexes_hidden(frame, split, schedule, min_cell), spans, schedule)
    frame = _gaps(frame, one, schedule, spans, data_start, split)
    if "_partial" in frame.columns:
        frame = _noted(frame.with_columns(pl.col("_cut") | pl.col("_partial").fill_null(False)), "_cut", data_start)
    if one.assumed:
        told = pl.concat_str("note", pl.lit(one.assumed), separator="; ", ignore_nulls=True)
        known = pl.col("value").is_not_null()
        frame = frame.with_columns(pl.when(known).then(told).otherwise(pl.col("note")).alias("note"))
    frame = _compared(frame, one, schedule, split, year=year)
    if isinstance(one.figure, Ratio) and one.figure.seasonal:
        frame = frame.filter(pl.col("span") == schedule.shown[-1])
    if leaders is not None and frame.schema[TEAM].is_integer():
        frame = frame.with_columns(leaders.gather(frame[TEAM]).alias(TEAM))
    return _dressed(frame, one, split, currency)


def _of_spans(frame: Frame, spans: Sequence[Span], schedule: Schedule) -> Frame:
    """The rows of the periods that are shown and of those beside which they are set."""
    wanted = np.zeros(len(schedule.spans), dtype=np.bool_)
    wanted[[span.index for span in spans]] = True
    rows = wanted.take(frame["span"].to_numpy())
    return frame if rows.all() else frame.filter(rows)


def _nothing(one: Planned, spans: Sequence[Span]) -> Frame:
    """A null row a span and statistic, with the reason."""
    partly = [name for name in one.partly if name not in leaders_own(one.figure)]
    names = dict.fromkeys([*company_statistics(one.figure), *partly])
    rows = pl.DataFrame({"span": [s.index for s in spans]}, schema={"span": pl.Int32})
    rows = rows.join(pl.DataFrame({"statistic": list(names)}), how="cross")
    return rows.with_columns(pl.lit(one.lacks or one.unsplit).alias("note"))


def _complete(frame: Frame, split: Sequence[str]) -> Frame:
    """The frame with every column that a row has."""
    return filled_up(frame, {
        **dict.fromkeys((*FIGURES, "people"), pl.Float64()), **dict.fromkeys(split, pl.String()),
    })


def _gaps(
    frame: Frame, one: Planned, schedule: Schedule, spans: Sequence[Span], data_start: int | None, split: Sequence[str]
) -> Frame:
    """Null figures with the reason where the orders do not reach back; `_cut` marks periods that their start cuts."""
    uncut = constant("_cut", False, pl.Boolean(), frame.height)
    if not one.computed:
        return frame.hstack([uncut])
    facts = facts_of(one.figure)
    gaps = [_gap(span, one, facts, schedule, data_start) for span in spans]
    if not any(gap or cut for gap, cut in gaps):
        return _based(frame, one, schedule, data_start).hstack([uncut])
    told = pl.DataFrame(
        {"span": [s.index for s in spans], "_gap": [gap for gap, _ in gaps], "_cut": [cut for _, cut in gaps]},
        schema={"span": pl.Int32, "_gap": pl.String, "_cut": pl.Boolean},
    )
    frame = frame.join(told, on="span", how="left")
    known = pl.col("_gap").is_null()
    kept = _based(_noted(frame.filter(known), "_cut", data_start), one, schedule, data_start)
    if not any(gap for gap, _ in gaps):
        return kept.drop("_gap")
    gone = frame.filter(~known & ~pl.col("statistic").is_in(leaders_own(one.figure)))
    # A period without the history it takes has one row, whatever the split: what would be counted is unknown.
    blank = gone.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in FIGURES),
        *(pl.when(False).then(pl.col(name)).alias(name) for name in split), pl.col("_gap").alias("note"),
    ).unique(["span", "statistic"], keep="first", maintain_order=True)
    absent = told.filter(pl.col("_gap").is_not_null())
    absent = absent.join(pl.DataFrame({"statistic": company_statistics(one.figure)}), how="cross")
    absent = absent.join(blank, on=["span", "statistic"], how="anti").with_columns(pl.col("_gap").alias("note"))
    return pl.concat([kept, blank, absent], how="diagonal").drop("_gap")


def _noted(frame: Frame, flag: str, data_start: int | None) -> Frame:
    """The rows, of which those flagged and without a note say when the orders start."""
    started = "" if data_start is None else f"orders start on {from_day_number(data_start)}"
    note = pl.when(pl.col(flag) & pl.col("note").is_null()).then(pl.lit(started)).otherwise(pl.col("note"))
    return frame.with_columns(note.alias("note"))


def _based(frame: Frame, one: Planned, schedule: Schedule, data_start: int | None) -> Frame:
    """The rows with indexes null where the orders do not cover the period that they look back to."""
    if not (isinstance(one.figure, Ratio) and one.figure.index) or data_start is None:
        return frame
    for back, name in INDEXES.items():
        links = linked(schedule, back)
        short = [at for at, base in enumerate(links) if base is None or schedule.spans[base].start < data_start]
        without = (pl.col("statistic") == name) & pl.col("span").is_in(short)
        note = pl.when(without).then(pl.lit(NO_EARLIER)).otherwise(pl.col("note")).alias("note")
        frame = frame.with_columns(*(pl.when(~without).then(pl.col(n)).alias(n) for n in FIGURES), note)
    return frame


def _gap(
    span: Span, one: Planned, facts: Sequence[Fact], schedule: Schedule, data_start: int | None
) -> tuple[str | None, bool]:
    """Why the figure of a span, which stands on these facts, is unknown, and whether the orders start inside it."""
    if isinstance(one.figure, Ratio) and one.figure.chain and not span.period.is_month:
        return MONTHS_ALONE, False
    if not any(fact.reads_orders for fact in facts):
        return None, False
    if data_start is None:
        return NO_ORDER, False
    if span.index not in schedule.fitted and any(fact.fits for fact in facts):
        return "fitted for the last period that has ended and the one before; name the KPI to fit every period", False
    if span.end < data_start:
        return f"orders start on {from_day_number(data_start)}", False
    back = min((day for fact in facts if (day := fact.known_from(span)) is not None), default=None)
    if back is not None and back < data_start:
        return f"needs {span.start - back} days of history; orders start on {from_day_number(data_start)}", False
    return _no_base(span, one, schedule, data_start), span.start < data_start


def _no_base(span: Span, one: Planned, schedule: Schedule, data_start: int) -> str | None:
    """Why there is no earlier period to measure growth by."""
    if not (isinstance(one.figure, Ratio) and one.figure.growth):
        return None
    base = linked(schedule, one.figure.growth)[span.index]
    if base is None:
        return "no earlier period to compare with"
    if schedule.spans[base].start < data_start:
        return f"{NO_EARLIER}: they start on {from_day_number(data_start)}"
    return None


def _compared(frame: Frame, one: Planned, schedule: Schedule, split: Sequence[str], *, year: bool) -> Frame:
    """The shown spans' rows in order, with `previous`, `change` and, if asked for, `year_ago`."""
    ordered = Ordered.of(frame, split, list(dict.fromkeys([*statistics(one.figure), *sorted(one.partly)])), schedule)
    known, (before, year_ago) = pl.Series(~ordered.frame["_cut"].to_numpy()), _links(schedule)
    frame = ordered.frame.hstack([
        ordered.earlier(before, known).alias("previous"),
        *([ordered.earlier(year_ago, known).alias("year_ago")] if year else []),
    ])
    rows = _of_periods(filled_up(frame, {"year_ago": pl.Float64()}), schedule, _periods(one, schedule))
    if rows["_hidden"].any():
        shown = ~pl.col("_hidden").fill_null(False)
        rows = rows.with_columns(pl.when(shown).then(pl.col(name)).alias(name) for name in ("previous", "year_ago"))
    unlike = rows["complete"].to_numpy() != rows["_before"].to_numpy()
    change = (rows["value"] - rows["previous"]).alias("change")
    return rows.hstack([change.set(pl.Series(unlike), None) if unlike.any() else change])


def _of_periods(frame: Frame, schedule: Schedule, periods: Frame) -> Frame:
    """The rows of the shown spans, with the columns of their periods."""
    places = np.full(len(schedule.spans), NOWHERE)
    places[list(schedule.shown)] = np.arange(periods.height)
    at = places.take(frame["span"].to_numpy())
    shown = at != NOWHERE
    first, count = int(shown.argmax()) if len(shown) else 0, int(np.count_nonzero(shown))
    together = bool(shown[first : first + count].all())
    rows = frame.slice(first, count) if together else frame.filter(shown)
    return rows.hstack(periods[pl.Series(at[shown], dtype=pl.UInt32)])


def _links(schedule: Schedule) -> tuple[list[int | None], list[int | None]]:
    """By span, the one before and the one a year before, of those that are shown."""
    before = dict(zip(schedule.shown, schedule.previous, strict=True))
    year_ago = dict(zip(schedule.shown, schedule.year_ago, strict=True))
    return [before.get(span.index) for span in schedule.spans], [year_ago.get(span.index) for span in schedule.spans]


def _periods(one: Planned, schedule: Schedule) -> Frame:
    """The shown spans: their periods, whether they are `complete`, and whether the one `_before` is."""
    spans = [schedule.spans[index] for index in schedule.shown]
    return pl.DataFrame({
        "period": pl.Series([span.period.label for span in spans], dtype=TEXT),
        "period_start": [span.period.start for span in spans], "period_end": [span.period.end for span in spans],
        "complete": [_is_complete(span, one, schedule) for span in spans],
        "_before": [p is not None and _is_complete(schedule.spans[p], one, schedule) for p in schedule.previous],
    })


def _is_complete(span: Span, one: Planned, schedule: Schedule) -> bool:
    """Whether the period has ended by the as-of date, and so long ago that everybody was followed."""
    return span.complete and span.end + one.window <= schedule.as_of


def _dressed(frame: Frame, one: Planned, split: Sequence[str], currency: str | None) -> Frame:
    """The Result's columns, text as TEXT."""
    texts = {"kpi": one.kpi.name, "status": "none", "definition": one.definition}
    codes, names = frame["statistic"].to_physical(), cast("pl.Enum", frame.schema["statistic"]).categories
    told = {
        **{name: constant(name, text, TEXT, frame.height) for name, text in texts.items()},
        "statistic": _gathered(codes, names.cast(TEXT)), "unit": _gathered(codes, _units(names, one, currency)),
        "target": constant("target", None, pl.Float64(), frame.height),
    }
    columns = schema(tuple(split), TEXT).items()
    found = ((told[name] if name in told else frame[name], name, dtype) for name, dtype in columns)
    return pl.DataFrame([_as(dtype, column).alias(name) for column, name, dtype in found])


def _as(dtype: pl.DataType, column: pl.Series) -> pl.Series:
    """A column as one of such values; texts of which there is none quicker than by a cast."""
    if column.null_count() == len(column):
        return constant(column.name, None, dtype, len(column))
    return column if column.dtype == dtype else column.cast(dtype)


def _units(statistics: pl.Series, one: Planned, currency: str | None) -> pl.Series:
    """The unit of each of some statistics: its own, or the KPI's."""
    own, usual = own_units(one.figure), one.kpi.unit
    return pl.Series([_named(own.get(name, usual), currency) for name in statistics], dtype=TEXT)


def _gathered(codes: pl.Series, texts: pl.Series) -> pl.Series:
    """The text at each of an Enum's codes."""
    return texts.new_from_index(0, len(codes)) if texts.n_unique() == 1 and not codes.has_nulls() else texts[codes]


def _named(unit: Unit, currency: str | None) -> str:
    return currency or unit.value if unit is Unit.MONEY else unit.value


def only(frame: Frame, where: Mapping[str, Sequence[str]]) -> Frame:
    """The rows of the values asked for; a row that is not split by the dimension stays, with its note."""
    for name, values in where.items():
        frame = frame.filter(pl.col(name).is_in(list(values)) | pl.col(name).is_null())
    return frame
