"""The KPIs of the field's people, what they do, answer and post: computing, sides, statistics and windows."""

from __future__ import annotations

from collections.abc import Callable

from oracle import answers, engagement, ladder, newcomers, social
from oracle.kpi import Kpi
from oracle.world import World


def _of(days: int) -> Callable[[World], int]:
    return lambda world: days


def _leads(world: World) -> int:
    return world.definitions.lead_window_days


def _training(world: World) -> int:
    return world.definitions.training_days


KPIS_A: dict[str, Kpi] = {
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
