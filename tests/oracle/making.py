"""The makers of a nasty little company: each adds rows to a draft, and what real exports get wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Tables = dict[str, list[dict[str, Any]]]

LAST = date(2026, 10, 31)
MARKETS = ("US", "DE", "MX", None)
REGIONS = ("north", "south", None)
GENDERS = ("f", "m", "f", None)
CHANNELS = ("Instagram", "tiktok", "web", "party", "FACEBOOK", "social", None)
COUNTING = ("paid", "shipped", "paid", "Delivered")
NOT_COUNTING = ("cancelled", "pending", "void")
RANKS = ("1", "2", "3", "4")


@dataclass
class Draft:
    """A company while it is being made."""

    random: Random
    start: date
    size: str
    tables: Tables = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    buyers: list[str] = field(default_factory=list)

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def money(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)) / 100


def add_people(draft: Draft) -> None:
    """Distributors: founders from before the data, newcomers, leavers, some unknown to one of the two tables."""
    random = draft.random
    count = random.randint(8, 25) if draft.size == "small" else random.randint(8, 12)
    rows, enrollments = [], []
    for number in range(count):
        who = f"D{number:03d}"
        founder = draft.chance(0.3)
        since = draft.start if draft.chance(0.4) else date(2026, 2, 1)
        joined = draft.day(draft.start - timedelta(days=300), draft.start) if founder else draft.day(since, LAST)
        enroller = random.choice([*draft.people, None, "D998"]) if draft.people else None
        sponsor = enroller if draft.chance(0.6) else random.choice([*draft.people, None])
        left = _leaving_day(draft, joined)
        rows.append(
            {
                "distributor_id": who, "enrolled_on": joined, "sponsor_id": sponsor, "enroller_id": enroller,
                "terminated_on": left,
                "status": "terminated" if left is not None or draft.chance(0.08) else random.choice(("active", None)),
                "birth_date": date(random.randint(1950, 2008), random.randint(1, 12), random.randint(1, 28))
                if draft.chance(0.85) else None,
                "gender": random.choice(GENDERS), "market": random.choice(MARKETS), "region": random.choice(REGIONS),
            }
        )
        if draft.chance(0.8):
            moved = timedelta(days=random.choice((0, 0, 0, 0, -20, 15)))
            other = enroller if draft.chance(0.7) else random.choice([*draft.people, None])
            enrollments.append(_enrollment(draft, who, joined + moved, other))
            if draft.chance(0.1):
                enrollments.append(_enrollment(draft, who, joined + moved, random.choice([*draft.people, None])))
        draft.people.append(who)
    rows.append({**rows[0], "distributor_id": "D900", "enrolled_on": LAST + timedelta(days=40), "terminated_on": None})
    enrollments.append(_enrollment(draft, "E001", draft.day(draft.start, LAST), random.choice(draft.people)))
    draft.people.append("E001")
    draft.tables |= {"distributors": rows, "enrollments": enrollments}


def _leaving_day(draft: Draft, joined: date) -> date | None:
    """Never, the same day, a day before joining (a mistake), soon, or some day; perhaps after the data end."""
    choice = draft.random.random()
    if choice < 0.55:
        return None
    if choice < 0.62:
        return joined
    if choice < 0.64:
        return joined - timedelta(days=1)
    if choice < 0.75:
        return joined + timedelta(days=draft.random.randint(1, 25))
    return joined + timedelta(days=draft.random.randint(20, 700))


def _enrollment(draft: Draft, who: str, day: date, enroller: str | None, kind: str | None = "new") -> dict[str, Any]:
    return {
        "distributor_id": who, "enrolled_on": day, "enroller_id": enroller, "sponsor_id": enroller,
        "kind": draft.random.choice(("new", "upgrade", "new")) if kind == "new" else kind,
    }


def add_rejoins(draft: Draft) -> None:
    """Some come back: on the day they left, soon after, or long after; one comes back without having left."""
    for row in draft.tables["distributors"]:
        left = row["terminated_on"]
        if left is not None and draft.chance(0.45):
            day = left + timedelta(days=draft.random.choice((0, 1, 30, 120, 200)))
            draft.tables["enrollments"].append(_enrollment(draft, row["distributor_id"], day, None, "rejoin"))
    stayer = draft.random.choice(draft.people)
    draft.tables["enrollments"].append(_enrollment(draft, stayer, draft.day(draft.start, LAST), None, "rejoin"))


def add_customers(draft: Draft) -> None:
    """Customers, most with a row, some with a birth date; two distributors are customers too."""
    random = draft.random
    draft.buyers = [f"C{number:03d}" for number in range(random.randint(8, 30))] + random.sample(draft.people, 2)
    draft.tables["customers"] = [
        {
            "customer_id": who, "distributor_id": random.choice(draft.people),
            "joined_on": draft.day(draft.start, LAST), "gender": random.choice(GENDERS),
            "country": random.choice(("US", "MX", None)),
            "birth_date": date(random.randint(1950, 2008), 2, random.randint(1, 28)) if draft.chance(0.7) else None,
        }
        for who in draft.buyers
        if draft.chance(0.85)
    ]


def _order(draft: Draft, day: date, seller: str | None, customer: str | None, amount: Decimal) -> dict[str, Any]:
    random = draft.random
    orders = draft.tables.setdefault("orders", [])
    row = {
        "order_id": f"o{len(orders):04d}", "ordered_on": day, "amount": amount, "distributor_id": seller,
        "customer_id": customer,
        "volume": None if draft.chance(0.08) else (abs(amount) * 3 / 4).quantize(Decimal("0.0001")),
        "commissionable_volume": None if draft.chance(0.1) else (abs(amount) / 2).quantize(Decimal("0.01")),
        "status": random.choice(NOT_COUNTING) if draft.chance(0.1) else random.choice(COUNTING),
        "kind": random.choice(("sale", "sale", None)), "original_order_id": None, "channel": random.choice(CHANNELS),
        "country": random.choice(("US", "MX", None)),
    }
    orders.append(row)
    return row


def add_orders(draft: Draft) -> None:
    """Orders over all the months: customers', own, house, of unknown sellers, kits, replacements, zeros, negatives."""
    random = draft.random
    count = random.randint(60, 250) if draft.size == "small" else random.randint(50, 90)
    regulars = random.sample(draft.people, max(3, len(draft.people) // 2))
    for _ in range(count):
        seller: str | None = random.choice(regulars if draft.chance(0.7) else draft.people)
        customer = None if draft.chance(0.3) else random.choice(draft.buyers)
        where = random.random()
        if where < 0.08:
            seller = None
        elif where < 0.11:
            seller = random.choice(("D999", "X1"))
        elif where < 0.14:
            customer = seller if draft.chance(0.5) else random.choice(draft.people)
        row = _order(draft, draft.day(draft.start, LAST), seller, customer, draft.money(5, 300))
        what = random.random()
        if what < 0.06:
            row["kind"] = random.choice(("kit", "replacement"))
        elif what < 0.09:
            row["amount"] = Decimal(0)
        elif what < 0.12:
            row["amount"], row["kind"] = -row["amount"], random.choice((None, None, "sale", "kit"))
    _order(draft, LAST, draft.people[0], draft.buyers[0], draft.money(5, 300))
    _order(draft, LAST - timedelta(days=10), draft.people[1], draft.buyers[1], draft.money(5, 300))


def add_returns(draft: Draft) -> None:
    """Returns of orders of every sort, of an unknown order, and of none that is named; signs both ways."""
    random = draft.random
    for original in random.sample(draft.tables["orders"], 10):
        day = min(original["ordered_on"] + timedelta(days=random.choice((0, 3, 20, 100))), LAST)
        amount = abs(original["amount"]) / random.choice((1, 2, 4))
        seller = original["distributor_id"] if draft.chance(0.8) else random.choice(draft.people)
        customer = original["customer_id"] if draft.chance(0.7) else random.choice([*draft.buyers, None])
        row = _order(draft, day, seller, customer, amount.quantize(Decimal("0.01")))
        row["kind"] = "return"
        if draft.chance(0.4):
            row["amount"] = -row["amount"]
            row["kind"] = random.choice(("return", None))
        row["original_order_id"] = random.choice((original["order_id"],) * 4 + ("o9999", None))


def add_boundary_sales(draft: Draft) -> None:
    """Sales on the data-start day, exactly at both sides of a lapse boundary, and before and after somebody's time."""
    random = draft.random
    _order(draft, draft.start, random.choice(draft.people), random.choice(draft.buyers), draft.money(5, 300))
    for boundary in (date(2026, 3, 31), date(2026, 9, 30)):
        for back in (88, 89, 90):
            seller, buyer = random.choice(draft.people), random.choice(draft.buyers)
            day = max(boundary - timedelta(days=back), draft.start)
            _order(draft, day, seller, buyer, draft.money(5, 300))
    for row in random.sample(draft.tables["distributors"], 4):
        joined, left = row["enrolled_on"], row["terminated_on"]
        day = joined - timedelta(days=5) if left is None or draft.chance(0.5) else left + timedelta(days=5)
        if draft.start <= day <= LAST:
            _order(draft, day, row["distributor_id"], random.choice([*draft.buyers, None]), draft.money(5, 300))
        if draft.start <= joined <= LAST:
            _order(draft, joined, row["distributor_id"], random.choice(draft.buyers), draft.money(5, 300))


def add_first_sales(draft: Draft) -> None:
    """Half of the people sell to a customer soon after they join, some on the day."""
    for row in draft.tables["distributors"]:
        day = row["enrolled_on"] + timedelta(days=draft.random.choice((0, 3, 20, 30, 45, 60, 90)))
        if draft.start <= day <= LAST and draft.chance(0.5):
            _order(draft, day, row["distributor_id"], draft.random.choice(draft.buyers), draft.money(5, 300))


def commission_calendar() -> list[dict[str, Any]]:
    """A commission calendar of four-week periods, with a week between two years' calendars in none of them."""
    rows = []
    first = date(2023, 9, 4)
    for number in range(43):
        year, place = divmod(number, 13)
        day = first + timedelta(days=28 * number + 7 * year)
        label = f"{2023 + year}-P{place + 1:02d}"
        rows.append({"period": label, "starts_on": day, "ends_on": day + timedelta(days=27)})
    return rows


def add_ranks(draft: Draft) -> None:
    """Paid-as ranks and titles, several of one day among them."""
    random = draft.random
    rows = draft.tables["ranks"] = []
    for who in random.sample(draft.people, len(draft.people) // 2):
        for _ in range(random.randint(1, 4)):
            day = draft.day(draft.start, LAST)
            kind = random.choice(("paid_as", "paid_as", None, "title"))
            rows.append({"distributor_id": who, "rank": random.choice(RANKS), "effective_on": day, "kind": kind})
            if draft.chance(0.25):
                rows.append({"distributor_id": who, "rank": random.choice(RANKS), "effective_on": day, "kind": kind})


def add_money_and_events(draft: Draft) -> None:
    """Commissions, some clawed back; events and who came, ten a year."""
    random = draft.random
    draft.tables["commissions"] = []
    draft.tables["events"] = []
    draft.tables["attendance"] = []
    for _ in range(60):
        paid = draft.day(draft.start, LAST + timedelta(days=20))
        row = {
            "distributor_id": random.choice([*draft.people, "D999"]), "paid_on": paid, "amount": draft.money(-20, 80),
            "earned_on": None if draft.chance(0.3) else paid - timedelta(days=random.randint(0, 40)),
        }
        draft.tables["commissions"].append(row)
    for number in range(20):
        held = draft.day(draft.start, LAST + timedelta(days=20))
        draft.tables["events"].append({"event_id": f"v{number}", "held_on": held, "market": random.choice(MARKETS)})
        for who in random.sample(draft.people, 4):
            came = random.choice((True, False, None))
            draft.tables["attendance"].append({"event_id": f"v{number}", "distributor_id": who, "attended": came})
