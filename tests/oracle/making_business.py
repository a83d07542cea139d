"""Makers of what a company's business needs: lines, autoships, markets, money and goals, and their traps."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from oracle.making import CHANNELS, LAST, REGIONS, Draft

BUSINESS_ABSENT: dict[str, tuple[str, str | None]] = {
    "no_order_lines": ("order_lines", None),
    "no_cost": ("order_lines", "cost"),
    "no_products": ("products", None),
    "no_category": ("products", "category"),
    "no_is_autoship": ("orders", "is_autoship"),
    "no_autoship_id": ("orders", "autoship_id"),
    "no_kit_amount": ("enrollments", "kit_amount"),
    "no_joined_on": ("customers", "joined_on"),
    "no_customer_market": ("customers", "market"),
    "no_customer_country": ("customers", "country"),
    "no_customer_region": ("customers", "region"),
    "no_customer_gender": ("customers", "gender"),
    "no_expenses": ("expenses", None),
    "no_costs": ("costs", None),
    "no_markets": ("markets", None),
    "no_goals": ("goals", None),
}
BUSINESS_EXTRA = ("no_kits",)
PRODUCTS = tuple(f"P{number:02d}" for number in range(9))
CATEGORIES = ("care", "food", "home", None)
GOALS = ("sales_volume", "personal_sales_volume", "new_signups")
Line = dict[str, Any]


def add_business(draft: Draft) -> None:
    """Everything of this module, after the orders stand."""
    add_customers_places(draft)
    add_busy_month(draft)
    add_autoships(draft)
    add_edge_returns(draft)
    add_lines(draft)
    add_kit_amounts(draft)
    add_early_income(draft)
    add_spending(draft)
    add_markets(draft)
    add_goals(draft)


def drop_kits(draft: Draft) -> None:
    """Kits become replacements, so that only the enrolments tell what kits cost."""
    for row in draft.tables["orders"]:
        row["kind"] = "replacement" if row["kind"] == "kit" else row["kind"]


def _order(draft: Draft, day: date, seller: str | None, customer: str | None, **more: Any) -> dict[str, Any]:
    orders = draft.tables["orders"]
    amount = draft.money(5, 200)
    row = {
        "order_id": f"b{len(orders):04d}", "ordered_on": day, "amount": amount, "distributor_id": seller,
        "customer_id": customer, "volume": amount / 2, "commissionable_volume": amount / 4, "status": "paid",
        "kind": "sale", "original_order_id": None, "channel": draft.random.choice(CHANNELS), "country": "US", **more,
    }
    orders.append(row)
    return row


def add_customers_places(draft: Draft) -> None:
    """Where customers live, not always known."""
    for row in draft.tables["customers"]:
        row["market"] = draft.random.choice(("US", "DE", "MX", None, None))
        row["region"] = draft.random.choice(REGIONS)


def add_busy_month(draft: Draft) -> None:
    """A seller with eleven customers in one month, ten in the next, nine in a third; paid in each."""
    seller = draft.people[0]
    for month, served in ((7, 11), (8, 10), (9, 9)):
        for number in range(served):
            _order(draft, date(2026, month, 3 + number), seller, f"B{number:02d}")
        _order(draft, date(2026, month, 20), seller, "B00")
        _order(draft, date(2026, month, 21), seller, None)
        draft.tables["commissions"].append(
            {"distributor_id": seller, "paid_on": date(2026, month, 28), "earned_on": None, "amount": Decimal(90)}
        )


def add_autoships(draft: Draft) -> None:
    """Which orders came by themselves, flags and subscriptions at odds; spells that end at both sides of the as-of."""
    for row in draft.tables["orders"]:
        mixed = hash_of(row["order_id"])
        row["is_autoship"] = (True, False, None, False, None)[mixed % 5]
        row["autoship_id"] = f"a{mixed % 7}" if mixed % 3 == 0 else None
    buyers = draft.random.sample(draft.buyers, 5)
    for place, buyer in enumerate([*buyers, None, None]):
        day = draft.day(draft.start, LAST - timedelta(days=100))
        seller = draft.random.choice(draft.people)
        ends = LAST - timedelta(days=(45, 44, 46, 0, 120, 45, 300)[place])
        while day <= ends:
            _order(draft, day, seller, buyer, is_autoship=True, autoship_id=f"s{place}")
            day += timedelta(days=30)
        _order(draft, ends, seller, buyer, is_autoship=True, autoship_id=None)


def hash_of(text: str) -> int:
    """A number that is the same for equal ids, so that exact duplicates stay exact."""
    return sum((place + 3) * ord(letter) for place, letter in enumerate(text))


def add_edge_returns(draft: Draft) -> None:
    """Returns on both edges of the window: the day itself, ninety days and ninety-one days later."""
    for later in (0, 90, 91):
        day = draft.day(date(2026, 1, 1), date(2026, 5, 31))
        seller, buyer = draft.random.choice(draft.people), draft.random.choice(draft.buyers)
        sale = _order(draft, day, seller, buyer, is_autoship=False, autoship_id=None)
        _order(
            draft, day + timedelta(days=later), seller, buyer, kind="return", original_order_id=sale["order_id"],
            amount=sale["amount"], is_autoship=None, autoship_id=None,
        )


def add_lines(draft: Draft) -> None:
    """Lines of most orders, some of which miss the order's amount; lines of no order; products without a row."""
    random = draft.random
    draft.tables["products"] = [
        {"product_id": product, "name": product.lower(), "category": random.choice(CATEGORIES)}
        for product in PRODUCTS[:-1]
    ]
    draft.tables["products"].append(dict(draft.tables["products"][0]))
    lines: list[Line] = []
    for row in {row["order_id"]: row for row in draft.tables["orders"]}.values():
        if draft.chance(0.85):
            lines += _lines_of(draft, row)
    lines += [dict(line) for line in random.sample(lines, 3)]
    lines.append(_line(draft, "o9999", Decimal(50)))
    draft.tables["order_lines"] = lines


