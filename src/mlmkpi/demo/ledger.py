"""What a month's orders earn: volumes up three generations, the bonuses on them, and the ranks they give."""

from __future__ import annotations

import numpy as np

from mlmkpi.demo.batch import PARTY, SALE, Batch
from mlmkpi.demo.chance import Array
from mlmkpi.demo.months import MONTHS
from mlmkpi.demo.people import Roster

LADDER = ("associate", "bronze", "silver", "gold", "platinum", "diamond")
RETAIL, TEAM, PARTY_BONUS = range(3)
BONUSES = ("retail", "team", "party")
PAID_AS, TITLE = range(2)

_NEEDED = np.array([8_000, 40_000, 140_000, 350_000, 700_000])
_QUALIFIED = 4_000
_RETAIL_PERCENT = 35
_TEAM_PERCENT = (12, 10, 8)
_PARTY_FROM = 15_000


class Ledger:
    """Bonuses as (person, cents, kind, order) and ranks as (person, rank, kind), one entry a month."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self.bonuses: dict[int, tuple[Array, Array, Array, Array]] = {}
        self.ranks: dict[int, tuple[Array, Array, Array]] = {}
        self.paid_as = np.zeros(len(roster), np.uint8)
        self.title = np.zeros(len(roster), np.uint8)

    def close(self, month: int, number: int, batch: Batch) -> None:
        """Book a month whose first order has that number."""
        volume = np.where(batch.counts, batch.volume, 0)
        sold = self._by_seller(batch, np.where(batch.customer >= 0, volume, 0))
        personal = self._by_seller(batch, volume)
        generations = self._generations(personal)
        qualified = personal >= _QUALIFIED
        shares = zip(generations, _TEAM_PERCENT, strict=True)
        team = np.where(qualified, sum(volumes * percent // 100 for volumes, percent in shares), 0)
        self._pay(month, sold * _RETAIL_PERCENT // 100, team, self._party(number, batch))
        if month + 1 < MONTHS:
            reached = np.searchsorted(_NEEDED, personal + sum(generations), side="right").astype(np.uint8)
            self._promote(month + 1, np.where(qualified, reached, 0).astype(np.uint8))

    def _by_seller(self, batch: Batch, volume: Array) -> Array:
        known = batch.seller >= 0
        return _sums(batch.seller[known], volume[known], len(self._roster))

    def _generations(self, personal: Array) -> list[Array]:
        """The volume of the first, second and third generation below everybody."""
        sponsored = np.flatnonzero(self._roster.sponsor >= 0)
        sponsor = self._roster.sponsor[sponsored]
        generations = [personal]
        for _ in _TEAM_PERCENT:
            generations.append(_sums(sponsor, generations[-1][sponsored], len(personal)))
        return generations[1:]

    def _party(self, number: int, batch: Batch) -> tuple[Array, Array, Array]:
        """Seller, cents and number of every big party order."""
        big = (batch.kind == SALE) & (batch.channel == PARTY) & (batch.amount >= _PARTY_FROM)
        rows = np.flatnonzero(big & batch.counts & (batch.seller >= 0)).astype(np.int32)
        return batch.seller[rows], batch.amount[rows] // 20, rows + number

    def _pay(self, month: int, retail: Array, team: Array, party: tuple[Array, Array, Array]) -> None:
        people = [np.flatnonzero(retail), np.flatnonzero(team), party[0]]
        cents = [retail[people[0]], team[people[1]], party[1]]
        orders = [np.full(len(people[0]) + len(people[1]), -1), party[2]]
        kinds = np.repeat(np.arange(3, dtype=np.uint8), [len(part) for part in people])
        self.bonuses[month] = (
            np.concatenate(people).astype(np.int32),
            np.concatenate(cents).astype(np.int32),
            kinds,
            np.concatenate(orders).astype(np.int32),
        )

    def _promote(self, month: int, rank: Array) -> None:
        """Note the paid-as ranks that changed and the titles that rose, as of the month's first day."""
        changed = np.flatnonzero(rank != self.paid_as).astype(np.int32)
        risen = np.flatnonzero(rank > self.title).astype(np.int32)
        self.paid_as = rank
        self.title = np.maximum(self.title, rank)
        people = np.concatenate([changed, risen])
        kinds = np.repeat(np.array([PAID_AS, TITLE], np.uint8), [len(changed), len(risen)])
        self.ranks[month] = (people, rank[people], kinds)


def _sums(groups: Array, values: Array, count: int) -> Array:
    """The values' sum a group; exact, for cents stay far below 2**53."""
    return np.bincount(groups, weights=values, minlength=count).astype(np.int64)
