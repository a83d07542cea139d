"""What each customer will be worth: purchase days and values so far, and what models expect of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.attributes import customer_attributes, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.purchases import NO_FIGURE, fitted, purchase_days
from mlmkpi.books.rules import ClvMethod, OrderRules
from mlmkpi.books.spans import Span
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.facts.customers import latest_seller, want_latest_seller
from mlmkpi.period import day_number, from_day_number, months_before


@dataclass(frozen=True)
class Lifetimes(Fact):
    """One row a customer and period: `worth` (ten-thousandths), what is expected of them after the period's end.

    Who joined before the orders start is left out. Where nothing can be fitted, a customer's worth is what they bought
    in the trailing horizon, of those who bought in it; where the orders do not reach back so far either, it is unknown.
    """

    rules: OrderRules
    horizon_months: int = 12
    annual_discount: float = 0.0
    margin: float = 1.0
    method: ClvMethod = ClvMethod.BGNBD

    on_order_rows: ClassVar[bool] = True
    fits: ClassVar[bool] = True
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER)

    def needs(self) -> tuple[str, ...]:
        """The customer of an order."""
        return ("orders.customer_id",)

    def known_from(self, span: Span) -> int | None:
        """The trailing horizon, where it is all that counts."""
        return self._trailing(span) if self.method is ClvMethod.HISTORIC else None

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the order rows, and for customers' latest sellers where a seller's attribute is split by."""
        books.want(self.rules)
        if any(d.side is Side.PERSON for d in dimensions):
            want_latest_seller(books, self.rules)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span, of the spans that models are fitted for."""
        days = purchase_days(books, self.rules)
        spans = [span for span in books.schedule.spans if span.index in books.schedule.fitted]
        frames = [self._of_span(books, days, span) for span in spans]
        empty = books.engine.collect(days.select("unit").head(0)).with_columns(
            pl.lit(0, dtype=pl.Int32).alias("span"), pl.lit(0, dtype=pl.Int64).alias("worth")
        )
        rows = books.engine.small(pl.concat([empty, *frames]))
        if any(d.side is Side.PERSON for d in dimensions):
            rows = latest_seller(books, self.rules, rows, at)
            rows = seller_attributes(books, dimensions, at).attach(rows, "seller")
        return customer_attributes(books, dimensions, at).attach(rows, "unit")

    def _of_span(self, books: Books, days: Frame, span: Span) -> pl.DataFrame:
        """`unit`, `span`, `worth` of a period's customers; where it is not the models', it is said so."""
        seen = days.filter((nw.col("day") <= span.end) & (nw.col("first") <= span.end))
        worth = self._expected(books, seen, span) if self.method is ClvMethod.BGNBD else None
        found = worth if worth is not None else self._historic(books, seen, span)
        if (self, span.index) in books.unknown:
            found = found.clear()
        return found.select(
            "unit", pl.lit(span.index, dtype=pl.Int32).alias("span"),
            (pl.col("worth") * self.margin).round().cast(pl.Int64).alias("worth"),
        )

    def _expected(self, books: Books, seen: Frame, span: Span) -> pl.DataFrame | None:
        """The models' expectation; None where they cannot be fitted, which is said."""
        models = fitted(books, self.rules, seen, span.end)
        worth = None if models.problem else models.expected(self.horizon_months, self.annual_discount)[1]
        if worth is None or not np.isfinite(worth).all():
            self._say(books, span, models.problem or NO_FIGURE)
            return None
        return models.units.to_frame().with_columns(pl.Series("worth", worth * SCALE))

    def _say(self, books: Books, span: Span, problem: str) -> None:
        """Why the models tell nothing of a span, and whether the trailing horizon does."""
        back, start = self._trailing(span), books.data_start
        if start is None or back >= start:
            books.remarks[self, span.index] = f"historic: {problem}"
            return
        needed = f"without models it needs {span.start - back} days of history"
        books.unknown[self, span.index] = f"{problem}; {needed}; orders start on {from_day_number(start)}"

    def _historic(self, books: Books, seen: Frame, span: Span) -> pl.DataFrame:
        """Net sales of the trailing horizon of those who bought in it."""
        inside = seen.filter(nw.col("day") >= self._trailing(span)).group_by("unit")
        sums = inside.agg(nw.col("sold").max(), nw.col("amount").sum().alias("worth"))
        return books.engine.collect(sums.filter(nw.col("sold") == 1).select("unit", "worth"))

    def _trailing(self, span: Span) -> int:
        return day_number(months_before(from_day_number(span.end), self.horizon_months)) + 1

    @measure
    def customers(self) -> Expr:
        """Customers who are valued."""
        return flag(~nw.col("worth").is_null())

    @scaled
    def worth(self) -> Expr:
        """What is expected of them."""
        return nw.col("worth")
