"""What holds of the business figures on any company: shares that add to 1, growth of figures that are given too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import pytest

from oracle import Row, find, oracle
from oracle.cohorts import cohorts
from oracle.companies import company

SEEDS = (3, 7, 20)
SHARES = {
    "product_mix_share": ("order.category", "value"), "customer_geographic_distribution": ("customer.country", "value"),
}


def of(rows: Sequence[Row], kpi: str, statistic: str = "value") -> dict[str, Row]:
    """A KPI's rows without dimensions, by period."""
    mine = [row for row in rows if (row.kpi, row.statistic) == (kpi, statistic)]
    return {row.period: row for row in mine if not any(row.dims.values())}


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_add_up_to_one_and_categories_to_sales(seed: int) -> None:
    rows = oracle(company(seed, features=()).tables, kpis=[*SHARES, "sales_volume"], count=12)
    for kpi, (dimension, statistic) in SHARES.items():
        totals: dict[str, Fraction] = defaultdict(Fraction)
        for row in rows:
            if (row.kpi, row.statistic) == (kpi, statistic) and dimension in row.dims and row.value is not None:
                totals[row.period] += row.value
        assert set(totals.values()) == {1}
        assert len(totals) == 12
    sales = of(rows, "sales_volume")
    for row in rows:
        if row.kpi == "product_mix_share" and row.statistic == "value":
            assert row.denominator == sales[row.period].value


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("every", ["month", "quarter"])
def test_growth_is_that_of_the_figures_given(seed: int, every: str) -> None:
    kpis = ["yoy_growth", "order_size_trend", "sales_volume", "average_order_value", "payout_ratio",
            "payout_cap_headroom", "gross_revenue_retention", "net_revenue_retention"]
    tables = company(seed, features=()).tables
    rows = oracle(tables, kpis=kpis, every=every, count=13 if every == "month" else 4, compare_year=True)
    seen = 0
    for period, row in of(rows, "sales_volume").items():
        growth, size = of(rows, "yoy_growth")[period], of(rows, "order_size_trend")[period]
        order = of(rows, "average_order_value")[period]
        if growth.value is not None and row.value is not None and row.year_ago is not None:
            seen += 1
            assert growth.value == row.value / row.year_ago - 1
        if size.value is not None and order.value is not None and order.previous is not None:
            assert size.value == order.value / order.previous - 1
        payout, headroom = of(rows, "payout_ratio")[period], of(rows, "payout_cap_headroom")[period]
        if payout.value is not None and headroom.value is not None:
            assert payout.value + headroom.value == Fraction(35, 100)
        net, gross = of(rows, "net_revenue_retention")[period], of(rows, "gross_revenue_retention")[period]
        if net.value is not None and gross.value is not None:
            assert gross.value <= 1
            assert gross.value <= net.value
    assert seen > 2


@pytest.mark.parametrize("seed", SEEDS)
def test_incomes_agree_with_one_another(seed: int) -> None:
    kpis = ["income_distribution", "earnings_gini", "top_1pct_earnings_share", "share_earning_nothing"]
    rows = oracle(company(seed, features=()).tables, kpis=kpis, count=12)
    mean, net = of(rows, "income_distribution"), of(rows, "income_distribution", "net")
    spent, gross = of(rows, "income_distribution", "expenses"), of(rows, "income_distribution", "gross")
    for period, gini in of(rows, "earnings_gini").items():
        people = mean[period].denominator
        assert gini.denominator == people == of(rows, "share_earning_nothing")[period].denominator
        assert net[period].value == (gross[period].value or 0) - (spent[period].value or 0)
        top = of(rows, "top_1pct_earnings_share")[period].value
        if gini.value is not None and top is not None and people:
            assert 0 <= gini.value <= 1 - 1 / people
            assert 1 / people <= top <= 1
        ranked = [row for row in rows if (row.kpi, row.period, row.statistic) == (kpis[0], period, "gross")]
        assert sum(row.value or 0 for row in ranked if row.dims) == gross[period].value


@pytest.mark.parametrize("curve", ["active", "current", "on_books"])
@pytest.mark.parametrize("of_whom", ["distributors", "customers"])
def test_the_triangle_is_whole_and_its_classes_never_shrink(of_whom: str, curve: str) -> None:
    rows = cohorts(company(20, features=()).tables, of=of_whom, curve=curve)
    by_class = defaultdict(list)
    for row in rows:
        by_class[row.cohort].append(row)
        assert row.value is None or 0 <= row.value <= 1
    for cells in by_class.values():
        assert [row.month for row in cells] == list(range(len(cells)))
        assert len({row.size for row in cells}) == 1
    lasts = [(cohort, len(cells)) for cohort, cells in sorted(by_class.items())]
    assert all(int(cohort[:4]) * 12 + int(cohort[5:]) + months == 2026 * 12 + 11 for cohort, months in lasts)
    assert curve != "active" or of_whom != "customers" or all(cells[0].value == 1 for cells in by_class.values())


def test_an_earlier_as_of_date_sees_the_same_closed_months() -> None:
    tables = company(20, features=()).tables
    kpis = ["payout_ratio", "best_sellers", "goal_attainment", "net_revenue_retention", "kit_revenue_share"]
    late = oracle(tables, kpis=kpis, count=4)
    end = max(row["ordered_on"] for row in tables["orders"]).replace(day=1)
    early = oracle(tables, kpis=kpis, count=3, as_of=end)
    closed = [row for row in early if row.complete]
    assert len(closed) > 20
    for row in closed:
        dims = {name: label for name, label in row.dims.items() if label is not None}
        assert find(late, row.kpi, row.period, row.statistic, **dims).value == row.value
