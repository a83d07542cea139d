"""Nasty little companies: seeded, tiny, and full of what real exports get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from oracle.making import (
    LAST,
    Draft,
    Tables,
    add_boundary_sales,
    add_customers,
    add_first_sales,
    add_money_and_events,
    add_orders,
    add_people,
    add_ranks,
    add_rejoins,
    add_returns,
    commission_calendar,
)
from oracle.making_business import BUSINESS_ABSENT, BUSINESS_EXTRA, add_business, drop_kits
from oracle.making_field import FIELD_ABSENT, FIELD_CHANGED, add_field

ABSENT = {
    "no_enrollments": ("enrollments", None),
    "no_distributors": ("distributors", None),
    "no_customers": ("customers", None),
    "no_orders": ("orders", None),
    "no_ranks": ("ranks", None),
    "no_commissions": ("commissions", None),
    "no_events": ("events", None),
    "no_attendance": ("attendance", None),
    "no_seller": ("orders", "distributor_id"),
    "no_customer_id": ("orders", "customer_id"),
    "no_volume": ("orders", "volume"),
    "no_commissionable_volume": ("orders", "commissionable_volume"),
    "no_kind": ("orders", "kind"),
    "no_status": ("orders", "status"),
    "no_channel": ("orders", "channel"),
    "no_original": ("orders", "original_order_id"),
    "no_enroller": ("distributors", "enroller_id"),
    "no_sponsor": ("distributors", "sponsor_id"),
    "no_terminated_on": ("distributors", "terminated_on"),
    "no_distributor_status": ("distributors", "status"),
    "no_birth_date": ("distributors", "birth_date"),
    "no_market": ("distributors", "market"),
    "no_attended": ("attendance", "attended"),
    "no_earned_on": ("commissions", "earned_on"),
}
EXTRA = ("duplicate_orders", "lone_late_order", "late_data_start")
FIRST = (*ABSENT, *EXTRA)
LATER = (*FIELD_ABSENT, *BUSINESS_ABSENT, *BUSINESS_EXTRA, *FIELD_CHANGED)
FEATURES = (*FIRST, *LATER)

@dataclass
class Company:
    """An export in rows, and the as-of date to pass (none: the default)."""

    seed: int
    tables: Tables
    as_of: date | None = None
    features: tuple[str, ...] = ()


def company(
    seed: int, *, size: str = "small", features: Sequence[str] | None = None, as_of: date | None = None
) -> Company:
    """A company of 8–25 distributors over about 26 months (`tiny`: half of it); features are drawn from the seed."""
    random = Random(seed)
    if features is None:
        features = [name for name in FIRST if random.random() < (0.25 if name == "duplicate_orders" else 0.04)]
        later = Random(f"features {seed}")
        features += [name for name in LATER if later.random() < 0.04]
    orders_from = date(2026, 1, 1) if "late_data_start" in features else date(2024, 9, random.choice((1, 9, 17)))
    draft = Draft(random, orders_from, size)
    add_people(draft)
    add_rejoins(draft)
    add_customers(draft)
    add_orders(draft)
    add_returns(draft)
    add_boundary_sales(draft)
    add_first_sales(draft)
    add_ranks(draft)
    add_money_and_events(draft)
    tables = draft.tables
    if "duplicate_orders" in features:
        tables["orders"] += [dict(row) for row in random.sample(tables["orders"], 5)]
    if "lone_late_order" in features:
        tables["orders"].append({**tables["orders"][0], "order_id": "o-late", "ordered_on": date(2027, 3, 1)})
    for rows in tables.values():
        random.shuffle(rows)
    add_field(Draft(Random(f"field {seed}"), draft.start, size, tables, draft.people, draft.buyers))
    business = Draft(Random(f"business {seed}"), draft.start, size, tables, draft.people, draft.buyers)
    add_business(business)
    if "no_kits" in features:
        drop_kits(business)
    for name, change in FIELD_CHANGED.items():
        if name in features:
            change(tables)
    for name, (table, column) in {**ABSENT, **FIELD_ABSENT, **BUSINESS_ABSENT}.items():
        if name in features:
            _drop(tables, table, column)
    tables["periods"] = commission_calendar()
    if "no_orders" in features:
        as_of = as_of or LAST
    return Company(seed, tables, as_of, tuple(features))


def _drop(tables: Tables, table: str, column: str | None) -> None:
    if column is None:
        tables.pop(table, None)
        return
    for row in tables.get(table, ()):
        row.pop(column, None)
