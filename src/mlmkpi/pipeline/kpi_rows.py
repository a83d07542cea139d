"""A KPI's rows of a Result, made of the sums of a run once they are taken; of many leaders' teams a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from mlmkpi.books.attributes import TABLE
from mlmkpi.books.export import Export
from mlmkpi.books.spans import Reach, Schedule
from mlmkpi.kpi import facts_of
from mlmkpi.pipeline.columns import tables_of
from mlmkpi.pipeline.constant import filled_up
from mlmkpi.pipeline.data_warnings import skipped
from mlmkpi.pipeline.figures import figures
from mlmkpi.pipeline.jobs import Jobs, looks_back
from mlmkpi.pipeline.plan import Planned
from mlmkpi.pipeline.request import Request
from mlmkpi.pipeline.result import TEXT, schema
from mlmkpi.pipeline.rows import only, rows_of
from mlmkpi.settings import Settings

ROOM = 1_300_000
"""For how many leaders and periods figures are made at once."""


@dataclass(frozen=True, eq=False)
class KpiRows:
    """What the rows of the KPIs `shown` are made with."""

    jobs: Jobs
    laid: Schedule
    settings: Settings
    request: Request
    export: Export
    shown: Sequence[Planned]

    @cached_property
    def nothing(self) -> pl.DataFrame:
        """No row, with every dimension that one of the KPIs has; text as TEXT."""
        own = [name for one in self.shown for block in one.figure.blocks for name in block]
        return pl.DataFrame(schema=schema(tuple(dict.fromkeys([*self.request.dimensions, *own])), TEXT))

    @cached_property
    def seen(self) -> dict[str, set[str]]:
        """The values that the rows made so far have of each dimension that they are chosen by."""
        return {name: set() for name in self.request.where or {}}

    @cached_property
    def counted(self) -> set[str]:
        """The names of the KPIs with rows that are asked for, of those made so far."""
        return set()

    def of(self, one: Planned) -> Iterator[pl.DataFrame]:
        """A KPI's rows that are asked for, with the columns of all; for many leaders a few periods at a time."""
        one = self._with_skipped(one)
        measures = frozenset(measure.name for measure in one.figure.measures())
        reach = max(looks_back(one.figure, self.request.compare_year), Reach.YEAR)
        leaders = 0 if self.jobs.leaders is None else len(self.jobs.leaders)
        together = len(self.laid.shown) if reach is Reach.GROWTH else ROOM // max(leaders, 1)
        for part in self.laid.in_turns(max(together, 1)):
            in_order = sorted(part.within(reach), key=lambda span: span.start)
            self.jobs.turn.then(measures, (span.index for span in in_order))
            rows = filled_up(self._rows(one, part), self.nothing.schema)[self.nothing.columns]
            for name, values in self.seen.items():
                values.update(rows[name].cast(pl.String).drop_nulls().unique())
            rows = only(rows, self.request.where or {})
            if rows.height:
                self.counted.add(one.kpi.name)
            yield rows

    def _with_skipped(self, one: Planned) -> Planned:
        """The KPI, whose rows' notes tell what was left out of the tables that it reads."""
        if self.export.bad_rows == "stop" or not one.computed:
            return one
        dimensions = (TABLE.get(dimension.side, "") for dimension in self.jobs.dimensions)
        lines = skipped(self.export, {*tables_of([one], self.export.engine), *dimensions})
        return replace(one, assumed="; ".join([*([one.assumed] if one.assumed else []), *lines]))

    def _rows(self, one: Planned, laid: Schedule) -> pl.DataFrame:
        """A KPI's rows of the periods that a schedule shows."""
        spans = laid.within(looks_back(one.figure, self.request.compare_year))
        return rows_of(
            one, figures(one, self.jobs, laid, spans) if one.computed else None, laid, laid.data_start,
            dimensions=self.request.dimensions, min_cell=self.settings.min_cell, currency=self._currency(one),
            compare_year=self.request.compare_year, leaders=self.jobs.leaders,
        )

    def _currency(self, one: Planned) -> str | None:
        """The settings' currency; without one, for figures on orders, the one that all orders name."""
        exchange = self.export.exchange
        if self.settings.currency or exchange is None:
            return self.settings.currency
        return exchange.code if any(fact.reads_orders for fact in facts_of(one.figure)) else None
