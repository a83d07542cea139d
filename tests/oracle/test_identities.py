"""What holds on any input: rates that add to 1, parts that add to the whole, splits that add to the total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from marks import wide
from oracle import KPIS, Row, find, oracle
from oracle.companies import Company, company
from oracle.strategies import companies

RATES = ("distributor_retention_rate", "churn_rate", "churn_terminated", "churn_lapsed")
SEEDS = (3, 4, 7, 20)
ZERO = Fraction(0)
NOT_ADDITIVE = {
    "distributor_age_distribution",  # each band is a share of the same people
    "territory_coverage",  # no person's attribute can split it
    "market_contribution",  # only a market can split it
    "market_penetration_rate",  # only a market can split it
    "customer_geographic_distribution",  # each country is a share of the same customers
    "team_sales_volume",  # a person's volume counts in every team above them
    "product_mix_share",  # each category is a share of the same sales
    "order_size_trend",  # a change of means
    "seasonality_index",  # a mean of ratios
    "top_1pct_earnings_share",  # each segment has a top of its own
    "income_distribution",  # brings its own ranks beside the total
}

PERHAPS_NONE = {"goal_attainment", "goal_pace", "demographic_sales_trend"}  # only own dimensions: no cell, no row


def total(rows: Sequence[Row], kpi: str, period: str, side: str = "numerator") -> Fraction:
    """The sum of a KPI's numerators (or denominators) of a period over its cells."""
    mine = [row for row in rows if (row.kpi, row.period, row.statistic) == (kpi, period, "value")]
    return sum((getattr(row, side) or ZERO for row in mine if "tenure" not in row.dims), ZERO)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("base", ["current", "active", "on_books"])
@pytest.mark.parametrize("window", ["period", "12m"])
def test_who_stays_and_who_goes_add_up(seed: int, base: str, window: str) -> None:
    parameters = {"retention_base": base, "retention_window": window}
    rows = oracle(company(seed, features=()).tables, kpis=RATES, count=14, definitions=parameters)
    seen = 0
    for period in {row.period for row in rows}:
        stay, go, left, lapsed = (find(rows, kpi, period) for kpi in RATES)
        if stay.value is None or go.value is None or left.value is None or lapsed.value is None:
            continue
        seen += 1
        assert stay.value + go.value == 1
        assert left.value + lapsed.value == go.value
        cells = [row for row in rows if (row.kpi, row.period) == (RATES[0], period) and "tenure" in row.dims]
        assert sum(row.denominator or 0 for row in cells) == stay.denominator
    assert seen > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_and_volumes_add_up(seed: int) -> None:
    tables = company(seed, features=()).tables
    kpis = ["retail_sales_share", "internal_consumption_share", "sales_volume", "personal_sales_volume"]
    whole = oracle(tables, kpis=kpis, count=6, definitions={"volume": "amount"})
    split = oracle(tables, kpis=kpis, count=6, by=["distributor"], definitions={"volume": "amount"})
    for period in {row.period for row in whole}:
        retail, own = (find(whole, kpi, period) for kpi in kpis[:2])
        if retail.value is not None and own.value is not None:
            assert retail.value + own.value == 1
        company_sales = [row for row in split if (row.kpi, row.period) == ("sales_volume", period)]
        house = sum((row.numerator or ZERO for row in company_sales if row.dims["distributor"] == "(unknown)"), ZERO)
        assert total(split, "personal_sales_volume", period) + house == find(whole, "sales_volume", period).value
    assert len({row.dims["distributor"] for row in split}) > 5


@pytest.mark.parametrize(
    "by", [["gender", "region"], ["rank"], *map(wide, (["market"], ["age_band"], ["distributor"]))]
)
def test_segments_add_up_to_the_total_and_where_gives_their_rows(by: list[str]) -> None:
    tables = company(20, features=()).tables
    whole = oracle(tables, kpis=list(KPIS), count=3, min_cell=0)
    split = oracle(tables, kpis=list(KPIS), count=3, by=by, min_cell=0)
    for kpi in KPIS.keys() - NOT_ADDITIVE:
        for period in {row.period for row in whole}:
            assert total(split, kpi, period) == total(whole, kpi, period), (kpi, period)
            assert total(split, kpi, period, "denominator") == total(whole, kpi, period, "denominator"), (kpi, period)
    label = Counter(row.dims[by[0]] or "(unknown)" for row in split).most_common(1)[0][0]
    chosen = oracle(tables, kpis=list(KPIS), count=3, where={by[0]: [label]}, by=by, min_cell=0)
    assert chosen == [row for row in split if row.dims[by[0]] in (label, None)]
    assert len(chosen) > 10


@pytest.mark.parametrize("tried", [5, wide(15)])
def test_every_figure_of_any_company_is_given_or_has_its_reason(tried: int) -> None:
    often = settings(max_examples=tried, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    often(given(companies(size="tiny"))(is_given_or_has_its_reason))()


def is_given_or_has_its_reason(one: Company) -> None:
    rows = oracle(one.tables, kpis=list(KPIS), every="quarter", count=3, as_of=one.as_of, compare_year=True)
    assert KPIS.keys() - {row.kpi for row in rows} <= PERHAPS_NONE
    assert len({row.period for row in rows}) == 3
    for row in rows:
        assert (row.value is None) == (row.null_reason is not None)
        if row.low is not None and row.high is not None and row.value is not None:
            assert row.low <= row.value * (1 + Fraction(1, 10**5)) + Fraction(1, 10**9)
            assert row.value * (1 - Fraction(1, 10**5)) <= row.high


def test_the_companies_are_nasty() -> None:
    drawn = [company(seed) for seed in range(60)]
    assert len({name for one in drawn for name in one.features}) > 15
    assert company(7) == company(7)
    assert company(7).tables != company(8).tables
    orders = [row for one in drawn for row in one.tables.get("orders", ())]
    people = [row for one in drawn for row in one.tables.get("distributors", ())]
    for nasty in (
        [row for row in orders if row["amount"] == 0],
        [row for row in orders if row["amount"] < 0 and row.get("kind", "") is None],
        [row for row in orders if row["amount"] < 0 and row.get("kind") == "sale"],
        [row for row in orders if row.get("distributor_id", "") is None and row.get("customer_id", "") is None],
        [row for row in orders if row.get("distributor_id") == "D999"],
        [row for row in orders if (row.get("customer_id") or "").startswith("D")],
        [row for row in orders if row.get("original_order_id") == "o9999"],
        [row for row in people if row.get("terminated_on") == row["enrolled_on"]],
        [row for row in people if row.get("status") == "terminated" and row.get("terminated_on", "") is None],
        [row for one in drawn for row in one.tables.get("enrollments", ()) if row["kind"] == "rejoin"],
    ):
        assert len(nasty) > 5
