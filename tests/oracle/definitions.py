"""The parameters of the definitions with their defaults, as a settings file would name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

BANDS = ("<18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


@dataclass(frozen=True)
class Definitions:
    """Every parameter the KPIs in scope read."""

    valid_status: Sequence[str] | None = None
    refunds: str = "refund_date"
    volume: str = "qv"
    active_rule: str = "any_order"
    lapse_after_days: int = 90
    customer_lapse_after_days: int = 90
    retention_base: str = "current"
    retention_window: str = "period"
    cooling_off_days: int = 0
    active_counts_recruiting: bool = True
    first_sale: str = "customer"
    social_channels: Sequence[str] = ("social", "instagram", "facebook", "tiktok")
    min_cell: int = 5
    age_bands: Sequence[str] = BANDS
    rank_ladder: Sequence[str] = ()
    return_window_days: int = 90
    payout_cap: float = 0.35
    demographic_of: str = "buyer"
    activity_minimum: int = 1
    activity_kinds: Sequence[str] | None = None
    event_base: str = "eligible"
    engagement_base: str = "reach"
    lead_window_days: int = 30
    digital_sources: Sequence[str] | None = None
    training_days: int = 30
    leader_rank: str | None = None
    coverage_minimum: int = 1
    team_includes_self: bool = True
    team_depth: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Definitions:
        """Definitions from a mapping; a name nobody knows is an error."""
        unknown = set(given) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown definitions: {sorted(unknown)}")
        return cls(**given)


class NullError(Exception):
    """A figure cannot be given; the message is the reason."""
