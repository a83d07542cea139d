"""The orders, month by month, so that only one month of them is ever held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mlmkpi.demo.batch import KIT_ORDER, REPLACEMENT, RETURN, SALE, Batch, joined
from mlmkpi.demo.buyers import Book
from mlmkpi.demo.chance import Array, codes, draw, stream
from mlmkpi.demo.goods import KITS, NOTHING, baskets
from mlmkpi.demo.months import EXPORTED, LAST_DAY, STARTS, not_before, some_days
from mlmkpi.demo.people import Roster

_OWN_SHARE = 0.27
_HOUSE_SHARE = 0.003
_RETURNED_SOON = 0.006
_RETURNED_LATER = 0.022
_OWN_PERCENT = 80
_ROLL_UP = 4
_NONE: Array = np.empty(0, np.int32)


@dataclass(frozen=True)
class Who:
    """Who buys from whom and when, before anything is put into the basket."""

    seller: Array
    customer: Array
    day: Array
    kind: int = SALE
    autoship: bool = False

    def take(self, rows: Array) -> Who:
        """Some of the rows."""
        return replace(self, seller=self.seller[rows], customer=self.customer[rows], day=self.day[rows])


class Market:
    """The company at work: `months` gives each month's orders in the order of their days."""

    def __init__(self, seed: int, quotas: Array, roster: Roster, book: Book) -> None:
        self.roster, self.book = roster, book
        self._rng = stream(seed, "orders")
        self._quotas = quotas

    def months(self) -> Iterator[tuple[int, int, Batch]]:
        """Month, the number of its first order (from 0), and its orders."""
        number = 0
        returns: list[Batch] = []
        for month, quota in zip(EXPORTED, self._quotas.tolist(), strict=True):
            batch = self._month(month, quota, number, returns)
            returns = [self._returned_next_month(month, number, batch)] if month < EXPORTED[-1] else []
            yield month, number, batch
            number += len(batch)

    def _month(self, month: int, quota: int, number: int, returns: list[Batch]) -> Batch:
        """Exactly `quota` orders."""
        soon = int(quota * _RETURNED_SOON)
        late = [batch.take(slice(quota - soon)) for batch in returns]
        room = quota - soon - sum(map(len, late))
        sales = self._filled(self._visits(month, room))
        sales = sales.take(np.argsort(sales.day, kind="stable"))
        chosen = self._returnable(sales, STARTS[month + 1] - 4, soon)
        gone = self._returns(sales, chosen, chosen)
        wait = (self._rng.random(len(gone)) * (STARTS[month + 1] - 1 - gone.day)).astype(np.int32)
        gone = replace(gone, day=gone.day + 1 + wait)
        return _in_order(sales, gone, late, number, month == EXPORTED[-1])

    def _visits(self, month: int, room: int) -> list[Who]:
        """Who buys in the month: what is bound to happen, then chance up to the room there is."""
        bound = [self._kits(month), self._first_orders(month), *self._autoships(month)]
        size = sum(len(who.seller) for who in bound)
        if size > room:
            kept = np.sort(self._rng.permutation(size)[:room])
            ends = np.cumsum([0, *(len(who.seller) for who in bound)])
            return [
                who.take(kept[(kept >= first) & (kept < end)] - first)
                for who, first, end in zip(bound, ends[:-1], ends[1:], strict=True)
            ]
        rest = room - size
        own = min(rest, max(0, int(room * _OWN_SHARE) - len(bound[-1].seller)))
        house = min(rest - own, int(room * _HOUSE_SHARE))
        again = self._again(month, rest - own - house)
        return [*bound, self._own(month, own), self._house(month, house), again]

    def _kits(self, month: int) -> Who:
        people = np.arange(self.roster.bounds[month], self.roster.bounds[month + 1], dtype=np.int32)
        people = people[self.roster.kit[people] > 0]
        return Who(people, np.full_like(people, -1), self.roster.spells.start[people], KIT_ORDER)

    def _first_orders(self, month: int) -> Who:
        customer = np.arange(self.book.bounds[month], self.book.bounds[month + 1], dtype=np.int32)
        return Who(self.book.seller[customer], customer, self.book.joined[customer])

    def _autoships(self, month: int) -> list[Who]:
        """Those who subscribed, on their own day of the month; one in fourteen skips it."""
        subscribed = self.book.subscribed[: self.book.known(month - 1)] >= month
        customer = np.flatnonzero(subscribed & (self._rng.random(len(subscribed)) < 0.93)).astype(np.int32)
        people = self.roster.about(month)
        people = people[self.roster.subscribed[people] & (people < self.roster.known(month - 1))]
        people = people[self._rng.random(len(people)) < 0.93]
        return [
            self._bought(month, customer, STARTS[month] + customer * 13 % 28, autoship=True),
            self._consumed(month, people, STARTS[month] + people * 13 % 28, autoship=True),
        ]

    def _own(self, month: int, count: int) -> Who:
        about = self.roster.spells.about(month, self.roster.known(month))
        people = draw(self._rng, self.roster.appetite[: len(about)] * about, count)
        return self._consumed(month, people, some_days(self._rng, month, count, 2.5))

    def _again(self, month: int, count: int) -> Who:
        known = self.book.known(month)
        customer = draw(self._rng, self.book.rate[:known] * (self.book.stop[:known] >= month), count)
        days = not_before(self._rng, some_days(self._rng, month, count), self.book.joined[customer], month)
        return self._bought(month, customer, days)

    def _house(self, month: int, count: int) -> Who:
        nobody = np.full(count, -1, np.int32)
        return Who(nobody, nobody, some_days(self._rng, month, count))

    def _bought(self, month: int, customer: Array, day: Array, *, autoship: bool = False) -> Who:
        """Customers' orders; where the seller has stopped, someone up the line gets them, or the house."""
        seller, spells = self.book.seller[customer], self.roster.spells
        about = np.append(spells.about(month, len(self.roster)), True)
        for _ in range(_ROLL_UP):
            seller = np.where(about[seller], seller, self.roster.sponsor[seller])
        seller = np.where(about[seller], seller, -1)
        earliest = np.where(seller >= 0, spells.since(seller, month), 0)
        return Who(seller, customer, not_before(self._rng, day, earliest, month), autoship=autoship)

    def _consumed(self, month: int, people: Array, day: Array, *, autoship: bool = False) -> Who:
        day = not_before(self._rng, day, self.roster.spells.since(people, month), month)
        return Who(people, np.full_like(people, -1), day, autoship=autoship)

    def _filled(self, visits: list[Who]) -> Batch:
        """The orders of those visits, in random order."""
        parts = [np.full(len(who.seller), index, np.uint8) for index, who in enumerate(visits)]
        which = np.concatenate(parts)
        seller = np.concatenate([who.seller for who in visits])
        customer = np.concatenate([who.customer for who in visits])
        count = len(which)
        size = np.where(customer < 0, seller, customer).astype(np.uint32) * np.uint32(2654435761) / 2**32
        picks, units = baskets(self._rng, size)
        kind = np.array([who.kind for who in visits], np.uint8)[which]
        kit = kind == KIT_ORDER
        picks[kit] = NOTHING
        picks[kit, 0] = KITS[0] - 1 + self.roster.kit[seller[kit]]
        units[kit, 0] = 1
        kind[~kit & (self._rng.random(count) < 0.004)] = REPLACEMENT
        percent = np.where((customer < 0) & (seller >= 0) & ~kit, _OWN_PERCENT, 100).astype(np.uint8)
        percent[kind == REPLACEMENT] = 0
        batch = Batch(
            seller.astype(np.int32),
            customer.astype(np.int32),
            np.concatenate([who.day for who in visits]).astype(np.int32),
            kind,
            np.array([who.autoship for who in visits])[which],
            codes(self._rng, [0.63, 0.335, 0.03, 0.005], count),
            self._channels(customer),
            picks,
            units,
            percent,
            np.full(count, -1, np.int32),
        )
        return batch.take(self._rng.permutation(count))

    def _channels(self, customer: Array) -> Array:
        """Parties, social networks and the rest sell to customers; people order for themselves on the web."""
        sold = codes(self._rng, [0.36, 0.14, 0.17, 0.09, 0.08, 0.16], len(customer))
        own = codes(self._rng, [0.62, 0.28, 0, 0, 0, 0.1], len(customer))
        return np.where(customer >= 0, sold, own)

    def _returnable(self, batch: Batch, before: int, count: int, gone: Array = _NONE) -> Array:
        """Some orders that were delivered before that day, none of them gone already."""
        fits = (batch.status < 2) & ((batch.kind == SALE) | (batch.kind == KIT_ORDER)) & (batch.day < before)
        fits[gone] = False
        return np.sort(self._rng.permutation(np.flatnonzero(fits))[:count])

    def _returns(self, batch: Batch, rows: Array, originals: Array) -> Batch:
        """What comes back of those rows; of one in four only the first line."""
        gone = batch.take(rows)
        picks, count = gone.picks.copy(), len(rows)
        picks[self._rng.random(count) < 0.25, 1:] = NOTHING
        kind, status = np.full(count, RETURN, np.uint8), np.zeros(count, np.uint8)
        return replace(gone, picks=picks, kind=kind, status=status, original=originals.astype(np.int32))

    def _returned_next_month(self, month: int, number: int, batch: Batch) -> Batch:
        gone = batch.original[batch.original >= number] - number
        rows = self._returnable(batch, STARTS[month + 1], int(len(batch) * _RETURNED_LATER), gone)
        back = self._returns(batch, rows, rows + number)
        wait = self._rng.integers(0, 28, len(rows))
        return replace(back, day=(STARTS[month + 1] + wait).astype(np.int32))


def _in_order(sales: Batch, soon: Batch, late: list[Batch], number: int, last: bool) -> Batch:
    """Everything of a month by day; the returns of its own sales get the numbers of their originals."""
    batch = joined([sales, soon, *late])
    order = np.argsort(batch.day, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    own = slice(len(sales), len(sales) + len(soon))
    batch.original[own] = place[batch.original[own]] + number
    batch = batch.take(order)
    if last:
        batch.day[-1] = LAST_DAY
    return batch
