"""Money that comes to more than a sum holds: refused with its table and column, never a wrapped sum."""

from __future__ import annotations

from typing import Any

import pytest

import mlmkpi
from equal.compare import Case, frames, settings_of
from kpis.orders import Rows, day, figure, figures, table
from mlmkpi.errors import DataError

LARGE = 99_999_999_999_999
"""The most that a cell holds. A sum holds nine times that, and not ten times: up to 922,337,203,685,477.5807."""
PEOPLE = table("distributor_id enrolled_on market", ("A", "2025-01-01", "US"))
ORDERS = table(
    "order_id ordered_on amount distributor_id kind", ("0", "2025-01-01", 1, "A", "sale"),
    ("1", "10-05", 1, "A", "sale"),
)


def company(name: str, header: str, row: tuple[Any, ...], rows: int) -> dict[str, Rows]:
    """One distributor and two orders, with a table of equal rows."""
    empty = {"costs": table("market booked_on amount", ("US", "10-05", 0)),
             "commissions": table("distributor_id paid_on amount", ("A", "10-05", 1)),
             "order_lines": table("order_id product_id quantity amount cost", ("0", "P", 1, 1, 0))}
    return {"distributors": PEOPLE, "orders": ORDERS, **empty, name: table(header, *[row] * rows)}


def compute(kpi: str, tables: dict[str, Rows], engine: Any = "polars") -> Any:
    """The KPI of October 2026."""
    asked: dict[str, Any] = {"kpis": [kpi], "as_of": day("10-31"), "count": 1}
    whole = frames(tables)
    exports = whole if engine == "polars" else {name: engine.createDataFrame(f.to_arrow()) for name, f in whole.items()}
    return mlmkpi.compute(exports, **asked, settings=settings_of(Case({}, ())), engine=engine)


LINE, EARNED = "order_id product_id quantity amount cost", "distributor_id paid_on amount"
NINE = 9 * LARGE
SUMMED = [
    ("best_sellers", "order_lines.amount", LINE, ("1", "P", 1, LARGE, 0), NINE),
    ("best_sellers", "order_lines.quantity", LINE, ("1", "P", LARGE, 1, 0), 9),
    ("market_contribution", "order_lines.cost", LINE, ("1", "P", 1, 1, LARGE), 1 - NINE - 1),
    ("market_contribution", "costs.amount", "market booked_on amount", ("US", "10-05", LARGE), 1 - 1 - NINE),
    ("payout_ratio", "commissions.amount", EARNED, ("A", "10-05", -LARGE), -NINE),
    ("reinvestment_rate", "expenses.amount", "distributor_id spent_on amount", ("A", "10-05", LARGE), NINE),
    ("kit_revenue_share", "enrollments.kit_amount", "distributor_id enrolled_on kit_amount", ("A", "10-05", LARGE),
     NINE / (1 + NINE)),
    ("net_promoter_score", "surveys.weight", "answered_on score weight", ("10-05", 9, LARGE), 100),
    ("goal_attainment", "goals.goal", "distributor_id kpi goal starts_on ends_on",
     ("A", "sales_volume", LARGE, "10-01", "10-31"), 9 / NINE),
]
"""A KPI, a column that it sums, rows of its table, and what it comes to with nine of them."""


@pytest.mark.parametrize(("kpi", "column", "header", "row", "of_nine"), SUMMED)
def test_it_is_refused_and_what_a_sum_holds_is_not(
    kpi: str, column: str, header: str, row: tuple[Any, ...], of_nine: float
) -> None:
    name = column.partition(".")[0]
    with pytest.raises(DataError, match=f"{column} comes to more than can be summed") as told:
        compute(kpi, company(name, header, row, 10))
    assert ("got", "about 1,000 trillion in all") in told.value.details
    found = compute(kpi, company(name, header, row, 9)).frame
    assert found.filter(kpi=kpi, statistic="value")["value"].to_list() == [of_nine]


ORDER, SPENT = "order_id ordered_on amount distributor_id kind", "distributor_id spent_on amount"


def orders(rows: int) -> Rows:
    """The orders, and so many more of the most that a cell holds."""
    more = table(ORDER, *((f"L{at}", "10-06", LARGE, "A", "sale") for at in range(rows)))
    return [*ORDERS, *more]


