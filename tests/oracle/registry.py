"""Every KPI's restatement: how it is computed, its sides and statistics, what it reads, and how long it waits."""

from __future__ import annotations

from collections.abc import Callable

from oracle import (
    answers,
    compliance,
    customers,
    distributors,
    earnings,
    engagement,
    goals,
    growth,
    ladder,
    leaders,
    lines,
    newcomers,
    places,
    repeat,
    sales,
    social,
)
from oracle.earnings import PERCENTILES
from oracle.kpi import ANY, LINES, WITHIN, Kpi
from oracle.world import World

INCOME = ("value", "median", *(f"p{at}" for at in PERCENTILES), "gross", "expenses", "net")
GEOGRAPHY = ("value", "net", "herfindahl_country", "herfindahl_region")


def _of(days: int) -> Callable[[World], int]:
    return lambda world: days


def _leads(world: World) -> int:
    return world.definitions.lead_window_days


def _training(world: World) -> int:
    return world.definitions.training_days


SALES: dict[str, Kpi] = {
    "new_signups": Kpi(distributors.new_signups, "person own", reads="roster", table="enrollments"),
    "distributor_retention_rate": Kpi(distributors.distributor_retention_rate, reads="base"),
    "active_distributor_rate": Kpi(distributors.active_distributor_rate),
    "churn_rate": Kpi(distributors.churn_rate, reads="base"),
    "churn_terminated": Kpi(distributors.churn_terminated, reads="base"),
    "churn_lapsed": Kpi(distributors.churn_lapsed, reads="base"),
    "intra_period_leavers": Kpi(distributors.intra_period_leavers, reads="roster"),
    "quick_ratio": Kpi(distributors.quick_ratio, reads="base"),
    "personal_sales_volume": Kpi(
        sales.personal_sales_volume, "person order", ("value", "median", "p90", "own", "customer")
    ),
    "average_order_value": Kpi(sales.average_order_value, LINES, ("value", "median")),
    "customer_to_distributor_ratio": Kpi(customers.customer_to_distributor_ratio, "person order"),
    "time_to_first_sale": Kpi(distributors.time_to_first_sale, statistics=WITHIN),
    "customer_retention_rate": Kpi(customers.customer_retention_rate, "person customer"),
    "repeat_purchase_rate": Kpi(customers.repeat_purchase_rate, ANY),
    "team_sales_volume": Kpi(leaders.team_sales_volume, statistics=("value", "median", "p90")),
    "team_growth_rate": Kpi(leaders.team_growth_rate, statistics=("value", "median"), reads="roster"),
    "team_retention_rate": Kpi(leaders.team_retention_rate, statistics=("value", "median"), reads="base"),
    "social_sales_share": Kpi(sales.social_sales_share, LINES, ("value", "without_channel")),
    "active_distributors": Kpi(distributors.active_distributors, "person order", reads="active"),
    "active_customers": Kpi(customers.active_customers, ANY),
    "sales_volume": Kpi(sales.sales_volume, LINES),
    "sales_per_active_distributor": Kpi(sales.sales_per_active_distributor, "person order"),
    "sponsor_rate": Kpi(distributors.sponsor_rate, reads="active"),
    "retail_sales_share": Kpi(sales.retail_sales_share, LINES),
    "internal_consumption_share": Kpi(sales.internal_consumption_share, LINES),
}
"""Who comes, stays and buys, and what is sold."""

