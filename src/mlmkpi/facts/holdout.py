"""Whether a lifetime value would have come true: models fitted without the last months, beside what was then bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.purchases import NO_FIGURE, fitted, purchase_days
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import Span
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.period import day_number, from_day_number, months_before

DECILE = "decile"


@dataclass(frozen=True)
class HoldOut(Fact):
    """One row a customer and period, of those with a sale by the day `months` before its end.

    `hoped` and `hoped_for` are the purchases and the money (ten-thousandths) that models fitted on everything up to
    that day expect until the period's end, `bought` and `paid` what came of it. `decile` is 01 for the tenth of the
    customers of whom most money is expected.
    """

    rules: OrderRules
    months: int = 12

    on_order_rows: ClassVar[bool] = True
    fits: ClassVar[bool] = True
    sides: ClassVar[tuple[Side, ...]] = ()
    own: ClassVar[tuple[str, ...]] = (DECILE,)

    def needs(self) -> tuple[str, ...]:
        """The customer of an order."""
        return ("orders.customer_id",)

    def known_from(self, span: Span) -> int | None:
        """The day of the fit."""
        return self._until(span)

    def _until(self, span: Span) -> int:
        return day_number(months_before(from_day_number(span.end), self.months))

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the order rows."""
        books.want(self.rules)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span, of the spans shown that models are fitted for."""
        days, laid = purchase_days(books, self.rules), books.schedule
        frames = [self._of_span(books, days, laid.spans[at]) for at in laid.shown if at in laid.fitted]
        empty = pl.DataFrame(schema={
            "unit": books.engine.collect(days.select("unit").head(0)).schema["unit"], "span": pl.Int32,
            DECILE: pl.String, **dict.fromkeys(("hoped", "hoped_for", "bought", "paid"), pl.Int64),
        })
        return books.engine.small(pl.concat([empty, *frames]))

    def _of_span(self, books: Books, days: Frame, span: Span) -> pl.DataFrame:
        until = self._until(span)
        known = days.filter((nw.col("day") <= until) & (nw.col("first") <= until))
        models = fitted(books, self.rules, known, until)
        purchases, worth = (np.array([]),) * 2 if models.problem else models.expected(self.months, 0.0)
        if models.problem or not np.isfinite(worth).all():
            books.remarks[self, span.index] = models.problem or NO_FIGURE
            purchases = worth = np.array([])
        inside = days.filter((nw.col("day") > until) & (nw.col("day") <= span.end)).group_by("unit")
        sums = inside.agg(nw.col("sold").sum().alias("bought"), nw.col("amount").sum().alias("paid"))
        frame = pl.DataFrame({
            "unit": models.units if len(worth) else models.units.clear(),
            "hoped": (purchases * SCALE).round().astype(np.int64),
            "hoped_for": (worth * SCALE).round().astype(np.int64),
        }).join(books.engine.collect(sums), on="unit", how="left")
        tenth = (pl.int_range(pl.len()) * 10 // pl.len() + 1).cast(pl.String).str.zfill(2)
        return frame.sort("hoped_for", "unit", descending=[True, False]).select(
            "unit", pl.lit(span.index, dtype=pl.Int32).alias("span"), tenth.alias(DECILE), "hoped", "hoped_for",
            pl.col("bought", "paid").cast(pl.Int64).fill_null(0),
        )

    @measure
    def customers(self) -> Expr:
        """Customers with a sale by the day of the fit."""
        return flag(~nw.col("hoped").is_null())

    @scaled
    def purchases_expected(self) -> Expr:
        """Purchases that were expected of them."""
        return nw.col("hoped")

    @measure
    def purchases(self) -> Expr:
        """Days on which they bought."""
        return nw.col("bought")

    @scaled
    def expected(self) -> Expr:
        """What was expected of them."""
        return nw.col("hoped_for")

    @scaled
    def paid(self) -> Expr:
        """What they paid, returns taken off."""
        return nw.col("paid")
