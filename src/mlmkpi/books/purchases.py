"""What customers have bought so far, a day at a time, and the models fitted to it: once a run, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.expressions import flag
from mlmkpi.books.rules import OrderRules
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Frame
from mlmkpi.statistics.bgnbd import Whole, expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import expected_value, fit_gamma_gamma
from mlmkpi.statistics.intervals import Array
from mlmkpi.statistics.maximum import Fit, too_few

WEEKS_A_MONTH = 365.25 / 84
MOST = 5_000_000
"""So many customers a cluster may send to the driver for a fit."""
NO_FIGURE = "the fitted models give no figure"


@dataclass(frozen=True, eq=False)
class Models:
    """Customers, an element each, and the models fitted to them; `problem` says why there are none.

    `repeats` are the purchase days after the first, `recency` and `age` the days from the first to the last of them and
    to the day of the fit, `value` is what they paid on such a day.
    """

    units: pl.Series
    repeats: Whole
    recency: Whole
    age: Whole
    value: Array
    purchases: Fit
    spending: Fit
    problem: str

    def expected(self, months: int, annual_discount: float) -> tuple[Array, Array]:
        """What is expected of each customer in the months ahead: purchases, and money."""
        with np.errstate(all="ignore"):
            purchases = expected_purchases(
                self.purchases, self.repeats, self.recency, self.age, months * WEEKS_A_MONTH, annual_discount
            )
            return purchases, purchases * expected_value(self.spending, self.repeats, self.value)


def purchase_days(books: Books, rules: OrderRules) -> Frame:
    """One row a customer and day: `sold` (0 or 1), `amount`, `first` (the day of their first sale); materialised."""
    rules = books.serving(rules)
    return books.once(("orders", "purchase days", rules), lambda: _days(books, rules))


def _days(books: Books, rules: OrderRules) -> Frame:
    orders = books.orders(rules).filter(~nw.col("own") & ~nw.col("buyer").is_null())
    rows = orders.select(nw.col("buyer").alias("unit"), "day", flag(nw.col("sale")).alias("sold"), "amount")
    daily = rows.group_by("unit", "day").agg(nw.col("sold").max(), nw.col("amount").sum())
    first = daily.filter(nw.col("sold") == 1).group_by("unit").agg(nw.col("day").min().alias("first"))
    return books.engine.materialise(daily.join(first, on="unit", how="inner"))


def fitted(books: Books, rules: OrderRules, seen: Frame, day: int) -> Models:
    """The models as of a day; `seen` are the purchase days up to it."""
    found: Models = books.models.once((books.serving(rules), day), lambda: _fitted(books, seen, day))
    return found


def _fitted(books: Books, seen: Frame, day: int) -> Models:
    new = _without_earlier(books, seen)
    later, none = nw.col("day") > nw.col("first"), nw.lit(0, dtype=nw.Int64)
    sold = nw.col("sold") == 1
    each = new.with_columns(
        nw.when(later).then(nw.col("amount")).otherwise(none).alias("later"),
        nw.when(sold).then(nw.col("day")).alias("last"),
    ).group_by("unit").agg(
        nw.col("sold").sum().alias("n"), nw.col("first").min(), nw.col("last").max(), nw.col("later").sum()
    )
    many = books.engine.name == "spark" and int(books.engine.collect(each.select(nw.len().alias("n"))).item()) > MOST
    people = books.engine.collect(each.head(0) if many else each)
    x, first = people["n"].to_numpy() - 1, people["first"].to_numpy()
    recency, age = people["last"].to_numpy() - first, day - first
    value = people["later"].to_numpy() / SCALE / np.maximum(x, 1)
    if many:
        return Models(people["unit"], x, recency, age, value, too_few(), too_few(), f"more than {MOST:,} customers")
    purchases, spending = fit_bgnbd(histories(x, recency, age)), fit_gamma_gamma(x, value)
    return Models(people["unit"], x, recency, age, value, purchases, spending, purchases.problem or spending.problem)


def _without_earlier(books: Books, seen: Frame) -> Frame:
    """Without customers who joined before the orders start: their first purchase is not known."""
    export, start = books.export, books.data_start
    if start is None or not {"customer_id", "joined_on"} <= export.columns("customers"):
        return seen
    joined = export.scan("customers", ["customer_id", "joined_on"]).filter(nw.col("joined_on") < start)
    return seen.join(joined.select(nw.col("customer_id").alias("unit")), on="unit", how="anti")
