"""Orders by calendar month, over all the time that they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.engines import Frame
from mlmkpi.facts.orders import Orders

MONTH = "month"


@dataclass(frozen=True)
class Months(Orders):
    """One row an order of the whole calendar months, whatever the periods: `month`, its place among them.

    They stand under the last period that is shown.
    """

    own_days: ClassVar[bool] = False
    own: ClassVar[tuple[str, ...]] = (MONTH,)

    def counted(self, books: Books) -> Frame:
        """The order rows by `span`, the last one's, and `month`."""
        whole = enumerate(books.schedule.whole_months)
        days = [(day, at) for at, (first, last) in whole for day in range(first, last + 1)]
        months = pl.DataFrame(days, schema={"day": pl.Int32, MONTH: pl.Int32}, orient="row")
        rows = books.orders(self.rules).join(books.engine.small(months), on="day", how="inner").drop("cell")
        return rows.with_columns(nw.lit(books.schedule.shown[-1]).cast(nw.Int32).alias("span"))