FIELD: dict[str, Kpi] = {
    "activity_rate": Kpi(engagement.activity_rate, reads="roster"),
    "segment_activity_rate": Kpi(engagement.segment_activity_rate, reads="roster"),
    "adoption_rate": Kpi(engagement.adoption_rate, reads="roster"),
    "event_participation_rate": Kpi(
        engagement.event_participation_rate, "person own", reads="roster", table="events"
    ),
    "event_reach": Kpi(engagement.event_reach, reads="roster"),
    "training_completion_rate": Kpi(
        engagement.training_completion_rate, "person own", reads="roster", window=_training, table="trainings"
    ),
    "agreement_on_file_rate": Kpi(engagement.agreement_on_file_rate, reads="roster"),
    "net_promoter_score": Kpi(
        answers.net_promoter_score, answers.ASKED, ("value", "promoters", "detractors"), "roster", table="surveys"
    ),
    "lead_conversion_rate": Kpi(
        answers.lead_conversion_rate, "person own", reads="roster", window=_leads, table="leads"
    ),
    "prospect_to_customer_rate": Kpi(
        answers.prospect_to_customer_rate, "person own", reads="roster", window=_leads, table="leads"
    ),
    "prospect_to_distributor_rate": Kpi(
        answers.prospect_to_distributor_rate, "person own", reads="roster", window=_leads, table="leads"
    ),
    "social_engagement_rate": Kpi(social.social_engagement_rate, social.SIDES, reads="roster", table="posts"),
    "segment_engagement_rate": Kpi(social.segment_engagement_rate, social.AUDIENCE, reads="roster", table="posts"),
    "customer_interaction_rate": Kpi(social.customer_interaction_rate, social.SIDES, reads="roster", table="posts"),
    "content_sharing_rate": Kpi(social.content_sharing_rate, social.SIDES, reads="roster", table="posts"),
    "affiliate_click_through_rate": Kpi(
        social.affiliate_click_through_rate, social.SIDES, ("value", "clicks_per_link"), "roster", table="clicks"
    ),
    "follower_growth_rate": Kpi(social.follower_growth_rate, social.SIDES, reads="roster", table="followers"),
    "claims_violation_rate": Kpi(social.claims_violation_rate, social.SIDES, reads="roster", table="claims"),
    "rank_advancement_rate": Kpi(
        ladder.rank_advancement_rate, statistics=("value", "demotion", "moves"), reads="roster"
    ),
    "rank_maintenance_rate": Kpi(ladder.rank_maintenance_rate, reads="roster"),
    "leadership_emergence_rate": Kpi(ladder.leadership_emergence_rate),
    "recruits_per_recruiter": Kpi(newcomers.recruits_per_recruiter, reads="roster"),
    **{
        f"enrolment_activation_{days}d": Kpi(newcomers.enrolment_activation(days), window=_of(days))
        for days in (30, 60, 90)
    },
    "duplication_rate": Kpi(newcomers.duplication_rate, reads="roster", window=_of(90)),
    "distributor_age_distribution": Kpi(newcomers.distributor_age_distribution, reads="roster"),
    "territory_coverage": Kpi(newcomers.territory_coverage, "own", reads="active", table="territories"),
}
"""What people do, answer and post, and how they rise."""

BUSINESS: dict[str, Kpi] = {
    "customer_geographic_distribution": Kpi(
        places.customer_geographic_distribution, ANY, GEOGRAPHY, brings=("customer.country", "customer.region")
    ),
    "demographic_sales_trend": Kpi(
        places.demographic_sales_trend, LINES, ("value", "index", "index_year"), always_year=True
    ),
    "market_penetration_rate": Kpi(places.market_penetration_rate),
    "yoy_growth": Kpi(growth.yoy_growth, LINES, always_year=True),
    "order_size_trend": Kpi(growth.order_size_trend, LINES),
    "product_mix_share": Kpi(lines.product_mix_share, LINES, ("value", "herfindahl"), brings=("order.category",)),
    "best_sellers": Kpi(lines.best_sellers, LINES, ("value", "units", "pareto"), brings=("order.product",)),
    "product_return_rate": Kpi(lines.product_return_rate, LINES, window=lines.return_window),
    "market_contribution": Kpi(earnings.market_contribution),
    "first_income_30d": Kpi(earnings.first_income_30d, reads="roster", window=earnings.thirty_days),
    "goal_attainment": Kpi(goals.goal_attainment, reads="goals"),
    "goal_pace": Kpi(goals.goal_pace, reads="goals"),
    "payout_ratio": Kpi(earnings.payout_ratio),
    "reinvestment_rate": Kpi(earnings.reinvestment_rate, reads="roster"),
    "payout_cap_headroom": Kpi(earnings.payout_cap_headroom),
    "seasonality_index": Kpi(growth.seasonality_index, LINES, last_only=True),
    "one_time_buyer_share": Kpi(repeat.one_time_buyer_share, ANY),
    "second_order_rate_60d": Kpi(repeat.second_order_rate_60d, "person customer", window=repeat.sixty_days),
    "ten_customer_share": Kpi(compliance.ten_customer_share),
    "majority_retail_share": Kpi(compliance.majority_retail_share),
    "income_distribution": Kpi(earnings.income_distribution, statistics=INCOME, reads="roster"),
    "earnings_gini": Kpi(earnings.earnings_gini, reads="roster"),
    "top_1pct_earnings_share": Kpi(earnings.top_1pct_earnings_share, reads="roster"),
    "share_earning_nothing": Kpi(earnings.share_earning_nothing, reads="roster"),
    "at_most_break_even_share": Kpi(earnings.at_most_break_even_share, reads="roster"),
    "kit_revenue_share": Kpi(compliance.kit_revenue_share, ANY),
    "month_end_loading_share": Kpi(compliance.month_end_loading_share, ANY),
    "autoship_share": Kpi(compliance.autoship_share, LINES),
    "autoship_survival": Kpi(compliance.autoship_survival, statistics=("value", "within_90")),
    "net_revenue_retention": Kpi(growth.net_revenue_retention, "person customer"),
    "gross_revenue_retention": Kpi(growth.gross_revenue_retention, "person customer"),
    "volume_concentration": Kpi(compliance.volume_concentration, "person order", ("value", "top_1pct", "largest_leg")),
}
"""Lines, growth, places, earnings, goals, and what regulators watch."""

KPIS: dict[str, Kpi] = SALES | FIELD | BUSINESS
