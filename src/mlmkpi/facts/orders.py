"""Orders: one row a sale or return that counts, for company sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import customer_attributes, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import LINES, PRIVATE, Boundary, Dimensions, Side
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ledger import Extra
from mlmkpi.books.lines import pieces, want_lines
from mlmkpi.books.rules import OrderRules
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.order_classes import is_code
from mlmkpi.spelling import spelled


@dataclass(frozen=True)
class Orders(Fact):
    """One row an order that is a sale or a return; amounts of returns are negative.

    With `social_channels` it also tells which orders came through them (`social`) or name no channel (`no_channel`);
    `classed` tells own purchases from customers', which measures of either take.
    """

    rules: OrderRules
    social_channels: tuple[str, ...] = ()
    classed: bool = False

    unit: ClassVar[str] = "order"
    on_order_rows: ClassVar[bool] = True
    own_days: ClassVar[bool] = True
    by_line: ClassVar[bool] = True
    with_units: ClassVar[bool] = False
    merged: ClassVar[bool] = True
    """Whether an order has one piece a value, however many lines of it."""
    sides: ClassVar[tuple[Side, ...]] = (Side.PERSON, Side.CUSTOMER, Side.ORDER)

    def needs(self) -> tuple[str, ...]:
        """The orders, and what the choice of a figure takes."""
        needs = ["orders.amount", *self.rules.needs()]
        needs += ["orders.customer_id"] if self.classed else []
        needs += ["orders.channel"] if self.social_channels else []
        return tuple(needs)

    @property
    def reads_people(self) -> bool:
        """Where it tells own purchases apart."""
        return self.classed or type(self) is not Orders

    def people_column(self, measure: str, dimensions: Dimensions) -> str:
        """The sellers; behind money the customers where it is their age or gender alone that is split by."""
        sides = {dimension.side for dimension in dimensions if dimension.column in PRIVATE}
        return "customer" if measure != "sales" and sides == {Side.CUSTOMER} else "seller"

    def among(self, facts: Iterable[Fact]) -> Fact:
        """A fact of the same orders that tells their channels too."""
        if type(self) is not Orders:
            return self
        fitting = [
            fact for fact in facts
            if type(fact) is Orders and self.rules.fits(fact.rules)
            and self.social_channels in ((), fact.social_channels)
        ]
        return max(fitting, key=lambda fact: bool(fact.social_channels), default=self)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the order's attributes, and for the channel where social sales are told apart."""
        wanted = books.want(self.rules)
        books.with_people |= any(d.side in (Side.PERSON, Side.CUSTOMER) for d in dimensions)
        for dimension in dimensions:
            if dimension.name in LINES:
                units = ["quantity"] if self.with_units else []
                want_lines(books, self.rules, "product_id", "amount", *units)
            elif dimension.side is Side.ORDER:
                wanted.column(dimension)
            if dimension.side is Side.CUSTOMER:
                wanted.extras["customer"] = Extra(("customer_id",), nw.col("customer_id"))
        if self.social_channels:
            found = books.engine.spellings("orders", "channel")
            social = is_code("channel", spelled(found, self.social_channels))
            wanted.extras[self._social] = Extra(("channel",), social)
            wanted.extras["no_channel"] = Extra(("channel",), nw.col("channel").is_null())

    @property
    def _social(self) -> str:
        return "social:" + "|".join(self.social_channels)

    def counted(self, books: Books) -> Frame:
        """The order rows that the fact stands on."""
        return books.orders(self.rules)

    def cut(self, books: Books, orders: Frame, names: list[str]) -> Frame:
        """The orders cut by the dimensions of their lines, where there are such."""
        return pieces(books, orders, names, quantity=self.with_units, merged=self.merged) if names else orders

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The order rows, or their pieces, by cell; by span where a dimension changes with time."""
        frame = books.inside(self.counted(books)) if self.is_near else self.counted(books)
        lines = [d.name for d in dimensions if d.name in LINES]
        frame = self.cut(books, frame, lines)
        sellers, buyers = seller_attributes(books, dimensions, at), customer_attributes(books, dimensions, at)
        if "cell" in frame.collect_schema().names() and (sellers.timed or buyers.timed):
            cells = books.engine.small(books.cells_of_spans())
            frame = frame.join(cells, on="cell", how="inner").drop("cell")
        return buyers.attach(sellers.attach(frame, "seller"), "customer")

    def _classed(self, flag_of_own: Expr) -> Expr:
        """What tells own purchases apart; ValueError where the rows do not, and all orders would look alike."""
        if not self.classed:
            raise ValueError(f"{type(self).__name__} tells own purchases from customers' with classed=True alone")
        return flag_of_own

    @measure
    def sales(self) -> Expr:
        """The number of sales."""
        return flag(nw.col("sale"))

    @measure
    def customer_sales(self) -> Expr:
        """The number of sales to customers who are known."""
        return self._classed(flag(nw.col("sale") & ~nw.col("own") & ~nw.col("buyer").is_null()))

    @scaled
    def sales_amount(self) -> Expr:
        """What buyers paid, returns left out."""
        return nw.col("amount") * flag(nw.col("sale"))

    @scaled
    def net_sales(self) -> Expr:
        """What buyers paid, returns taken off."""
        return nw.col("amount")

    @scaled
    def own_net_sales(self) -> Expr:
        """Net sales to distributors themselves."""
        return nw.col("amount") * self._classed(flag(nw.col("own")))

    @scaled
    def customer_net_sales(self) -> Expr:
        """Net sales to customers."""
        return nw.col("amount") * self._classed(flag(~nw.col("own")))

    @scaled
    def social_net_sales(self) -> Expr:
        """Net sales through social channels."""
        return nw.col("amount") * flag(nw.col(self._social))

    @scaled
    def net_sales_without_channel(self) -> Expr:
        """Net sales of orders that name no channel."""
        return nw.col("amount") * flag(nw.col("no_channel"))
