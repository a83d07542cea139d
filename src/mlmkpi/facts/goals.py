"""Goals: what people set out to do, and what they did over the goal's own days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.activity import RECRUITED
from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import is_known_code
from mlmkpi.books.rules import OrderRules, Refunds, Volume
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled, scaled_per
from mlmkpi.facts.listed import by_people

GOAL_KPI = "goal_kpi"
DAYS = "goal_days"
SALES, VOLUME, SIGNUPS = "sales_volume", "personal_sales_volume", "new_signups"
CREDITED = ("amount", "volume")
COLUMNS = ("distributor_id", "kpi", "goal", "starts_on", "ends_on")


@dataclass(frozen=True)
class Goals(Fact):
    """One row a goal and period: those that end in it; with `so_far`, those that run on its last day.

    `actual` is what was done from the goal's first day to its last, or to the period's; `due` is the part of the goal
    that an even pace asks by then. It is kept exact: the goal × the days so far in the rows, by how many days it has.
    """

    rules: OrderRules
    so_far: bool = False

    on_order_rows: ClassVar[bool] = True
    own: ClassVar[tuple[str, ...]] = (GOAL_KPI,)

    @property
    def reads_orders(self) -> bool:
        """Sign-ups do not; of the others `untold` and `cut` say what the orders do not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """The goals."""
        return ("goals.goal",)

    def reads(self) -> tuple[str, ...]:
        """What tells who sold and who enrolled whom."""
        return ("orders.distributor_id", *RECRUITED.split("|"))

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `actual`, `due`, `untold`, `cut`."""
        rows = books.once_here(("orders", self), lambda: books.engine.materialise(self._rows(books)))
        return by_people(books, rows, tuple(d for d in dimensions if not d.own), at)

    def _rows(self, books: Books) -> Frame:
        """The rows without the attributes of their people."""
        goals = books.engine.materialise(self._goals(books))
        hold(books.export, goals.select(self._counted().alias("goal")), {"goal": "goals.goal"})
        windows = self._windows(books, goals)
        rows = goals.join(books.engine.small(windows), on=["starts_on", "through"], how="left")
        days = self._days(windows)
        people = goals.select("unit").unique()
        for done in (self._sold(books, people, days), self._enrolled(books, days)):
            if done is not None:
                rows = rows.join(done, on=["unit", "window"], how="left")
        names = rows.collect_schema().names()
        absent = [nw.lit(0, dtype=nw.Int64).alias(n) for n in ("amount", "volume", "enrolled") if n not in names]
        return self._judged(books, rows.with_columns(*absent) if absent else rows)

    def _goals(self, books: Books) -> Frame:
        """`unit`, `goal_kpi`, `goal`, `starts_on`, `ends_on`, `span`, and the last day that counts, `through`."""
        rows = books.export.scan("goals", COLUMNS)
        kpi = nw.lit(None, dtype=nw.String())
        for name in (SALES, VOLUME, SIGNUPS):
            kpi = nw.when(is_known_code(books.export, "goals", "kpi", name)).then(nw.lit(name)).otherwise(kpi)
        rows = rows.with_columns(kpi.alias("kpi"))
        rows = rows.filter(~nw.col("kpi").is_null() & ~nw.col("distributor_id").is_null())
        rows = rows.rename({"distributor_id": "unit", "kpi": GOAL_KPI})
        if not self.so_far:
            return books.in_spans(rows, "ends_on").with_columns(nw.col("ends_on").alias("through"))
        return books.engine.concat([
            rows.filter((nw.col("starts_on") <= span.end) & (nw.col("ends_on") >= span.end)).with_columns(
                nw.lit(span.index).cast(nw.Int32).alias("span"), nw.lit(span.end).cast(nw.Int32).alias("through")
            )
            for span in books.spans
        ])

    def _counted(self) -> Expr:
        """What of a goal is summed: the goal, or that times the days so far."""
        return nw.col("goal").cast(nw.Float64) * _days("through") if self.so_far else nw.col("goal")

    @staticmethod
    def _windows(books: Books, goals: Frame) -> pl.DataFrame:
        """`starts_on`, `through`, `window`: the stretches of days that goals count."""
        found = books.engine.collect(goals.select("starts_on", "through").unique())
        return found.sort("starts_on", "through").with_row_index("window").cast({"window": pl.Int32})

    @staticmethod
    def _days(windows: pl.DataFrame) -> pl.DataFrame:
        """`day`, `window`: the days of each window."""
        inside = windows.filter(pl.col("starts_on") <= pl.col("through"))
        days = inside.select("window", pl.int_ranges("starts_on", pl.col("through") + 1).alias("day"))
        return days.explode("day").select(pl.col("day").cast(pl.Int32), "window")

    def _sold(self, books: Books, people: Frame, days: pl.DataFrame) -> Frame | None:
        """`unit`, `window`, `amount`, `volume`: what was credited to people; None where the export does not tell."""
        if not self._tells_sales(books.export):
            return None
        rows = books.orders(self.rules).select(nw.col("seller").alias("unit"), "day", "amount", "volume")
        if len(days):
            rows = rows.filter(nw.col("day").is_between(*days.select(pl.min("day"), last=pl.max("day")).row(0)))
        if books.engine.at_hand:
            return self._laid(books, rows, people, days)
        rows = rows.join(people, on="unit", how="semi")
        return self._summed(books, rows, days, [nw.col(name).sum() for name in CREDITED])

    @staticmethod
    def _laid(books: Books, rows: Frame, people: Frame, days: pl.DataFrame) -> Frame:
        """The same sums, laid out by person and window."""
        known = books.engine.collect(people)
        members = known.with_columns(pl.Series("_number", range(len(known)), dtype=pl.Int32))
        rows = rows.join(books.engine.small(days), on="day", how="inner")
        windows = max(days["window"].to_list(), default=0) + 1
        sums = books.engine.add_up([rows], members, "window", windows, [], CREDITED)
        return books.engine.small(sums.with_columns(members["unit"].gather(sums["_number"])).drop("_number"))

    def _enrolled(self, books: Books, days: pl.DataFrame) -> Frame | None:
        """`unit`, `window`, `enrolled`: how many people enrolled whom they brought; None where nothing tells."""
        if not books.export.has(RECRUITED):
            return None
        rows = books.recruits().select("unit", "day", nw.lit(SCALE, dtype=nw.Int64).alias("enrolled"))
        return self._summed(books, rows, days, [nw.col("enrolled").sum()])

    @staticmethod
    def _summed(books: Books, rows: Frame, days: pl.DataFrame, sums: list[Expr]) -> Frame:
        """Sums of people's rows by the windows that their day is in."""
        rows = rows.join(books.engine.small(days), on="day", how="inner")
        return books.engine.group(rows, "unit", {"window": max(days["window"].to_list(), default=0) + 1}, [], sums)

    def _tells_sales(self, export: Export) -> bool:
        by_order = self.rules.refunds is Refunds.ORDER_DATE
        return export.has("orders.distributor_id") and (not by_order or export.has("orders.original_order_id"))

    def _judged(self, books: Books, rows: Frame) -> Frame:
        """The rows with what was done, what was due, and what the export does not tell."""
        kind, start = nw.col(GOAL_KPI), books.data_start
        actual = nw.when(kind == SALES).then(nw.col("amount")).otherwise(
            nw.when(kind == VOLUME).then(nw.col("volume")).otherwise(nw.col("enrolled"))
        )
        spans = books.spans
        tells = self._tells_sales(books.export) and start is not None
        before = [s.index for s in spans if not tells or s.end < (start or 0)]
        cut = [s.index for s in spans if s.start < (start or 0)]
        signups, earlier = kind == SIGNUPS, nw.col("starts_on") < (start or 0)
        untold = kind.is_in(self._unknown(books.export)) | (~signups & nw.col("span").is_in(before))
        return rows.select(
            "unit", "span", GOAL_KPI, actual.fill_null(0).alias("actual"), "goal",
            _days("ends_on").alias(DAYS),
            (nw.col("goal") * _days("through")).alias("due"),
            untold.alias("untold"), (nw.lit(tells) & ~signups & (nw.col("span").is_in(cut) | earlier)).alias("cut"),
        )

    def _unknown(self, export: Export) -> list[str]:
        """The goals' kpis for which the export lacks a column; never empty."""
        by_volume = self.rules.volume is not Volume.CV or export.has("orders.commissionable_volume")
        told = {VOLUME: by_volume, SIGNUPS: export.has(RECRUITED)}
        return ["", *(kind for kind, known in told.items() if not known)]

    @scaled
    def actual(self) -> Expr:
        """What was done."""
        return nw.col("actual")

    @scaled
    def goal(self) -> Expr:
        """What was to be done."""
        return nw.col("goal")

    @scaled_per(DAYS)
    def due(self) -> Expr:
        """What was to be done so far."""
        return nw.col("due")

    @measure
    def untold(self) -> Expr:
        """Goals of which the export does not tell what was done."""
        return flag(nw.col("untold"))

    @measure
    def cut(self) -> Expr:
        """Goals of a period in which the orders start, or begun before they do."""
        return flag(nw.col("cut"))


def _days(last: str) -> Expr:
    """How many days a goal has up to one of its days, both ends included."""
    return nw.col(last).cast(nw.Int64) - nw.col("starts_on") + 1
