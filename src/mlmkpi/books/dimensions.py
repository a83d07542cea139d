"""What figures are split by, and when it is read: the names that every split is written in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlmkpi.declaration import BIRTH

UNKNOWN = "(unknown)"
EXTRA = "column "
"""How columns that no table declares begin inside, so that none is called as what facts make themselves."""
LINES = {"order.product": "order_lines.product_id", "order.category": "products.category"}
"""Dimensions of an order's lines, which cut the order into pieces, and the column that each is."""
PRIVATE = ("age_band", "gender", *BIRTH)
"""Columns by which a small cell could give a person away."""


class Boundary(StrEnum):
    """When a unit's rank, age band or latest seller is read: at the period's opening boundary or its closing one."""

    START = "start"
    END = "end"


class Side(StrEnum):
    """Whose attribute a dimension is: the seller's (no prefix), the customer's, the order's own, or the fact's."""

    PERSON = "person"
    CUSTOMER = "customer"
    ORDER = "order"
    OWN = "own"


@dataclass(frozen=True, order=True)
class Dimension:
    """One column to split by, named as asked for: `market`, `customer.country`, `order.channel`.

    >>> Dimension("customer.country").side.value, Dimension("customer.country").column
    ('customer', 'country')
    """

    name: str
    own: bool = False

    @property
    def side(self) -> Side:
        """Whose attribute it is."""
        prefix, dot, _ = self.name.partition(".")
        if dot and prefix in ("customer", "order"):
            return Side(prefix)
        return Side.OWN if self.own else Side.PERSON

    @property
    def column(self) -> str:
        """The attribute's column in that side's table."""
        return self.name.partition(".")[2] if self.side in (Side.CUSTOMER, Side.ORDER) else self.asked

    @property
    def asked(self) -> str:
        """What it is called in the export and in the Result."""
        return self.name.removeprefix(EXTRA)


Dimensions = tuple[Dimension, ...]


def is_private(name: str) -> bool:
    """Whether a dimension could give a person away in a small cell."""
    return name.rpartition(".")[2] in PRIVATE
