"""The exports of what was sold and paid out: orders and their lines, products, commissions, ranks."""

from __future__ import annotations

import numpy as np
import polars as pl

from mlmkpi.demo.batch import CHANNELS, INSTAGRAM, KINDS, REPLACEMENT, SALE, SOCIAL, STATUSES, Batch
from mlmkpi.demo.chance import Array
from mlmkpi.demo.columns import Frames, Ids, dates, money, pieces, words
from mlmkpi.demo.company import Company
from mlmkpi.demo.goods import COSTS, NOTHING, PRODUCT_CATEGORIES, PRODUCT_NAMES, line_amounts
from mlmkpi.demo.ledger import BONUSES, LADDER, Ledger
from mlmkpi.demo.months import EXPORTED, STARTS, campaign
from mlmkpi.demo.places import PLACE_MARKETS, PLACE_REGIONS
from mlmkpi.demo.sales import Market

_UNKNOWN_SELLERS = 12
_PRODUCT_IDS = Ids("P", NOTHING, 3)


class Trade:
    """The orders, and what comes of them: the ledger, and the baskets where lines are wanted."""

    def __init__(self, company: Company, *, lines: bool) -> None:
        self.ledger = Ledger(company.roster)
        self._company = company
        self._market = Market(company.seed, company.quotas, company.roster, company.book)
        self._lines = lines
        self._sold: list[tuple[int, Batch]] = []

    def orders(self) -> Frames:
        """The orders by day; to be read once, before everything else here."""
        for month, number, batch in self._market.months():
            self.ledger.close(month, number, batch)
            if self._lines:
                self._sold.append((number, batch))
            if month == EXPORTED[-1]:
                _forget_some_sellers(batch, len(self._company.roster))
            for numbers, part in pieces(len(batch)):
                yield _order_columns(self._company, month, numbers + number, batch.take(part))

    def order_lines(self) -> Frames:
        """The lines of all orders but replacements; a return's are negative."""
        for number, batch in self._sold:
            rows, lines = np.nonzero((batch.picks != NOTHING) & (batch.kind != REPLACEMENT)[:, None])
            picks, sign = batch.picks[rows, lines], batch.sign[rows]
            units = batch.units[rows, lines] * sign
            amounts = line_amounts(batch.picks, batch.units, batch.percent)[rows, lines]
            yield pl.DataFrame(
                {
                    "order_id": self._company.order_ids.column(rows + number),
                    "product_id": _PRODUCT_IDS.column(picks),
                    "quantity": pl.Series(units),
                    "amount": money(amounts * sign),
                    "cost": money(COSTS[picks] * units),
                }
            )

    def commissions(self) -> Frames:
        """The bonuses, earned on the month's last day and paid ten days later."""
        for month, (people, cents, kinds, orders) in self.ledger.bonuses.items():
            earned = np.full(len(people), STARTS[month + 1] - 1)
            yield pl.DataFrame(
                {
                    "distributor_id": self._company.person_ids.column(people),
                    "paid_on": dates(earned + 10),
                    "amount": money(cents),
                    "earned_on": dates(earned),
                    "kind": words(kinds, BONUSES),
                    "order_id": self._company.order_ids.column(orders),
                }
            )

    def ranks(self) -> Frames:
        """Every change of a paid-as rank and every new title."""
        for month, (people, rank, kinds) in self.ledger.ranks.items():
            yield pl.DataFrame(
                {
                    "distributor_id": self._company.person_ids.column(people),
                    "rank": words(rank, LADDER),
                    "effective_on": dates(np.full(len(people), STARTS[month])),
                    "kind": words(kinds, ("paid_as", "title")),
                }
            )


def products() -> Frames:
    """What is sold."""
    yield pl.DataFrame(
        {
            "product_id": _PRODUCT_IDS.column(np.arange(NOTHING)),
            "name": PRODUCT_NAMES,
            "category": PRODUCT_CATEGORIES,
        }
    )


def _forget_some_sellers(batch: Batch, people: int) -> None:
    """A dozen sales to customers name three sellers that no other export knows, as real exports do."""
    rows = np.flatnonzero((batch.customer >= 0) & (batch.kind == SALE))
    rows = rows[:: max(1, len(rows) // _UNKNOWN_SELLERS)][:_UNKNOWN_SELLERS]
    batch.seller[rows] = people + np.arange(len(rows)) % 3


def _order_columns(company: Company, month: int, numbers: Array, batch: Batch) -> pl.DataFrame:
    volume = batch.volume
    social = (batch.channel == SOCIAL) | (batch.channel == INSTAGRAM)
    place = _places(company, batch)
    return pl.DataFrame(
        {
            "order_id": company.order_ids.column(numbers),
            "ordered_on": dates(batch.day),
            "amount": money(batch.amount),
            "distributor_id": company.person_ids.column(batch.seller),
            "customer_id": company.customer_ids.column(batch.customer),
            "volume": money(volume),
            "commissionable_volume": money(volume * 9 // 10),
            "currency": pl.repeat("USD", len(batch), eager=True),
            "status": words(batch.status, STATUSES),
            "kind": words(batch.kind, KINDS),
            "is_autoship": pl.Series(batch.autoship),
            "original_order_id": company.order_ids.column(batch.original),
            "channel": words(batch.channel, CHANNELS),
            "campaign": words(social & (numbers % 3 > 0), (None, campaign(month))),
            "country": words(place, (*PLACE_MARKETS, None)),
            "region": words(place, (*PLACE_REGIONS, None)),
        }
    )


def _places(company: Company, batch: Batch) -> Array:
    """Where the buyer lives; nowhere known if it is nobody."""
    nowhere = np.uint8(len(PLACE_MARKETS))
    people = np.where(batch.seller < len(company.roster), batch.seller, -1)
    own = np.where(people >= 0, company.roster.place[people], nowhere)
    return np.where(batch.customer >= 0, company.book.place[batch.customer], own)
