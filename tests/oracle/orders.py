"""Orders as the definitions read them: what is a sale, what a return, when it counts, and whose purchase it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from oracle.definitions import Definitions
from oracle.export import Export, Row

COUNTS = frozenset(
    ("accepted", "approved", "paid", "completed", "fulfilled", "posted", "printed", "shipped", "delivered", "invoiced")
)
DOES_NOT = frozenset(
    (
        "cancelled", "canceled", "void", "declined", "failed", "pending", "processing", "created", "draft",
        "incomplete", "unavailable", "refunded",
    )
)
GIFTS = ("kit", "replacement")
ZERO = Fraction(0)


@dataclass(frozen=True)
class Order:
    """A sale or a return: signed amount and volume on the day it is booked."""

    day: date
    is_sale: bool
    amount: Fraction
    volume: Fraction
    seller: str | None
    customer: str | None
    is_own: bool
    row: Row


def is_valid(row: Row, definitions: Definitions) -> bool:
    """Whether the order's status counts."""
    if "status" not in row:
        return True
    code = str(row["status"]).strip().casefold()
    if definitions.valid_status is not None:
        return code in {known.casefold() for known in definitions.valid_status}
    if code not in COUNTS | DOES_NOT:
        raise ValueError(f"unknown status {code!r}")
    return code in COUNTS


def side(row: Row, definitions: Definitions) -> str | None:
    """`sale`, `return`, or nothing."""
    kind = row.get("kind")
    amount = row["amount"]
    if not is_valid(row, definitions) or kind in GIFTS:
        return None
    if kind == "return" or amount < 0:
        return "return"
    return "sale" if amount > 0 else None


def worth(row: Row, export: Export, rate: Callable[[Row], Fraction]) -> Fraction:
    """The amount in the company's currency, rounded half-even to four places where it was converted."""
    amount = Fraction(row["amount"])
    if not (export.has("rates") and export.has("orders", "currency")):
        return amount
    return Fraction(round(amount * rate(row) * 10_000), 10_000)


def volume_of(row: Row, amount: Fraction, definitions: Definitions, export: Export) -> Fraction:
    """The volume an order carries, unsigned by its side; without a column for it, its amount."""
    column = {"qv": "volume", "cv": "commissionable_volume"}.get(definitions.volume)
    if row["amount"] == 0:
        return ZERO
    if column is None or not export.has("orders", column):
        return amount
    return Fraction(row.get(column) or 0)


def is_own_purchase(row: Row, on_books: Callable[[str, date], bool]) -> bool:
    """Whether a distributor bought: no customer on a seller's order, or a customer who is a distributor that day."""
    customer = row.get("customer_id")
    if customer is None:
        return row.get("distributor_id") is not None
    return on_books(customer, row["ordered_on"])


def read_orders(
    export: Export,
    definitions: Definitions,
    as_of: date,
    on_books: Callable[[str, date], bool],
    rate: Callable[[Row], Fraction],
) -> list[Order]:
    """All sales and returns up to the as-of date."""
    seen = [row for row in export.rows("orders") if row["ordered_on"] <= as_of]
    known = {row["order_id"]: row for row in seen}
    found = []
    for row in seen:
        which = side(row, definitions)
        original = known.get(row.get("original_order_id")) if which == "return" else None
        if which is None or (which == "return" and definitions.refunds == "ignore"):
            continue
        if original is not None and original.get("kind") in GIFTS:
            continue
        amount = worth(row, export, rate)
        volume = volume_of(row, amount, definitions, export)
        if which == "return":
            amount, volume = -abs(amount), -abs(volume)
        booked = original if original is not None and definitions.refunds == "order_date" else row
        own = is_own_purchase(row if original is None else original, on_books)
        found.append(
            Order(
                booked["ordered_on"], which == "sale", amount, volume,
                row.get("distributor_id"), row.get("customer_id"), own, row,
            )
        )
    return found
