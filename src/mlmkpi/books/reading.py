"""The orders table read: each order once, for one set of rules or for several, and what its rows lack counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import narwhals as nw

from mlmkpi.books.bounds import ROWS, extremes, refuse_beyond
from mlmkpi.books.export import Export
from mlmkpi.books.ledger import Ledger
from mlmkpi.books.spans import Schedule
from mlmkpi.engines import Engine, Frame

LACKING = ("blank", "unvalued")
UNNAMED = "unnamed"
MONEY = ("amount", "volume")
DAY, ORDER, UNDONE = "ordered_on", "order_id", "original_order_id"


class Reading:
    """Reads the orders of an export; `lacking` counts the rows without a day or an amount, without a volume, or an id.

    What is read is materialised. `empty` says that there was nothing to read.
    """

    def __init__(self, export: Export) -> None:
        self.export = export
        self.engine = export.engine
        self.lacking: dict[str, int] = {}
        self.empty = False

    def typed(self, ledger: Ledger, made: Callable[[Frame], Frame]) -> Frame:
        """What is made of the orders' columns for one set of rules, as the ledger has typed them."""
        rows = self._once_each("order", made, ledger.reads())
        self._look_through(rows.select(*LACKING, _unnamed("order"), "amount", "volume"), ledger)
        return rows

    def untyped(self, ledgers: Sequence[Ledger]) -> Frame:
        """The columns of the orders that several sets of rules read."""
        columns = sorted({name for ledger in ledgers for name in ledger.reads()})
        rows = self._once_each(ORDER, lambda rows: rows, columns)
        for ledger in ledgers:
            volume = nw.col(ledger.volume_column or "amount").alias("volume")
            self._look_through(rows.select(*ledger.lacking(), _unnamed(ORDER), "amount", volume), ledger)
        return rows

    def _once_each(self, key: str, made: Callable[[Frame], Frame], columns: Sequence[str]) -> Frame:
        """What is made of these columns, looked through for repeated keys, and then each order once."""
        rows = self.engine.materialise(made(self.export.unchecked("orders", columns)))
        if self.export.repeats.get("orders"):
            return rows
        if not self.engine.has_repeats(rows, [key]):
            self.export.checked.add("orders")
            return rows
        self.export.check("orders")
        return self.engine.materialise(made(self.export.scan("orders", columns)))

    def _look_through(self, rows: Frame, ledger: Ledger) -> None:
        """Count what the rows lack, and raise DataError where their amounts or volumes cannot be summed."""
        sums = [nw.col(name).cast(nw.Int64).sum() for name in (*LACKING, UNNAMED)]
        found = self.engine.collect(rows.select(*sums, *extremes(MONEY))).row(0, named=True)
        self.empty = not found[ROWS]
        volume = f"orders.{ledger.volume_column or 'amount'}"
        refuse_beyond(self.export, rows, found, {"amount": "orders.amount", "volume": volume})
        for name in (*LACKING, UNNAMED):
            self.lacking[name] = max(int(found[name] or 0), self.lacking.get(name, 0))


def _unnamed(key: str) -> nw.Expr:
    return nw.col(key).is_null().alias(UNNAMED)


def near(engine: Engine, orders: Frame, schedule: Schedule, leavers: Frame | None) -> Frame:
    """The orders of the days of the spans, with what returns tie to them; and all that `leavers` (`person`) sold.

    Every day between them and what was undone in them, or undoes their orders, is kept.
    """
    names = orders.collect_schema().names()
    first, last = min(span.start for span in schedule.spans), max(span.end for span in schedule.spans)
    if UNDONE in names:
        first, last = _with_tied(engine, orders, first, last)
    if first <= (schedule.data_start or first) and last >= schedule.as_of:
        return orders
    inside = nw.col(DAY).is_between(first, last).fill_null(False)
    kept = [orders.filter(inside)]
    if leavers is not None and "distributor_id" in names:
        kept += [orders.filter(~inside).join(leavers, left_on="distributor_id", right_on="person", how="semi")]
    return engine.materialise(engine.concat(kept))


def _with_tied(engine: Engine, orders: Frame, first: int, last: int) -> tuple[int, int]:
    """The days widened to those of what was undone in them, and of what undoes their orders."""
    returns = orders.filter(~nw.col(UNDONE).is_null())
    returns = returns.select(nw.col(UNDONE).alias(ORDER), nw.col(DAY).alias("_back"))
    pairs = orders.select(ORDER, DAY).join(returns, on=ORDER, how="inner")
    here = pairs.filter(nw.col(DAY).is_between(first, last) | nw.col("_back").is_between(first, last))
    ends = engine.collect(here.select(
        nw.min_horizontal(nw.col(DAY).min(), nw.col("_back").min()).alias("first"),
        nw.max_horizontal(nw.col(DAY).max(), nw.col("_back").max()).alias("last"),
    ))
    earliest, latest = ends.row(0)
    return (first, last) if earliest is None else (min(first, earliest), max(last, latest))
