"""A run's stretches of days, laid out as small tables of the engine's; and what is built once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from threading import local
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.books.history import Timeline
from mlmkpi.books.memo import Memo
from mlmkpi.books.spans import Schedule, Span
from mlmkpi.engines import PERSON, Engine, Frame


class Days:
    """The days, cells and spans of a run; `spans` are those that facts make rows for now."""

    def __init__(self, engine: Engine, schedule: Schedule, timeline: Timeline) -> None:
        self.engine = engine
        self.schedule = schedule
        self.timeline = timeline
        self._memo: Memo[Frame] = Memo()
        self._here = local()

    @property
    def spans(self) -> tuple[Span, ...]:
        """Those that facts make rows for now, in this thread."""
        return getattr(self._here, "spans", self.schedule.spans)

    @property
    def days(self) -> Frame:
        """A row a day: `day`, `cell`, `bit_0` …"""
        return self.once("days", lambda: self.engine.small(self.timeline.days()))

    def cells_of_spans(self) -> pl.DataFrame:
        """`cell`, `span`: the cells that each span is made of."""
        return self._cells_of_spans

    @cached_property
    def _cells_of_spans(self) -> pl.DataFrame:
        rows = [
            {"cell": cell, "span": span.index}
            for span in self.schedule.spans
            for cell in self.timeline.cells_of(span.start, span.end)
        ]
        return pl.DataFrame(rows, schema={"cell": pl.Int32, "span": pl.Int32})

    def spans_of_days(self) -> Frame:
        """`day`, `span`: the periods, of those that facts make rows for now, that each day lies in."""

        def build() -> Frame:
            here = pl.DataFrame({"span": [span.index for span in self.spans]}, schema={"span": pl.Int32})
            days = self.timeline.days().select("day", "cell").join(self.cells_of_spans(), on="cell")
            return self.engine.small(days.join(here, on="span").select("day", "span"))

        return self.once_here(("spans_of_days",), build)

    def in_spans(self, rows: Frame, day: str = "day") -> Frame:
        """The rows with the `span` of their day, once a span that holds it; rows outside every span are left out."""
        first, last = min(span.start for span in self.spans), max(span.end for span in self.spans)
        rows = rows.filter(nw.col(day).is_between(first, last))
        if not self._apart:
            return rows.join(self.spans_of_days().rename({"day": day}), on=day, how="inner")
        found = self.engine.look_up(rows, day, self.spans_of_days().rename({"day": PERSON}))
        return found.filter(~nw.col("span").is_null())

    @property
    def _apart(self) -> bool:
        """Whether no day is in two of the spans."""
        spans = sorted(self.spans, key=lambda span: span.start)
        return all(one.end < next_.start for one, next_ in pairwise(spans))

    def inside(self, rows: Frame) -> Frame:
        """The rows whose cell is part of a period that facts make rows for now."""
        cells = sorted({cell for span in self.spans for cell in self.timeline.cells_of(span.start, span.end)})
        if len(cells) == len(self.timeline.cells):
            return rows
        if not cells:
            return rows.head(0)
        first, last = cells[0], cells[-1]
        together = last - first < len(cells)
        return rows.filter(nw.col("cell").is_between(first, last) if together else nw.col("cell").is_in(cells))

    def ends(self) -> Frame:
        """`span`, `opening`, `closing`: the first and the last day of each period as it is computed."""

        def build() -> Frame:
            days = [(span.index, span.start, span.end) for span in self.schedule.spans]
            schema = dict.fromkeys(("span", "opening", "closing"), pl.Int32)
            return self.engine.small(pl.DataFrame(days, schema=schema, orient="row"))

        return self.once("ends", build)

    @property
    def one_cell_spans(self) -> bool:
        """Whether every span is one cell of its own, so that cells need no further grouping."""
        cells = [self.timeline.cells_of(span.start, span.end) for span in self.schedule.spans]
        return all(len(one) <= 1 for one in cells) and len({c for one in cells for c in one}) == sum(map(len, cells))

    def once(self, key: Any, build: Callable[[], Frame]) -> Frame:
        """A frame that is built, for every span, the first time it is asked for."""

        def whole() -> Frame:
            with self.narrowed(self.schedule.spans):
                return build()

        return self._memo.once(key, whole)

    def once_here(self, key: tuple[Any, ...], build: Callable[[], Frame]) -> Frame:
        """As `once`, for the spans that facts make rows for now."""
        return self._memo.once((*key, self.spans), build)

    @contextmanager
    def narrowed(self, spans: tuple[Span, ...]) -> Iterator[None]:
        """Facts make rows for these `spans` alone, while the context lasts."""
        before, self._here.spans = self.spans, spans
        try:
            yield
        finally:
            self._here.spans = before
