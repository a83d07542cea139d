"""What the books are asked for: windows on histories, columns of the orders, what is kept of each unit's cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import narwhals as nw

from mlmkpi.books.expressions import Expr
from mlmkpi.books.history import Ask
from mlmkpi.books.ledger import Extra
from mlmkpi.books.spans import Span
from mlmkpi.engines import Engine


class Reader(Protocol):
    """A fact, as far as the books look at it; it may have `rules` by which it reads the orders."""

    on_order_rows: ClassVar[bool]

    @property
    def is_near(self) -> bool:
        """Whether it looks at orders of its periods' days alone."""

    def asks(self, span: Span) -> Iterable[Ask]:
        """The windows on histories that a span's rows look at."""


@dataclass
class Wanted:
    """What the facts of a run want of the orders under one set of rules."""

    cells: dict[str, set[str]] = field(default_factory=lambda: {"seller": set(), "buyer": set()})
    extras: dict[str, Extra] = field(default_factory=dict)
    dimensions: dict[str, set[str]] = field(default_factory=lambda: {"seller": set(), "buyer": set()})
    latest: set[int] = field(default_factory=set)
    """The days at which a customer's latest seller is asked for; cells are cut there."""

    def column(self, name: str) -> None:
        """Keep a column of the orders table as it is."""
        self.extras[name] = Extra((name,), nw.col(name))


def cell_parts(engine: Engine) -> Mapping[str, tuple[Expr, str]]:
    """What a cell can keep, and how its orders' parts are put together."""
    own, sale, day = nw.col("own"), nw.col("sale"), nw.col("day")
    none = nw.lit(0, dtype=nw.Int64)
    return {
        "own_volume": (nw.when(own).then(nw.col("volume")).otherwise(none), "sum"),
        "customer_volume": (nw.when(~own).then(nw.col("volume")).otherwise(none), "sum"),
        "net_sales": (nw.col("amount"), "sum"),
        "last_sale": (nw.when(sale).then(day), "max"),
        "first_sale": (nw.when(sale).then(day), "min"),
        "last_own_sale": (nw.when(sale & own).then(day), "max"),
        "first_customer_sale": (nw.when(sale & ~own).then(day), "min"),
        "latest": (nw.when(sale).then(engine.latest(day, nw.col("seller"))), "max"),
    }
