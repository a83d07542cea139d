"""The company that every table is written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlmkpi.demo.buyers import Book, find_customers
from mlmkpi.demo.chance import Array, apportion, draw
from mlmkpi.demo.columns import Ids
from mlmkpi.demo.months import EXPORTED, ORDER_WEIGHTS, STARTS
from mlmkpi.demo.people import Roster, recruit


@dataclass(frozen=True)
class Company:
    """Its people, its customers, and how many orders each exported month has."""

    seed: int
    roster: Roster
    book: Book
    quotas: Array

    @property
    def person_ids(self) -> Ids:
        """The distributors' ids."""
        return Ids("D", len(self.roster))

    @property
    def customer_ids(self) -> Ids:
        """The customers' ids."""
        return Ids("C", len(self.book))

    @property
    def order_ids(self) -> Ids:
        """The orders' ids."""
        return Ids("O", int(self.quotas.sum()), 9)

    def a_month(self, orders_each: int) -> dict[int, int]:
        """Rows a month of a table that has one for so many orders; never none."""
        rows = np.maximum(1, self.quotas // orders_each).tolist()
        return dict(zip(EXPORTED, rows, strict=True))


def found(seed: int, orders: int) -> Company:
    """A company of that many orders: ten a distributor, ten for three customers."""
    roster = recruit(seed, orders // 10)
    book = find_customers(seed, orders * 3 // 10, roster)
    return Company(seed, roster, book, apportion(ORDER_WEIGHTS[EXPORTED.start :], orders))


def sellers_of(company: Company, rng: np.random.Generator, month: int, count: int) -> Array:
    """People who were about when the month began, the able ones more often; one in twelve is nobody."""
    people = company.roster.about(month)
    people = people[company.roster.spells.since(people, month) <= STARTS[month]]
    chosen: Array = people[draw(rng, company.roster.ability[people], count)]
    chosen[rng.random(count) < 1 / 12] = -1
    return chosen
