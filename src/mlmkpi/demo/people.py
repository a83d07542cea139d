"""The distributors: who joins when and under whom, how long they stay, who comes back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mlmkpi.demo.chance import Array, apportion, codes, draw, stream, waits
from mlmkpi.demo.months import JOIN_WEIGHTS, LAST_DAY, MONTHS, STARTS, month_of, some_days
from mlmkpi.demo.places import MARKET_SHARES, TERRITORIES

NEVER = 127
_FOUNDERS = 3
_LIFE_MONTHS = 5.2
_LIFE_SHAPE = 0.6


@dataclass(frozen=True)
class Spells:
    """When people were about: `stop` is the last month of the first spell, `back` the day a second one began.

    `left` is the day of termination; days are 0 and months NEVER where there is none.
    """

    start: Array
    stop: Array
    left: Array
    back: Array
    back_month: Array
    back_stop: Array

    def about(self, month: int, count: int) -> Array:
        """Which of the first `count` people are about in the month."""
        first = self.stop[:count] >= month
        return first | ((self.back_month[:count] <= month) & (self.back_stop[:count] >= month))

    def since(self, people: Array, month: int) -> Array:
        """The first day of the spell that people are in."""
        return np.where(self.back_month[people] == month, self.back[people], self.start[people])


@dataclass(frozen=True)
class Roster:
    """Everybody in the order of their enrolment; a sponsor or enroller of -1 is nobody."""

    spells: Spells
    bounds: Array
    sponsor: Array
    enroller: Array
    place: Array
    ability: Array
    appetite: Array
    subscribed: Array
    kit: Array

    def __len__(self) -> int:
        return len(self.sponsor)

    def known(self, month: int) -> int:
        """How many people have enrolled by the end of the month."""
        return int(self.bounds[month + 1])

    def about(self, month: int) -> Array:
        """The people who are about in the month."""
        return np.flatnonzero(self.spells.about(month, self.known(month))).astype(np.int32)


def recruit(seed: int, count: int) -> Roster:
    """A roster of `count` people, its first three the founders."""
    rng = stream(seed, "people")
    joins = apportion(JOIN_WEIGHTS, count - _FOUNDERS)
    joins[0] += _FOUNDERS
    bounds = np.concatenate([[0], np.cumsum(joins)])
    start = np.sort(np.concatenate([some_days(rng, month, int(joins[month])) for month in range(MONTHS)]))
    start[:_FOUNDERS] = STARTS[0]
    ability = _ability(rng, count)
    spells = _spells(rng, start)
    sponsor, enroller = _trees(stream(seed, "tree"), bounds, ability, spells)
    return Roster(
        spells,
        bounds,
        sponsor,
        enroller,
        _places(stream(seed, "places"), sponsor, bounds),
        ability,
        appetite=(-np.log1p(-rng.random(count)) + 0.1).astype(np.float32),
        subscribed=rng.random(count) < 0.3,
        kit=codes(rng, [0.1, 0.45, 0.3, 0.15], count),
    )


def _ability(rng: np.random.Generator, count: int) -> Array:
    """Most people buy for themselves, a few sell a great deal."""
    ability = np.exp(1.1 * rng.standard_normal(count)).astype(np.float32)
    ability[rng.random(count) < 0.45] *= 0.02
    ability[:_FOUNDERS] = 5
    return ability


def _spells(rng: np.random.Generator, start: Array) -> Spells:
    """Weibull lifetimes that lose most people early; half of those who stop are terminated later."""
    count = len(start)
    month = month_of(start)
    life = _LIFE_MONTHS * (-np.log1p(-rng.random(count))) ** (1 / _LIFE_SHAPE)
    into = (start - STARTS[month]) / 30
    stop = np.minimum(month + np.floor(into + np.minimum(life, 99)), 99).astype(np.int8)
    left = STARTS[np.minimum(stop + 1, MONTHS)] + 5 + waits(rng, 60, count)
    left[(rng.random(count) >= 0.5) | (stop >= MONTHS)] = 0
    regret = rng.random(count) < 0.03
    stop[regret] = month[regret] - 1
    left[regret] = start[regret] + 1 + waits(rng, 5, int(regret.sum()))
    stop[:_FOUNDERS], left[:_FOUNDERS] = 99, 0
    left[left > LAST_DAY] = 0
    back = left + 20 + waits(rng, 90, count)
    back[(left == 0) | (back > LAST_DAY) | (rng.random(count) >= 0.06)] = 0
    back_month = np.where(back > 0, month_of(np.maximum(back, STARTS[0])), NEVER).astype(np.int8)
    back_stop = np.minimum(back_month + waits(rng, 5, count), 99).astype(np.int8)
    return Spells(start, stop, left, back, back_month, back_stop)


def _trees(rng: np.random.Generator, bounds: Array, ability: Array, spells: Spells) -> tuple[Array, Array]:
    """Sponsors and enrollers, month by month: who is able and has recruited before recruits more.

    One newcomer in eight is placed under the enroller's latest recruit, three in a thousand found no one.
    """
    count = int(bounds[-1])
    sponsor, enroller = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    recruits, latest = np.zeros(count, np.float32), np.full(count, -1, np.int32)
    for month in range(MONTHS):
        first, end = max(int(bounds[month]), _FOUNDERS), int(bounds[month + 1])
        pull = ability[:first] * spells.about(month, first) * (1 + np.minimum(recruits[:first], 8))
        chosen = draw(rng, pull, end - first)
        chosen[rng.random(end - first) < 0.003] = -1
        spill = (rng.random(end - first) < 0.12) & (chosen >= 0) & (latest[chosen] >= 0)
        enroller[first:end] = chosen
        sponsor[first:end] = np.where(spill, latest[chosen], chosen)
        found = chosen >= 0
        latest[chosen[found]] = np.arange(first, end, dtype=np.int32)[found]
        recruits[:first] += np.bincount(chosen[found], minlength=first)
    return sponsor, enroller


def _places(rng: np.random.Generator, sponsor: Array, bounds: Array) -> Array:
    """The territories: five in six people live where their sponsor does."""
    count = len(sponsor)
    place = codes(rng, MARKET_SHARES, count) * np.uint8(TERRITORIES) + _within(rng, count)
    near = (rng.random(count) < 5 / 6) & (sponsor >= 0)
    for first, end in pairwise(bounds.tolist()):
        people = np.arange(first, end)[near[first:end]]
        place[people] = place[sponsor[people]]
    return place


def _within(rng: np.random.Generator, count: int) -> Array:
    """A territory inside the market."""
    return rng.integers(0, TERRITORIES, count, dtype=np.uint8)
