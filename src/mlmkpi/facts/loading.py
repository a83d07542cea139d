"""Own purchases by the day of the month: whether people buy themselves when a month's figures are about to close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.engines import Frame
from mlmkpi.facts.base import scaled
from mlmkpi.facts.orders import Orders

LAST_DAYS = 3


@dataclass(frozen=True)
class OwnPurchases(Orders):
    """One row an own purchase, or a return of one."""

    by_line: ClassVar[bool] = False

    def needs(self) -> tuple[str, ...]:
        """Also the customer of an order, which tells own purchases from others."""
        return (*super().needs(), "orders.customer_id")

    def counted(self, books: Books) -> Frame:
        """The orders' rows with `late`: one of the last days of its calendar month."""
        days = books.timeline.days().select("day")
        last = pl.col("day").cast(pl.Date).dt.month_end().cast(pl.Int32)
        late = days.filter(last - pl.col("day") < LAST_DAYS).with_columns(pl.lit(True).alias("late"))
        own = books.orders(self.rules).filter(nw.col("own"))
        return own.join(books.engine.small(late), on="day", how="left")

    @scaled
    def volume(self) -> Expr:
        """Net volume of own purchases."""
        return nw.col("volume")

    @scaled
    def late_volume(self) -> Expr:
        """That of the last three days of each calendar month."""
        return nw.col("volume") * flag(nw.col("late"))
