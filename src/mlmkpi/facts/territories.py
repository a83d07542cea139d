"""Territories: where enough distributors are active."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, OrderRules
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.sellers import Sellers


@dataclass(frozen=True)
class Territories(Fact):
    """One row a territory and period."""

    rules: OrderRules
    active_rule: ActiveRule = ANY_ORDER
    coverage_minimum: int = 1

    unit: ClassVar[str] = "territory"
    table: ClassVar[str] = "territories"
    row_first: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse a minimum that every territory reaches; ValueError."""
        if self.coverage_minimum < 1:
            raise ValueError(f"coverage_minimum is {self.coverage_minimum}; expected 1 or more")

    @property
    def sellers(self) -> Sellers:
        """Who may be active there."""
        return Sellers(self.rules, self.active_rule, self.active_rule.by_volume)

    def needs(self) -> tuple[str, ...]:
        """The territories, whose each distributor's is, and what makes one active."""
        return ("territories.territory", "distributors.territory", *self.sellers.needs())

    @property
    def reads_orders(self) -> bool:
        """As the rule says."""
        return self.sellers.reads_orders

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the seller cells."""
        self.sellers.prepare(books, ())

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span: `covered`."""
        names = sorted({"territory", *(dimension.name for dimension in dimensions)})
        listed = books.export.scan(self.table, names)
        rows = books.engine.concat([
            listed.with_columns(nw.lit(span.index).cast(nw.Int32).alias("span")) for span in books.spans
        ])
        rows = rows.join(self._covered(books, at), on=["territory", "span"], how="left")
        return rows.with_columns(nw.lit(True).alias("listed"), nw.col("covered").fill_null(False))

    def _covered(self, books: Books, at: Boundary) -> Frame:
        """`territory`, `span`, `covered`: where at least so many are active."""
        active = self.sellers.rows(books, (), at).filter(nw.col("active").fill_null(False))
        if "span" not in active.collect_schema().names():
            active = active.join(books.engine.small(books.cells_of_spans()), on="cell", how="inner")
        homes = books.export.scan("distributors", ["distributor_id", "territory"]).rename({"distributor_id": PERSON})
        placed = books.engine.look_up(active.select("unit", "span"), "unit", books.engine.directory(homes))
        counted = placed.group_by("territory", "span").agg(nw.col("unit").n_unique().alias("_active"))
        enough = counted.filter(nw.col("_active") >= self.coverage_minimum)
        return enough.select(nw.col("territory").cast(nw.String), "span", nw.lit(True).alias("covered"))

    @measure
    def all_of_them(self) -> Expr:
        """Territories, as listed."""
        return flag(nw.col("listed"))

    @measure
    def covered(self) -> Expr:
        """Those of them with enough active distributors."""
        return flag(nw.col("covered"))