def added(rows: int) -> list[tuple[str, str, str, dict[str, Rows], float]]:
    """A KPI, statistic, what it adds to each other, the tables with so many rows and five, and what it comes to."""
    five = company("costs", "market booked_on amount", ("US", "10-05", LARGE), 5)
    costs = {**five, "commissions": table(EARNED, *[("A", "10-05", LARGE)] * rows)}
    goods = {**five, "order_lines": table(LINE, *[("1", "P", 1, 1, LARGE)] * rows), "orders": orders(0)}
    kits = company("enrollments", "distributor_id enrolled_on kit_amount", ("A", "10-05", LARGE), 5)
    spent = company("expenses", SPENT, ("A", "10-05", LARGE), 5)
    lines = company("order_lines", LINE, ("1", "P", 1, LARGE, 0), 5)
    lines["products"] = table("product_id category", ("P", "C"))
    every = "orders.amount, order_lines.cost, commissions.amount and costs.amount"
    return [
        ("market_contribution", "value", every, costs, 1 - (5 + rows) * LARGE),
        ("market_contribution", "value", every, goods, 1 - 1 - (5 + rows) * LARGE),
        ("kit_revenue_share", "value", "orders.amount and enrollments.kit_amount", {**kits, "orders": orders(rows)},
         5 * LARGE / ((5 + rows) * LARGE + 1)),
        ("income_distribution", "net", "commissions.amount and expenses.amount",
         {**spent, "commissions": table(EARNED, *[("A", "10-05", -LARGE)] * rows)}, -(5 + rows) * LARGE),
        ("product_mix_share", "value", "orders.amount and order_lines.amount", {**lines, "orders": orders(rows)},
         5 * LARGE / (rows * LARGE + 1)),
    ]


@pytest.mark.parametrize("at", range(5))
def test_columns_that_are_added_to_each_other_are_held_together(at: int) -> None:
    """Five rows of each are a thousand trillion, and nine in all are not more than a sum holds."""
    kpi, _, columns, tables, _ = added(5)[at]
    with pytest.raises(DataError, match=f"{columns} come to more than can be summed together") as told:
        compute(kpi, tables)
    assert ("got", "about 1,000 trillion in all") in told.value.details
    kpi, statistic, _, tables, expected = added(4)[at]
    found = compute(kpi, tables).frame.filter(kpi=kpi, statistic=statistic)
    assert expected in found["value"].to_list()


def test_a_goal_times_its_days_is_not_more_than_a_sum_holds() -> None:
    """On the last of 31 days a goal of 30 trillion comes to 930 trillion a day together; one of 29 to 899."""
    def running(goal: int) -> dict[str, Rows]:
        row = ("A", "sales_volume", goal, "10-01", "10-31")
        return company("goals", "distributor_id kpi goal starts_on ends_on", row, 1)

    with pytest.raises(DataError, match=r"goals\.goal comes to more than can be summed"):
        compute("goal_pace", running(30_000_000_000_000))
    asked = {"column": "denominator", "as_of": "2026-10-31"}
    assert figures(running(29_000_000_000_000), "goal_pace", "2026-10", **asked) == {"sales_volume": 29_000_000_000_000}


def test_the_mean_of_team_volumes_that_no_sum_holds_is_null_and_says_so() -> None:
    """Thirty people in a line, the last of whom sold 90 trillion: 29 leaders' teams come to 2,610 trillion."""
    line = [f"P{at:02}" for at in range(30)]
    people = table("distributor_id enrolled_on sponsor_id", *(
        (one, "2025-01-01", above) for one, above in zip(line, [None, *line[:-1]], strict=True)
    ))
    orders = table(
        "order_id ordered_on amount distributor_id", ("0", "2025-01-01", 1, "P00"),
        ("1", "10-05", 90_000_000_000_000, line[-1]),
    )
    whole = {"distributors": people, "orders": orders}
    assert figure(whole, "team_sales_volume", "2026-10") is None
    said = figure(whole, "team_sales_volume", "2026-10", column="note")
    assert said == "team volumes come to more than can be summed: each counts once for everybody above it"
    short = {"distributors": people[:10], "orders": [orders[0], {**orders[1], "distributor_id": "P09"}]}
    assert figure(short, "team_sales_volume", "2026-10", column="numerator") == 9 * 90_000_000_000_000
