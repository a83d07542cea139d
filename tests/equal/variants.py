"""Every setting, period and split that the product is compared with the oracle under."""

from __future__ import annotations

from typing import Any

PARAMETERS: tuple[dict[str, Any], ...] = (
    {},
    {"volume": "cv"}, {"volume": "amount"}, {"refunds": "ignore"}, {"refunds": "order_date"},
    {"refunds": "order_date", "volume": "cv", "active_rule": "volume>=50"},
    {"active_rule": "own_order"}, {"active_rule": "volume>=100"}, {"active_rule": "earned"},
    {"active_rule": "any_event"}, {"active_rule": "sale_or_recruit"},
    {"lapse_after_days": 60, "customer_lapse_after_days": 45}, {"lapse_after_days": 7, "customer_lapse_after_days": 1},
    {"retention_base": "active"}, {"retention_base": "on_books"}, {"retention_window": "12m"},
    {"retention_window": "12m", "retention_base": "active"}, {"retention_window": "12m", "retention_base": "on_books"},
    {"retention_base": "active", "active_rule": "volume>=50"},
    {"retention_base": "active", "active_rule": "earned", "retention_window": "12m"},
    {"retention_base": "active", "active_rule": "sale_or_recruit"},
    {"retention_base": "active", "active_rule": "any_event"}, {"retention_base": "active", "active_rule": "own_order"},
    {"cooling_off_days": 30}, {"active_counts_recruiting": False}, {"first_sale": "any"},
    {"social_channels": ["shop", "WEB"]}, {"valid_status": ["completed", "shipped"]},
    {"activity_minimum": 2, "event_base": "invited", "engagement_base": "impressions", "lead_window_days": 5,
     "training_days": 9, "leader_rank": "3", "coverage_minimum": 2, "digital_sources": ["web", "SOCIAL"]},
    {"activity_kinds": ["call"], "engagement_base": "followers", "return_window_days": 20, "payout_cap": 0.5,
     "demographic_of": "seller"},
)
PERIODS: tuple[dict[str, Any], ...] = (
    *({"every": every, "compare_year": True} for every in ("day", "week", "month", "quarter", "year", "period")),
    {"every": "week", "count": 60}, {"every": "day", "count": 40},
)
SPLITS: tuple[dict[str, Any], ...] = tuple(
    {"by": by, "min_cell": 0} for by in (
        ("market",), ("rank",), ("age_band",), ("gender", "market"), ("distributor",), ("customer.country",),
        ("customer.age_band", "customer.gender"), ("order.channel",), ("market", "order.channel"),
        ("customer.country", "order.channel"), ("market", "customer.country"),
    )
) + tuple(
    {"by": by} for by in (("gender",), ("age_band",), ("customer.gender",), ("gender", "market"))
) + (
    {"by": ("rank",), "min_cell": 0, "every": "week", "count": 20, "rank_ladder": ("3", "1", "2")},
    {"by": ("market",), "definitions": {"retention_window": "12m"}, "min_cell": 0},
    {"by": ("age_band",), "definitions": {"retention_window": "12m"}, "min_cell": 0},
    {"by": ("market",), "definitions": {"active_rule": "earned"}, "every": "quarter", "min_cell": 0},
    {"where": {"market": ("US", "DE")}, "min_cell": 0},
    {"by": ("gender",), "where": {"market": ("US",)}, "every": "quarter"},
    {"by": ("age_band",), "definitions": {"age_bands": ["<30", "30-49", "50+"]}, "min_cell": 0},
    {"by": ("order.category",)}, {"by": ("order.category", "gender"), "min_cell": 3},
    {"by": ("gender", "customer.country"), "min_cell": 2}, {"by": ("gender", "customer.gender"), "min_cell": 2},
)
VARIANTS: tuple[dict[str, Any], ...] = tuple({"definitions": one} for one in PARAMETERS) + PERIODS + SPLITS
