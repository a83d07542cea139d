"""A stretch of orders as arrays: what the months produce, the ledger books and the exports print."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from mlmkpi.demo.chance import Array
from mlmkpi.demo.goods import KITS, line_amounts

KINDS = ("sale", "return", "kit", "replacement")
SALE, RETURN, KIT_ORDER, REPLACEMENT = range(4)
STATUSES = ("completed", "shipped", "cancelled", "pending")
CHANNELS = ("web", "app", "party", "social", "instagram", None)
PARTY, SOCIAL, INSTAGRAM = 2, 3, 4


@dataclass(frozen=True)
class Batch:
    """Orders, one array a column; a seller, customer or original of -1 is nobody, amounts are cents."""

    seller: Array
    customer: Array
    day: Array
    kind: Array
    autoship: Array
    status: Array
    channel: Array
    picks: Array
    units: Array
    percent: Array
    original: Array

    def __len__(self) -> int:
        return len(self.seller)

    @property
    def sign(self) -> Array:
        """-1 for a return, else 1."""
        return np.where(self.kind == RETURN, -1, 1).astype(np.int32)

    @cached_property
    def amount(self) -> Array:
        """What was paid; negative for a return."""
        paid: Array = line_amounts(self.picks, self.units, self.percent).sum(axis=1, dtype=np.int32)
        return paid * self.sign

    @property
    def volume(self) -> Array:
        """Four fifths of what was paid; none for kits and their returns."""
        return np.where(np.isin(self.picks[:, 0], KITS), 0, self.amount * 4 // 5)

    @property
    def counts(self) -> Array:
        """Which orders are valid sales or returns."""
        return (self.status < 2) & (self.kind <= RETURN)

    def take(self, rows: Array | slice) -> Batch:
        """Some of the rows."""
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(batches: list[Batch]) -> Batch:
    """The batches one below the other."""
    columns = ([getattr(batch, field.name) for batch in batches] for field in fields(Batch))
    return Batch(*(np.concatenate(column) for column in columns))
