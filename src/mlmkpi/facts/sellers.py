"""Sellers: one row a person and period with what was credited to them, and whether that made them active."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import BY_CREDIT, RECRUITED, active_elsewhere, cells_for, rule_needs
from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled

VOLUMES = ("own_volume", "customer_volume")


@dataclass(frozen=True)
class Sellers(Fact):
    """One row a person and period with a sale, a return or another reason to be active.

    `with_volume` has the volumes in it, which measures of volume take.
    """

    rules: OrderRules
    active_rule: ActiveRule = ANY_ORDER
    with_volume: bool = False

    own_days: ClassVar[bool] = True
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.ORDER)

    def needs(self) -> tuple[str, ...]:
        """The seller of an order, and what the rule reads."""
        needs = [*(["orders.distributor_id"] if self.with_volume else []), *rule_needs(self.active_rule)]
        return tuple(dict.fromkeys([*needs, *self.rules.needs()]))

    @property
    def reads_orders(self) -> bool:
        """Unless another table alone says who was active."""
        return self.with_volume or self.active_rule.kind not in ("earned", "any_event")

    def carries(self, dimension: Dimension) -> bool:
        """An order's attributes only where orders alone say who was active."""
        by_orders = self.active_rule.kind in ("any_order", "own_order")
        return super().carries(dimension) and (by_orders or dimension.side is not Side.ORDER)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the seller cells."""
        if not self.reads_orders:
            return
        wanted = books.want(self.rules)
        wanted.cells["seller"] |= cells_for(self.active_rule) | (set(VOLUMES) if self.with_volume else set())
        for dimension in dimensions:
            if dimension.side is Side.ORDER:
                wanted.column(dimension)
                wanted.dimensions["seller"].add(dimension.name)

    def among(self, facts: Iterable[Fact]) -> Fact:
        """A fact of the same people that knows their volumes too."""
        for fact in facts:
            if not isinstance(fact, Sellers) or type(fact) is not type(self):
                continue
            if fact.with_volume and fact.active_rule == self.active_rule and self.rules.fits(fact.rules):
                return fact
        return self

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by cell where every span is one cell, else by span."""
        sellers = seller_attributes(books, dimensions, at)
        kept = [d.name for d in dimensions if d.side is Side.ORDER]
        if self.reads_orders:
            frame = self._active(books, self._credited(books, kept, spanned=sellers.timed))
        else:
            frame = self._elsewhere(books).rename({"_elsewhere": "active"})
        return sellers.attach(frame, "unit")

    def _credited(self, books: Books, kept: list[str], *, spanned: bool) -> Frame:
        """`unit`, `cell` or `span`, the order attributes, and the sums that were wanted."""
        cells, wanted = books.cells(self.rules, "seller"), books.want(self.rules)
        alike = set(kept) == wanted.dimensions["seller"]
        if alike and books.one_cell_spans and not spanned and self.active_rule.kind in BY_CREDIT:
            return cells
        cells = cells.join(books.engine.small(books.cells_of_spans()), on="cell", how="inner")
        names = wanted.cells["seller"]
        sums = [nw.col(name).sum() for name in (*VOLUMES, "net_sales") if name in names]
        sums += [nw.col(name).max() for name in ("last_sale", "last_own_sale") if name in names]
        return books.engine.group(cells, "unit", {"span": len(books.schedule.spans)}, kept, sums)

    def _active(self, books: Books, frame: Frame) -> Frame:
        """Add `volume` where it is known, and `active`."""
        names = books.want(self.rules).cells["seller"]
        if set(VOLUMES) <= names:
            frame = frame.with_columns((nw.col("own_volume") + nw.col("customer_volume")).alias("volume"))
        rule = self.active_rule
        if rule.kind in BY_CREDIT:
            active = {
                "any_order": lambda: ~nw.col("last_sale").is_null(),
                "own_order": lambda: ~nw.col("last_own_sale").is_null(),
                "volume": lambda: nw.col("volume") >= rule.at_least,
            }[rule.kind]()
            return frame.with_columns(active.alias("active"))
        both = frame.join(self._elsewhere(books), on=["unit", "span"], how="full")
        found = nw.col("_elsewhere").fill_null(False)
        if rule.kind == "sale_or_recruit":
            found = found | ~nw.col("last_sale").is_null()
        both = both.with_columns(
            nw.coalesce("unit", "unit_right").alias("unit"), nw.coalesce("span", "span_right").alias("span"),
            found.alias("active"),
        )
        return both.drop("unit_right", "span_right", "_elsewhere")

    def _elsewhere(self, books: Books) -> Frame:
        """`unit`, `span`, `_elsewhere`: who was active by other tables than the orders."""
        windows = [(span.index, span.start, span.end) for span in books.spans]
        found = active_elsewhere(books, self.active_rule, windows).rename({"window": "span"})
        return found.with_columns(nw.lit(True).alias("_elsewhere"))

    @measure
    def active(self) -> Expr:
        """Distinct people who were active."""
        return flag(nw.col("active"))

    def _voluminous(self, volume: Expr) -> Expr:
        """What is of volume; ValueError where the rows have none."""
        if not self.with_volume:
            raise ValueError(f"{type(self).__name__} has volumes with with_volume=True alone")
        return volume

    @scaled
    def volume(self) -> Expr:
        """Net volume of orders with a seller."""
        return self._voluminous(nw.col("volume"))

    @scaled
    def own_volume(self) -> Expr:
        """The part that people bought themselves."""
        return self._voluminous(nw.col("own_volume"))

    @scaled
    def customer_volume(self) -> Expr:
        """The part that customers bought."""
        return self._voluminous(nw.col("customer_volume"))


@dataclass(frozen=True)
class Recruiters(Sellers):
    """The rows of `Sellers` of those who enrolled somebody new in the period."""

    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON,)

    def needs(self) -> tuple[str, ...]:
        """Also who enrolled whom."""
        return (*super().needs(), RECRUITED)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The sellers' rows of recruiters, by cell or span as those."""
        frame = super().rows(books, dimensions, at)
        recruits = books.in_spans(books.recruits())
        if "span" not in frame.collect_schema().names():
            cells = books.engine.small(books.cells_of_spans())
            recruits = recruits.join(cells, on="span", how="inner").select("unit", "cell")
            return frame.join(recruits.unique(), on=["unit", "cell"], how="semi")
        return frame.join(recruits.select("unit", "span").unique(), on=["unit", "span"], how="semi")

    @measure
    def active_recruiters(self) -> Expr:
        """People who were active and enrolled somebody new."""
        return flag(nw.col("active"))