def _lines_of(draft: Draft, order: dict[str, Any]) -> list[Line]:
    left: Decimal = abs(order["amount"])
    lines = []
    for _ in range(draft.random.randint(1, 3)):
        part = (left / draft.random.choice((1, 2, 3))).quantize(Decimal("0.01"))
        left -= part
        lines.append(_line(draft, order["order_id"], part))
    if draft.chance(0.5):
        lines[-1]["amount"] += left
    if draft.chance(0.1):
        lines.append(_line(draft, order["order_id"], Decimal(-3)))
    if order["amount"] < 0 or (order["kind"] == "return" and draft.chance(0.5)):
        lines = [{**line, "quantity": -line["quantity"], "amount": -line["amount"]} for line in lines]
    return lines


def _line(draft: Draft, order_id: str, amount: Decimal) -> Line:
    cost = None if draft.chance(0.15) else (abs(amount) / 3).quantize(Decimal("0.01"))
    return {
        "order_id": order_id, "product_id": draft.random.choice(PRODUCTS), "quantity": draft.random.randint(1, 5),
        "amount": amount, "cost": cost,
    }


def add_kit_amounts(draft: Draft) -> None:
    """What people paid for their kit, not always known."""
    for row in draft.tables["enrollments"]:
        row["kit_amount"] = draft.random.choice((Decimal(49), Decimal("99.50"), Decimal(0), None))


def add_early_income(draft: Draft) -> None:
    """First commissions on both edges of thirty days, before enrolling, and of nothing."""
    for row in draft.tables["distributors"]:
        for amount in (Decimal(12), Decimal(0), Decimal(-4)):
            if draft.chance(0.4):
                earned = row["enrolled_on"] + timedelta(days=draft.random.choice((-3, 0, 15, 30, 31)))
                draft.tables["commissions"].append(
                    {
                        "distributor_id": row["distributor_id"], "paid_on": earned + timedelta(days=20),
                        "earned_on": earned, "amount": amount,
                    }
                )


def add_spending(draft: Draft) -> None:
    """What people spent, unknown people too; what markets cost, one that nobody sells in too."""
    random = draft.random
    draft.tables["expenses"] = [
        {
            "distributor_id": random.choice([*draft.people, "D999"]), "amount": draft.money(1, 60),
            "spent_on": draft.day(draft.start, LAST + timedelta(days=20)),
        }
        for _ in range(60)
    ]
    draft.tables["costs"] = [
        {
            "market": random.choice(("US", "DE", "MX", "FR")), "amount": draft.money(-5, 90), "kind": "rent",
            "booked_on": draft.day(draft.start, LAST + timedelta(days=20)),
        }
        for _ in range(40)
    ]


def add_markets(draft: Draft) -> None:
    """Two segments of one market, a market of nobody's, one with nobody in it, one written twice, one left out."""
    rows: list[dict[str, Any]] = [
        {"market": "US", "population": 9_000, "segment": "city"},
        {"market": "US", "population": 500, "segment": "land"},
        {"market": "MX", "population": 0, "segment": "all"}, {"market": "JP", "population": 700, "segment": "all"},
    ]
    if draft.chance(0.5):
        rows.append({"market": "DE", "population": 800, "segment": "all"})
    draft.tables["markets"] = [*rows, dict(rows[0])]


def add_goals(draft: Draft) -> None:
    """Goals of months, quarters and odd stretches, ended, running and to come, of unknown people, and of nothing."""
    random = draft.random
    rows = []
    for _ in range(40):
        starts = draft.day(date(2024, 8, 1), LAST)
        if draft.chance(0.6):
            starts = starts.replace(day=1)
        ends = starts + timedelta(days=random.choice((0, 27, 29, 30, 90, 200)))
        kpi = random.choice(GOALS)
        rows.append(
            {
                "distributor_id": random.choice([*draft.people, "D999"]), "kpi": kpi, "starts_on": starts,
                "goal": Decimal(random.choice((0, 1, 3) if kpi == "new_signups" else (0, 100, 400))), "ends_on": ends,
            }
        )
    people = random.sample(draft.people, 3)
    rows += [
        {"distributor_id": who, "kpi": kpi, "goal": Decimal(2), "starts_on": date(2026, 10, 1), "ends_on": LAST}
        for who, kpi in zip(people, GOALS, strict=True)
    ]
    draft.tables["goals"] = [*rows, dict(rows[0])]
