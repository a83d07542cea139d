"""Literal rows for companies small enough to work out by hand, and the one figure of one month of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from oracle import Row, find, oracle

LAST = date(2026, 10, 31)
Tables = dict[str, list[dict[str, Any]]]


def day(month: int, number: int, year: int = 2026) -> date:
    """A day of 2026."""
    return date(year, month, number)


def person(who: str, joined: date = date(2026, 1, 1), **more: Any) -> dict[str, Any]:
    """A distributor who never left."""
    return {"distributor_id": who, "enrolled_on": joined, "terminated_on": None, **more}


def order(number: int, on: date, amount: str, seller: str | None, customer: str | None, **more: Any) -> dict[str, Any]:
    """An order, a sale unless more says otherwise."""
    row = {"order_id": f"o{number}", "ordered_on": on, "amount": Decimal(amount), "distributor_id": seller}
    return {**row, "customer_id": customer, **more}


def line(number: int, product: str, amount: str, quantity: int = 1, cost: str | None = None) -> dict[str, Any]:
    """A line of the order of this number."""
    return {
        "order_id": f"o{number}", "product_id": product, "quantity": quantity, "amount": Decimal(amount),
        "cost": None if cost is None else Decimal(cost),
    }


def income(who: str, on: date, amount: str) -> dict[str, Any]:
    """A commission by its payment day."""
    return {"distributor_id": who, "paid_on": on, "amount": Decimal(amount)}


def figure(kpi: str, tables: Tables, period: str = "2026-10", statistic: str = "value", **more: Any) -> Row:
    """The KPI's one figure of a month without dimensions."""
    return find(oracle(tables, kpis=[kpi], **{"as_of": LAST, "count": 40, **more}), kpi, period, statistic)


def cells(kpi: str, tables: Tables, dimension: str, period: str = "2026-10", statistic: str = "value", **more: Any
          ) -> dict[str | None, Any]:
    """The KPI's values of a month by the labels of one dimension."""
    rows = oracle(tables, kpis=[kpi], **{"as_of": LAST, "count": 40, **more})
    return {
        row.dims[dimension]: row.value
        for row in rows
        if (row.period, row.statistic) == (period, statistic) and dimension in row.dims
    }


def parts(row: Row) -> tuple[object, object]:
    """Numerator and denominator."""
    return row.numerator, row.denominator


def october(kpi: str, tables: Tables, statistic: str = "value", **more: Any) -> Row:
    """The KPI's one figure of October 2026, from a run of that month alone."""
    return figure(kpi, tables, statistic=statistic, **{"count": 1, **more})
