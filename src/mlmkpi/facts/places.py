"""Where customers live, and how many of a market buy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.attributes import customer_attributes, seller_attributes, want_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask
from mlmkpi.books.ledger import Extra
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import SpannedFact, measure
from mlmkpi.facts.customers import Buyers, Histories
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.people import sale_track, with_lookup

PLACES = ("customer.country", "customer.region")
PLACED = "customers.country|customers.region"
MARKETS = ("market", "customer.market")


def brings_place(name: str, export: Export) -> bool:
    """Whether the export has the column of a place of customers."""
    return export.has("customers." + name.partition(".")[2])


@dataclass(frozen=True)
class PlacedBuyers(Buyers):
    """One row a customer and period with a sale in it, by where they live."""

    own: ClassVar[tuple[str, ...]] = PLACES

    def needs(self) -> tuple[str, ...]:
        """Also where customers live."""
        return (*super().needs(), PLACED)

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the export has the place."""
        return brings_place(name, export)


@dataclass(frozen=True)
class PlacedOrders(Orders):
    """One row a customer's order, by where they live."""

    own: ClassVar[tuple[str, ...]] = PLACES

    def needs(self) -> tuple[str, ...]:
        """Also where customers live."""
        return (*super().needs(), "orders.customer_id", PLACED)

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the export has the place."""
        return brings_place(name, export)

    def people_column(self, measure: str, dimensions: Dimensions) -> str:
        """The customers."""
        return "customer"

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask for the customer."""
        super().prepare(books, dimensions)
        books.want(self.rules).extras["customer"] = Extra(("customer_id",), nw.col("customer_id"))

    def counted(self, books: Books) -> Frame:
        """Customers' orders."""
        return super().counted(books).filter(~nw.col("own"))


@dataclass(frozen=True)
class Penetration(Histories, SpannedFact):
    """One row a customer of the 12 months up to the period's end, and one a market with its population.

    A customer's market is their own where it is known, else that of the seller of their latest sale; markets whose
    population is not known are left out. `part` is the table that a market's row is of, `label` its name.
    """

    rules: OrderRules

    def needs(self) -> tuple[str, ...]:
        """Also the markets, and who belongs to them."""
        return (*super().needs(), "markets.population", "customers.market|distributors.market")

    def carries(self, dimension: Dimension) -> bool:
        """By market alone: a population has no other attribute."""
        return dimension.name == MARKETS[0]

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for what tells a customer's market."""
        markets = self._markets(books)
        super().prepare(books, markets[-1:])
        want_attributes(books, markets)
        if len(markets) > 1:
            books.want(self.rules).cells["buyer"].add("latest")

    def _markets(self, books: Books) -> Dimensions:
        tables = ("distributors", "customers")
        return tuple(Dimension(n) for n, t in zip(MARKETS, tables, strict=True) if "market" in books.export.columns(t))

    def asks(self, span: Span) -> Iterable[Ask]:
        """The 12 months."""
        yield Ask(sale_track(self.rules, "buyer"), span.year_before + 1, span.end)

    def known_from(self, span: Span) -> int | None:
        """The first day of the 12 months."""
        return span.year_before + 1

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Customers' rows, a frame a span, and the markets'."""
        populations, market = self._populations(books), nw.col("market")
        # Without a market with a population the list would have no type; no market is an empty text.
        known = market.is_in(["", *populations["market"].drop_nulls()]).fill_null(False)
        customers = [
            rows.select(
                "unit", "span", market.cast(nw.String), nw.lit(True).alias("bought"), known.alias("known"),
                nw.lit(0, dtype=nw.Int64).alias("population"),
                *(nw.lit(None, dtype=nw.String).alias(name) for name in ("part", "label")),
            )
            for rows in self._buyers(books, at)
        ]
        spans = pl.DataFrame({"span": [s.index for s in books.spans]}, schema={"span": pl.Int32})
        people = books.engine.small(populations.join(spans, how="cross")).select(
            nw.lit(None, dtype=customers[0].collect_schema()["unit"]).alias("unit"), "span", "market",
            nw.lit(False).alias("bought"), nw.lit(True).alias("known"), "population", nw.lit("markets").alias("part"),
            nw.col("market").alias("label"),
        )
        return [*customers, people]

    def _buyers(self, books: Books, at: Boundary) -> list[Frame]:
        """`unit`, `span`, `market` of whoever bought; their latest seller is looked for where they have none."""
        markets, histories = self._markets(books), [self.histories(books, ())]
        if len(markets) > 1:
            own = with_lookup(customer_attributes(books, markets, at), histories[0])
            homeless = own.filter(nw.col("_a_market").is_null()).select(*histories[0].collect_schema().names())
            histories.insert(0, self._with_sellers(books, books.engine.materialise(homeless), at))
        line, frames = books.timeline, list[Frame]()
        flags = {s.index: {"bought": line.happened("sale", s.year_before + 1, s.end)} for s in books.spans}
        for dimension, history in zip(markets, histories, strict=True):
            found = self.span_frames(books, flags, (dimension,), at, history)
            if dimension is markets[-1] and len(markets) > 1:
                found = [rows.filter(~nw.col(dimension.name).is_null()) for rows in found]
            frames += [rows.select("unit", "span", nw.col(dimension.name).alias("market")) for rows in found]
        return frames

    def _with_sellers(self, books: Books, history: Frame, at: Boundary) -> Frame:
        """The customers' histories with their latest sellers."""
        sellers = seller_attributes(books, self._markets(books), at)
        days = [sellers.day(span) for span in books.spans]
        known = [name for name in history.collect_schema().names() if not name.startswith("latest_")]
        latest = books.latest_sellers(self.rules, history, days)
        return history.select(*known).join(latest, on="unit", how="left")

    def _populations(self, books: Books) -> pl.DataFrame:
        """`market`, `population`: the rows of a market added up; those above 0."""
        rows = books.export.scan("markets", ["market", "population"]).group_by("market")
        sums = rows.agg(nw.col("population").sum().cast(nw.Int64))
        return books.engine.collect(sums.filter(nw.col("population") > 0))

    @measure
    def customers(self) -> Expr:
        """Customers who bought in the 12 months, in markets whose population is known."""
        return flag(nw.col("bought") & nw.col("known"))

    @measure
    def elsewhere(self) -> Expr:
        """Customers who bought in the 12 months in other markets, or none."""
        return flag(nw.col("bought") & ~nw.col("known"))

    @measure
    def population(self) -> Expr:
        """People who could buy."""
        return nw.col("population")
