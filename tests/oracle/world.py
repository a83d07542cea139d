"""A company as the definitions see it on the as-of date: classified orders, people, and the states both are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from oracle.calendar import Calendar, Span
from oracle.definitions import Definitions, NullError
from oracle.export import Export, Row
from oracle.orders import Order, read_orders, side
from oracle.roster import Roster


class World:
    """Everything a KPI may ask about a company."""

    def __init__(
        self, export: Export, definitions: Definitions, every: str, as_of: date | None, currency: str | None = None
    ) -> None:
        self.export = export
        self.definitions = definitions
        self.currency = currency
        self.as_of = as_of or export.as_of()
        self.calendar = Calendar(every, self.as_of, export.rows("periods") if every == "period" else ())
        self.data_start = min((row["ordered_on"] for row in export.rows("orders")), default=None)
        latest: dict[str, date] = {}
        for row in export.rows("orders"):
            seller = row.get("distributor_id")
            if seller is not None and row["ordered_on"] <= self.as_of and side(row, definitions) == "sale":
                latest[seller] = max(latest.get(seller, date.min), row["ordered_on"])
        self.roster = Roster(export, self.as_of, latest)
        self.orders = read_orders(export, definitions, self.as_of, self.roster.on_books, self.rate)
        self.sold: dict[str, list[Order]] = defaultdict(list)
        self.bought: dict[str, list[Order]] = defaultdict(list)
        for order in self.orders:
            if order.is_sale and order.seller is not None:
                self.sold[order.seller].append(order)
            if order.is_sale and not order.is_own and order.customer is not None:
                self.bought[order.customer].append(order)
        self._active: dict[Span, frozenset[str]] = {}

    def rate(self, row: Row) -> Fraction:
        """What one unit of the order's currency is worth that day."""
        if row["currency"] == self.currency:
            return Fraction(1)
        known = [rate for rate in self.export.rows("rates") if rate["currency"] == row["currency"]]
        latest = max((rate["valid_from"], rate["rate"]) for rate in known if rate["valid_from"] <= row["ordered_on"])
        return Fraction(latest[1])

    def within(self, span: Span) -> list[Order]:
        """Sales and returns booked in the period."""
        return [order for order in self.orders if span.first <= order.day <= span.closing]

    def need_net(self) -> None:
        """A figure of net sales or volume reads returns, and perhaps where they came from."""
        self.export.need("orders")
        if self.definitions.refunds == "order_date":
            self.export.need("orders", "original_order_id")

    def need_volume(self) -> None:
        """A figure of volume reads the column the settings name."""
        self.need_net()
        if self.definitions.volume == "cv":
            self.export.need("orders", "commissionable_volume")

    def need_enroller(self) -> None:
        """A figure of recruiting reads an enroller or a sponsor."""
        self.export.need_roster()
        tables = ("distributors", "enrollments")
        columns = ("enroller_id", "sponsor_id")
        if not any(self.export.has(table, column) for table in tables for column in columns):
            raise NullError("needs distributors.enroller_id or distributors.sponsor_id")

    def need_history(self, day: date, days: int) -> None:
        """A state at the day looks this many days back, the day included."""
        if self.data_start is None or day - timedelta(days=days - 1) < self.data_start:
            raise NullError(f"needs {days} days of history")

    def is_current(self, who: str, day: date) -> bool:
        """On the books, and enrolled, back or selling within the lapse window."""
        if not self.roster.on_books(who, day):
            return False
        days = [found for found in self.roster.enrolments[who] if found <= day]
        days += [order.day for order in self.sold.get(who, ()) if order.day <= day]
        return (day - max(days)).days < self.definitions.lapse_after_days

    def is_current_customer(self, who: str, day: date) -> bool:
        """Bought within the lapse window."""
        span = self.definitions.customer_lapse_after_days
        return any(0 <= (day - order.day).days < span for order in self.bought.get(who, ()))

    def recruiters(self, first: date, last: date) -> set[str]:
        """Enrollers of the new people of these days."""
        found = {self.roster.enroller[who] for who in self.roster.newcomers(first, last)}
        return {who for who in found if who is not None}

    def sellers(self, first: date, last: date) -> set[str]:
        """People with a sale credited to them in these days."""
        return {who for who, sales in self.sold.items() if any(first <= order.day <= last for order in sales)}

    def active_customers(self, span: Span) -> frozenset[str]:
        """Customers with a sale in the period."""
        return frozenset(
            who for who, sales in self.bought.items() if any(span.first <= order.day <= span.closing for order in sales)
        )

    def latest_seller(self, customer: str, day: date) -> str | None:
        """The seller of a customer's latest sale up to the day; of one day's, the highest id."""
        return max((order.day, order.seller or "") for order in self.bought[customer] if order.day <= day)[1] or None

    def volumes(self, span: Span) -> dict[str, Fraction]:
        """Personal sales volume of everybody with an order in the period."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for order in self.within(span):
            if order.seller is not None:
                found[order.seller] += order.volume
        return found

    def active(self, span: Span) -> frozenset[str]:
        """Active distributors of the period, by the rule in force."""
        if span not in self._active:
            rule = self.definitions.active_rule
            found = self._by_volume(span) if rule.startswith("volume>=") else RULES[rule](self, span)
            self._active[span] = frozenset(found)
        return self._active[span]

    def _by_volume(self, span: Span) -> set[str]:
        """People whose volume of the period reaches the rule's figure."""
        self.need_volume()
        self.export.need("orders", "distributor_id")
        least = Fraction(self.definitions.active_rule.removeprefix("volume>="))
        return {who for who, volume in self.volumes(span).items() if volume >= least}


def _any_order(world: World, span: Span) -> set[str]:
    world.export.need("orders", "distributor_id")
    return world.sellers(span.first, span.closing)


def _own_order(world: World, span: Span) -> set[str]:
    world.export.need("orders", "distributor_id", "customer_id")
    return {order.seller for order in world.within(span) if order.is_sale and order.is_own and order.seller is not None}


def _earned(world: World, span: Span) -> set[str]:
    world.export.need("commissions")
    paid: dict[str, Fraction] = defaultdict(Fraction)
    for row in world.export.rows("commissions"):
        day = row.get("earned_on") or row["paid_on"]
        if span.first <= day <= span.closing:
            paid[row["distributor_id"]] += Fraction(row["amount"])
    return {who for who, amount in paid.items() if amount > 0}


def _any_event(world: World, span: Span) -> set[str]:
    world.export.need("events")
    world.export.need("attendance")
    held = {row["event_id"] for row in world.export.rows("events") if span.first <= row["held_on"] <= span.closing}
    came = [row for row in world.export.rows("attendance") if row.get("attended") is not False]
    return {row["distributor_id"] for row in came if row["event_id"] in held}


def _sale_or_recruit(world: World, span: Span) -> set[str]:
    world.need_enroller()
    return _any_order(world, span) | world.recruiters(span.first, span.closing)


RULES: dict[str, Callable[[World, Span], set[str]]] = {
    "any_order": _any_order,
    "own_order": _own_order,
    "earned": _earned,
    "any_event": _any_event,
    "sale_or_recruit": _sale_or_recruit,
}
