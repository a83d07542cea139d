"""The choices a company makes about its definitions: enums and small values that are parameters of facts and KPIs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from mlmkpi.declaration import SCALE

MOST = 10**18
"""More ten-thousandths than any cell of money can be."""


class Refunds(StrEnum):
    """On which day a return counts: its own, its original order's, or never."""

    REFUND_DATE = "refund_date"
    ORDER_DATE = "order_date"
    IGNORE = "ignore"


class Volume(StrEnum):
    """What volume is: qualifying volume, commissionable volume, or the amount."""

    QV = "qv"
    CV = "cv"
    AMOUNT = "amount"


class Base(StrEnum):
    """Who is in the set that retention starts from."""

    CURRENT = "current"
    ACTIVE = "active"
    ON_BOOKS = "on_books"


class Window(StrEnum):
    """How far back retention's starting boundary lies: at the period's start, or a year before its end."""

    PERIOD = "period"
    YEAR = "12m"


def base_words(whose: str, base: Base, window: Window) -> dict[str, str]:
    """What the sums of retention count, by the measures' names.

    >>> base_words("People", Base.CURRENT, Window.PERIOD)["at_start"]
    'People current on the day before the period'
    >>> base_words("People", Base.ON_BOOKS, Window.YEAR)["at_start"]
    "People on the books a year before the period's end"
    """
    what = base.value.replace("on_books", "on the books")
    year, active = window is Window.YEAR, base is Base.ACTIVE
    before = "in the period before" if active else "on the day before the period"
    if year:
        before = "in the period a year before" if active else "a year before the period's end"
    now = "in the period" if active else "on its last day"
    return {
        "at_start": f"{whose} {what} {before}", "kept": f"Those of them {what} {now} too",
        "lost": f"Those of them no longer {what} {now}", "gained": f"{whose} {what} {now} who were not so before",
    }


class EventBase(StrEnum):
    """To whom an event counts as open: everybody on the books in its market, or whoever was invited."""

    ELIGIBLE = "eligible"
    INVITED = "invited"


class FirstSale(StrEnum):
    """Which sale ends the wait for the first one: a customer's, or any."""

    CUSTOMER = "customer"
    ANY = "any"


class DemographicOf(StrEnum):
    """Whose age, gender and region sales are told by: the buyer's or the seller's."""

    BUYER = "buyer"
    SELLER = "seller"


class ClvMethod(StrEnum):
    """How a customer's lifetime value is told: by models, by the trailing horizon, or by a formula."""

    BGNBD = "bgnbd"
    HISTORIC = "historic"
    FORMULA = "formula"


@dataclass(frozen=True)
class OrderRules:
    """What a figure read from orders depends on; None where it makes no difference to it (it reads sales alone)."""

    valid_status: tuple[str, ...] = ()
    refunds: Refunds | None = None
    volume: Volume | None = None

    def open_choices(self) -> int:
        """How many choices make no difference to it."""
        return (self.refunds is None) + (self.volume is None)

    def needs(self) -> tuple[str, ...]:
        """The columns of the orders that the choices of returns and volume take; the other volumes have a stand-in."""
        tied = ("orders.original_order_id",) if self.refunds is Refunds.ORDER_DATE else ()
        return (*tied, "orders.commissionable_volume") if self.volume is Volume.CV else tied

    def fits(self, other: OrderRules) -> bool:
        """Whether the other's order rows serve this figure as well."""
        same = self.valid_status == other.valid_status and self.refunds in (None, other.refunds)
        return same and self.volume in (None, other.volume)


@dataclass(frozen=True)
class ActiveRule:
    """What makes a distributor active in a period.

    >>> ActiveRule.parse("volume>=100.5")
    ActiveRule(kind='volume', at_least=1005000)
    """

    kind: str = "any_order"
    at_least: int = 0

    KINDS: ClassVar[tuple[str, ...]] = ("any_order", "own_order", "volume>=X", "earned", "any_event", "sale_or_recruit")

    def order_rules(self, valid_status: tuple[str, ...], refunds: Refunds, volume: Volume) -> OrderRules:
        """The rules under which the orders are read to tell who was active."""
        return OrderRules(valid_status, refunds, volume) if self.by_volume else OrderRules(valid_status)

    @property
    def by_volume(self) -> bool:
        """Whether it reads the volume, and with it how returns are booked."""
        return self.kind == "volume"

    @classmethod
    def parse(cls, text: str) -> ActiveRule:
        """The rule a setting names; ValueError for anything else."""
        head, sign, number = text.replace(" ", "").partition(">=")
        if sign and head == "volume":
            return cls("volume", _ten_thousandths(number))
        if not sign and head in cls.KINDS:
            return cls(head)
        raise ValueError(f"active_rule is {text!r}; expected one of {', '.join(cls.KINDS)}")

    def __str__(self) -> str:
        return f"volume>={self.at_least / SCALE:g}" if self.kind == "volume" else self.kind


ANY_ORDER = ActiveRule()
"""The rule where nothing is said: a sale credited to them."""


def _ten_thousandths(number: str) -> int:
    with suppress(ArithmeticError):
        found = Decimal(number) * SCALE
        if found == found.to_integral_value() and abs(found) < MOST:
            return int(found)
    raise ValueError(f"active_rule is volume>={number!r}; expected a number such as volume>=100")
