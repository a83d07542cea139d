"""Who is counted behind the money of a small cell: those whose age or gender the split tells."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.orders import day, figures, table
from mlmkpi.errors import UsageError

SELLERS = table(
    "distributor_id enrolled_on gender", ("A", "2025-01-01", "f"), ("B", "2025-01-01", "m"), ("C", "2025-01-01", "m"),
)
CUSTOMERS = table(
    "customer_id country gender", *((f"K{number}", "US", "x" if number < 4 else "y") for number in range(8)),
)
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id", ("0", "01-01", 1, "A", "K0"),
    *((str(number + 1), "10-05", 10, "A" if number < 4 else "BC"[number % 2], f"K{number}") for number in range(8)),
)
TABLES = {"distributors": SELLERS, "customers": CUSTOMERS, "orders": ORDERS}


def shown(kpi: str, *by: str) -> dict[Any, Any]:
    return figures(TABLES, kpi, "2026-10", by=by, min_cell=2)


def test_of_sellers_the_sellers_though_customers_are_split_by_where_they_live() -> None:
    assert shown("sales_volume", "gender", "customer.country") == {("f", "US"): None, ("m", "US"): None}
    assert shown("sales_volume", "gender") == {"f": None, "m": None}


def test_of_customers_the_customers_though_one_sells_to_all_of_them() -> None:
    assert shown("sales_volume", "customer.gender") == {"x": 40, "y": 40}
    assert shown("retail_sales_share", "customer.gender") == {"x": 1, "y": 1}


def test_of_both_the_sellers() -> None:
    found = shown("sales_volume", "gender", "customer.gender")
    assert found == {("f", "x"): None, ("m", "y"): None}


def test_behind_an_average_order_stand_its_sellers_always() -> None:
    assert shown("average_order_value", "customer.gender") == {"x": None, "y": None}


def test_a_day_or_year_of_birth_tells_more_than_an_age_band() -> None:
    """Two sellers were born on one day of 1980, one in 1990; one customer in 1970, seven in 1971."""
    born = ("1990-03-01", "1980-05-02", "1980-05-02", "1980-05-02")
    sellers = [{**one, "birth_date": day(on)} for one, on in zip(SELLERS, born, strict=False)]
    customers = [{**one, "birth_year": 1970 if one["customer_id"] == "K0" else 1971} for one in CUSTOMERS]
    tables = {**TABLES, "distributors": sellers, "customers": customers}
    ask: dict[str, Any] = {"period": "2026-10", "min_cell": 2}
    with pytest.raises(UsageError, match=r"list the days on which people were born\n.*\n  fix  split by age_band;"):
        figures(tables, "sales_volume", by=("birth_date",), **ask)
    with pytest.raises(UsageError, match=r"\n  fix  split by customer\.age_band"):
        figures(tables, "sales_volume", by=("customer.birth_date",), **ask)
    assert figures(tables, "sales_volume", by=("customer.birth_year",), **ask) == {"1970": None, "1971": None}
    ask["min_cell"] = 1
    assert figures(tables, "sales_volume", by=("birth_date",), **ask) == {"1980-05-02": 40, "1990-03-01": 40}
    assert figures(tables, "sales_volume", by=("customer.birth_year",), **ask) == {"1970": 10, "1971": 70}


@pytest.mark.parametrize("more", [{}, {"region": "N"}])
def test_an_index_that_would_tell_a_hidden_earlier_cell_is_hidden_too(more: dict[str, str]) -> None:
    """In September one woman bought for 40, in October two for 60: 60 ÷ (60 ÷ 40) tells what is hidden."""
    orders = table(
        "order_id ordered_on amount distributor_id customer_id", ("0", "08-01", 1, "A", "K9"),
        ("1", "09-05", 40, "A", "K0"), *((f"s{n}", "09-05", 20, "A", f"K{n}") for n in (4, 5, 6)),
        *((f"t{n}", "10-05", 30, "A", f"K{n}") for n in (0, 1, 4, 5, 6)),
        *((f"u{n}", "11-05", 30, "A", f"K{n}") for n in (0, 1, 4, 5, 6)),
    )
    tables = {"distributors": SELLERS, "customers": [{**one, **more} for one in CUSTOMERS], "orders": orders}

    def told(period: str, statistic: str, column: str = "value") -> dict[Any, Any]:
        kpi = "demographic_sales_trend"
        found = figures(tables, kpi, period, statistic=statistic, min_cell=2, column=column)
        return {gender: found[gender] for gender in ("x", "y")}

    assert told("2026-09", "value") == {"x": None, "y": None}
    assert told("2026-10", "value") == {"x": 60, "y": 90}
    assert told("2026-10", "index") == told("2026-10", "index", "numerator") == {"x": None, "y": None}
    assert told("2026-11", "value") == {"x": 60, "y": 90}
    assert told("2026-11", "index") == {"x": 100, "y": 100}
    assert told("2026-11", "index", "previous") == {"x": None, "y": None}


def test_behind_a_share_stand_the_people_of_its_whole() -> None:
    """Of six women one lives in Germany, which is told, as six stand behind that share."""
    who = [("f", "DE"), *[("f", "US")] * 5, *[("m", "US")] * 5]
    customers = table("customer_id gender country", *((f"K{at}", *one) for at, one in enumerate(who)))
    orders = table(
        "order_id ordered_on amount distributor_id customer_id",
        *((str(at), "10-05", 10, "D1", f"K{at}") for at in range(len(who))),
    )
    tables = {"distributors": table("distributor_id enrolled_on", ("D1", "01-01")), "orders": orders}
    shares = figures(
        {**tables, "customers": customers}, "customer_geographic_distribution", "2026-10", by=("customer.gender",)
    )
    assert shares == {("f", "DE"): 1 / 6, ("f", "US"): 5 / 6, ("m", "US"): 1}
