"""What holds of the field's figures in any company: parts that add up, and nothing told where an export is absent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from oracle import Row, find, oracle
from oracle.companies import company
from oracle.registry import FIELD

SEEDS = (3, 4, 7, 20)
ZERO = Fraction(0)
LEADER = {"leader_rank": "3"}
NEEDS = {
    "activities": {"adoption_rate"},
    "events": {"event_participation_rate", "event_reach"},
    "attendance": {"event_participation_rate", "event_reach"},
    "trainings": {"training_completion_rate"},
    "agreements": {"agreement_on_file_rate"},
    "surveys": {"net_promoter_score"},
    "leads": {"lead_conversion_rate", "prospect_to_customer_rate", "prospect_to_distributor_rate"},
    "posts": {
        "social_engagement_rate", "segment_engagement_rate", "customer_interaction_rate", "content_sharing_rate",
    },
    "clicks": {"affiliate_click_through_rate"},
    "followers": {"follower_growth_rate"},
    "claims": {"claims_violation_rate"},
    "ranks": {"rank_advancement_rate", "rank_maintenance_rate", "leadership_emergence_rate"},
    "territories": {"territory_coverage"},
    "orders": {
        "enrolment_activation_30d", "enrolment_activation_60d", "enrolment_activation_90d", "territory_coverage",
        "leadership_emergence_rate",
    },
    "distributors": {"distributor_age_distribution", "territory_coverage", "leadership_emergence_rate"},
}


def of(rows: Sequence[Row], kpi: str, period: str, statistic: str = "value", dimension: str | None = None) -> list[Row]:
    """A KPI's rows of a period, those alone that bring the dimension."""
    found = [row for row in rows if (row.kpi, row.period, row.statistic) == (kpi, period, statistic)]
    return [row for row in found if dimension is None or dimension in row.dims]


def rank(row: Row, side: str) -> int:
    return int(row.dims[side] or 0)


def above(rows: Sequence[Row]) -> Fraction:
    return sum((row.numerator or ZERO for row in rows), ZERO)


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_of_the_field_add_up(seed: int) -> None:
    rows = oracle(company(seed, features=()).tables, kpis=list(FIELD), count=10, min_cell=0, definitions=LEADER)
    for period in {row.period for row in rows}:
        active = find(rows, "activity_rate", period)
        for dimension in ("age_band", "gender", "region"):
            cells = of(rows, "segment_activity_rate", period, dimension=dimension)
            assert above(cells) == active.numerator
            assert sum(row.denominator or 0 for row in cells) == active.denominator
        ages = of(rows, "distributor_age_distribution", period)
        assert above(ages) == active.denominator == ages[0].denominator
        leads = find(rows, "lead_conversion_rate", period)
        parts = [find(rows, f"prospect_to_{outcome}_rate", period) for outcome in ("customer", "distributor")]
        assert {row.denominator for row in parts} == {leads.denominator}
        assert above(parts) <= (leads.numerator or ZERO)
        engaged = find(rows, "social_engagement_rate", period)
        for dimension in ("age_band", "gender"):
            cells = of(rows, "segment_engagement_rate", period, dimension=dimension)
            assert above(cells) == engaged.numerator
            assert sum(row.denominator or 0 for row in cells) == engaged.denominator
        observed = [find(rows, f"enrolment_activation_{days}d", period).denominator or 0 for days in (30, 60, 90)]
        assert observed == sorted(observed, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_moves_tell_who_climbed_and_who_fell(seed: int) -> None:
    rows = oracle(company(seed, features=()).tables, kpis=["rank_advancement_rate"], count=10)
    seen = ZERO
    for period in {row.period for row in rows}:
        moves = of(rows, "rank_advancement_rate", period, "moves")
        climbed = [row for row in moves if rank(row, "rank_to") > rank(row, "rank_from")]
        fell = [row for row in moves if rank(row, "rank_to") < rank(row, "rank_from")]
        below_the_top = [row for row in moves if row.dims["rank_from"] != "10"]
        assert above(climbed) == find(rows, "rank_advancement_rate", period).numerator
        assert above(below_the_top) == find(rows, "rank_advancement_rate", period).denominator
        assert above(fell) == find(rows, "rank_advancement_rate", period, "demotion").numerator
        seen += above(climbed) + above(fell)
    assert seen > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_without_weights_are_promoters_less_detractors(seed: int) -> None:
    rows = oracle(company(seed, features=("no_weight",)).tables, kpis=["net_promoter_score"], every="quarter", count=8)
    for period in {row.period for row in rows}:
        more, fewer = (find(rows, "net_promoter_score", period, name) for name in ("promoters", "detractors"))
        score = find(rows, "net_promoter_score", period)
        assert score.numerator == 100 * ((more.numerator or ZERO) - (fewer.numerator or ZERO))
    assert any(row.value for row in rows)


@pytest.mark.parametrize("table", sorted(NEEDS))
def test_without_an_export_its_figures_are_null_and_the_others_are_not(table: str) -> None:
    one = company(20, features=(f"no_{table}",))
    rows = oracle(one.tables, kpis=list(FIELD), every="quarter", count=5, as_of=one.as_of, definitions=LEADER)
    told = {row.kpi for row in rows if row.value is not None}
    assert told & NEEDS[table] == set(), f"told without {table}: do they stand under NEEDS[{table!r}] by mistake?"
    assert {row.kpi for row in rows if row.null_reason} >= NEEDS[table]
    if table != "distributors":
        lost = sorted(FIELD.keys() - NEEDS[table] - told)
        assert not lost, f"null without {table}: put {lost} under NEEDS[{table!r}] if that is what they need"
