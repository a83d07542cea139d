"""What each customer will be worth: purchase days and values so far, and what models expect of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.facts.attributes import DISTRIBUTOR, customer_attributes, seller_attributes
from mlmkpi.facts.base import SCALE, Boundary, Dimensions, Expr, Fact, Side, flag, measure, scaled
from mlmkpi.facts.books import Books
from mlmkpi.facts.customers import latest_seller, want_latest_seller
from mlmkpi.facts.rules import ClvMethod, OrderRules
from mlmkpi.facts.spans import Span
from mlmkpi.period import day_number, from_day_number, months_before
from mlmkpi.statistics.bgnbd import expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import expected_value, fit_gamma_gamma

WEEKS_A_MONTH = 365.25 / 84
MOST = 5_000_000
"""So many customers a cluster may send to the driver for a fit."""


@dataclass(frozen=True)
class Lifetimes(Fact):
    """One row a customer and period: `worth` (ten-thousandths), what is expected of them after the period's end.

    Who joined before the orders start is left out. Where nothing can be fitted, a customer's worth is what they bought
    in the trailing horizon, of those who bought in it.
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
        days = self._days(books)
        spans = [span for span in books.schedule.spans if span.index in books.schedule.fitted]
        frames = [self._of_span(books, days, span) for span in spans]
        empty = books.engine.collect(days.select("unit").head(0)).with_columns(
            pl.lit(0, dtype=pl.Int32).alias("span"), pl.lit(0, dtype=pl.Int64).alias("worth")
        )
        rows = books.engine.small(pl.concat([empty, *frames]))
        if any(d.side is Side.PERSON for d in dimensions):
            rows = latest_seller(books, self.rules, rows, at)
            rows = seller_attributes(books, dimensions, at).attach(rows, "seller")
            if any(d.name == DISTRIBUTOR for d in dimensions):
                rows = rows.with_columns(nw.col("seller").alias(DISTRIBUTOR))
        return customer_attributes(books, dimensions, at).attach(rows, "unit")

    def _days(self, books: Books) -> Frame:
        """One row a customer and day: `sold` (0 or 1), `amount`; materialised."""
        orders = books.orders(self.rules).filter(~nw.col("own") & ~nw.col("buyer").is_null())
        rows = orders.select(nw.col("buyer").alias("unit"), "day", flag(nw.col("sale")).alias("sold"), "amount")
        daily = rows.group_by("unit", "day").agg(nw.col("sold").max(), nw.col("amount").sum())
        first = daily.filter(nw.col("sold") == 1).group_by("unit").agg(nw.col("day").min().alias("first"))
        return books.engine.materialise(daily.join(first, on="unit", how="inner"))

    def _of_span(self, books: Books, days: Frame, span: Span) -> pl.DataFrame:
        """`unit`, `span`, `worth` of a period's customers; a remark where it is not the models'."""
        seen = days.filter((nw.col("day") <= span.end) & (nw.col("first") <= span.end))
        worth = self._expected(books, seen, span) if self.method is ClvMethod.BGNBD else None
        found = worth if worth is not None else self._historic(books, seen, span)
        return found.select(
            "unit", pl.lit(span.index, dtype=pl.Int32).alias("span"),
            (pl.col("worth") * self.margin).round().cast(pl.Int64).alias("worth"),
        )

    def _expected(self, books: Books, seen: Frame, span: Span) -> pl.DataFrame | None:
        """The models' expectation; None, and a remark, where they cannot be fitted."""
        new = self._without_earlier(books, seen)
        later, none = nw.col("day") > nw.col("first"), nw.lit(0, dtype=nw.Int64)
        sold = nw.col("sold") == 1
        each = new.with_columns(
            nw.when(later).then(nw.col("amount")).otherwise(none).alias("later"),
            nw.when(sold).then(nw.col("day")).alias("last"),
        ).group_by("unit").agg(
            nw.col("sold").sum().alias("n"), nw.col("first").min(), nw.col("last").max(), nw.col("later").sum()
        )
        if books.engine.name == "spark" and int(books.engine.collect(each.select(nw.len().alias("n"))).item()) > MOST:
            books.remarks[self, span.index] = f"historic: more than {MOST:,} customers"
            return None
        people = books.engine.collect(each)
        x, first = people["n"].to_numpy() - 1, people["first"].to_numpy()
        recency, age = people["last"].to_numpy() - first, span.end - first
        value = people["later"].to_numpy() / SCALE / np.maximum(x, 1)
        fit, spending = fit_bgnbd(histories(x, recency, age)), fit_gamma_gamma(x, value)
        problem = fit.problem or spending.problem
        if problem:
            books.remarks[self, span.index] = f"historic: {problem}"
            return None
        with np.errstate(all="ignore"):
            horizon = self.horizon_months * WEEKS_A_MONTH
            purchases = expected_purchases(fit, x, recency, age, horizon, self.annual_discount)
            worth = purchases * expected_value(spending, x, value) * SCALE
        if not np.isfinite(worth).all():
            books.remarks[self, span.index] = "historic: the fitted models give no figure"
            return None
        return people.select("unit").with_columns(pl.Series("worth", worth))

    def _historic(self, books: Books, seen: Frame, span: Span) -> pl.DataFrame:
        """Net sales of the trailing horizon of those who bought in it."""
        inside = seen.filter(nw.col("day") >= self._trailing(span)).group_by("unit")
        sums = inside.agg(nw.col("sold").max(), nw.col("amount").sum().alias("worth"))
        return books.engine.collect(sums.filter(nw.col("sold") == 1).select("unit", "worth"))

    def _trailing(self, span: Span) -> int:
        return day_number(months_before(from_day_number(span.end), self.horizon_months)) + 1

    @staticmethod
    def _without_earlier(books: Books, seen: Frame) -> Frame:
        """Without customers who joined before the orders start: their first purchase is not known."""
        export, start = books.export, books.data_start
        if start is None or not {"customer_id", "joined_on"} <= export.columns("customers"):
            return seen
        joined = export.scan("customers", ["customer_id", "joined_on"]).filter(nw.col("joined_on") < start)
        return seen.join(joined.select(nw.col("customer_id").alias("unit")), on="unit", how="anti")

    @measure
    def customers(self) -> Expr:
        """Customers who are valued."""
        return flag(~nw.col("worth").is_null())

    @scaled
    def worth(self) -> Expr:
        """What is expected of them."""
        return nw.col("worth")
