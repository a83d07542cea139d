"""The customers: whose they are, when they come, how often they buy and when they stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlmkpi.demo.chance import Array, apportion, codes, draw, stream, waits
from mlmkpi.demo.months import MONTHS, ORDER_WEIGHTS, not_before, some_days
from mlmkpi.demo.people import NEVER, Roster
from mlmkpi.demo.places import MARKET_SHARES, TERRITORIES

_FIRST_MONTH = 10
_HOUSE = 0.02


@dataclass(frozen=True)
class Book:
    """Every customer in the order of joining; `subscribed` is an autoship's last month, -1 for none."""

    bounds: Array
    seller: Array
    joined: Array
    stop: Array
    subscribed: Array
    rate: Array
    place: Array

    def __len__(self) -> int:
        return len(self.seller)

    def known(self, month: int) -> int:
        """How many customers have joined by the end of the month."""
        return int(self.bounds[month + 1])


def find_customers(seed: int, count: int, roster: Roster) -> Book:
    """`count` customers, most of them with the few who sell much."""
    rng = stream(seed, "customers")
    joins = apportion(np.where(np.arange(MONTHS) < _FIRST_MONTH, 0.0, ORDER_WEIGHTS), count)
    months = [_newcomers(rng, month, int(joins[month]), roster) for month in range(MONTHS)]
    seller, joined = (np.concatenate(column) for column in zip(*months, strict=True))
    month = np.repeat(np.arange(MONTHS), joins)
    stop = _stop(rng, month, seller, roster)
    subscribed = np.where(
        rng.random(count) < 0.14, np.minimum(stop, month + 1 + waits(rng, 6, count)), -1
    ).astype(np.int8)
    return Book(
        np.concatenate([[0], np.cumsum(joins)]),
        seller,
        joined,
        stop,
        subscribed,
        rate=(-np.log1p(-rng.random(count)) * np.where(subscribed < 0, 1.0, 0.3)).astype(np.float32),
        place=_places(rng, seller, roster),
    )


def _newcomers(rng: np.random.Generator, month: int, count: int, roster: Roster) -> tuple[Array, Array]:
    """The sellers and days of a month's new customers, in the order of the days."""
    known = roster.known(month)
    seller = draw(rng, roster.ability[:known] * roster.spells.about(month, known), count)
    joined = not_before(rng, some_days(rng, month, count), roster.spells.since(seller, month), month)
    seller[rng.random(count) < _HOUSE] = -1
    order = np.argsort(joined, kind="stable")
    return seller[order], joined[order]


def _stop(rng: np.random.Generator, month: Array, seller: Array, roster: Roster) -> Array:
    """The last month anybody buys in: four in five leave soon after their seller has."""
    count = len(seller)
    life = np.floor(9 * np.log1p(-rng.random(count)) * np.log1p(-rng.random(count)))
    stop: Array = np.minimum(month + life, 99)
    spells = roster.spells
    about = np.where(spells.back_month < NEVER, spells.back_stop, spells.stop)[seller]
    tied = (seller >= 0) & (rng.random(count) < 0.8)
    stop = np.where(tied, np.minimum(stop, about + waits(rng, 1.5, count)), stop)
    return np.asarray(np.maximum(stop, month), np.int8)


def _places(rng: np.random.Generator, seller: Array, roster: Roster) -> Array:
    """Most customers live where their seller does, the others elsewhere in the same market."""
    count = len(seller)
    anywhere = codes(rng, MARKET_SHARES, count) * np.uint8(TERRITORIES)
    home = np.where(seller >= 0, roster.place[seller], anywhere).astype(np.uint8)
    elsewhere = home // TERRITORIES * TERRITORIES + rng.integers(0, TERRITORIES, count, dtype=np.uint8)
    return np.where(rng.random(count) < 0.85, home, elsewhere).astype(np.uint8)
