"""The exports that head office keeps: markets, territories, costs, targets."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from mlmkpi.demo.chance import stream
from mlmkpi.demo.columns import Frames, dates, money
from mlmkpi.demo.company import Company
from mlmkpi.demo.months import EXPORTED, STARTS
from mlmkpi.demo.places import (
    MARKET_SHARES,
    MARKETS,
    PLACE_MARKETS,
    PLACE_TERRITORIES,
    POPULATIONS,
    SEGMENT_SHARES,
    TERRITORIES,
)

_COSTS = {"logistics": 600, "marketing": 350, "staff": 450}
_TARGETS = [
    ("distributor_retention_rate", 0.80, None, 0.70, "month"),
    ("churn_rate", 0.20, None, 0.30, "month"),
    ("average_order_value", 60.0, None, 50.0, "month"),
    ("customer_to_distributor_ratio", 4.0, 5.0, None, "month"),
    ("sales_per_active_distributor", 2000.0, None, 1000.0, "month"),
    ("net_promoter_score", 40.0, None, 25.0, "month"),
    ("repeat_purchase_rate", 0.50, None, 0.40, "12m"),
]


def markets() -> Frames:
    """Two population segments a market."""
    rows = [
        (market, int(people * share), segment)
        for market, people in zip(MARKETS, POPULATIONS, strict=True)
        for segment, share in SEGMENT_SHARES.items()
    ]
    yield pl.DataFrame(rows, schema=["market", "population", "segment"], orient="row")


def territories() -> Frames:
    """Six territories a market, equally populous."""
    people = [POPULATIONS[MARKETS.index(market)] // TERRITORIES for market in PLACE_MARKETS]
    yield pl.DataFrame({"territory": PLACE_TERRITORIES, "market": PLACE_MARKETS, "population": people})


def costs(company: Company) -> Frames:
    """What each market costs a month, so many cents an order."""
    rng = stream(company.seed, "costs")
    shares = np.array(MARKET_SHARES)
    for month, quota in zip(EXPORTED, company.quotas.tolist(), strict=True):
        for kind, cents in _COSTS.items():
            yield pl.DataFrame(
                {
                    "market": MARKETS,
                    "booked_on": dates(np.full(len(MARKETS), STARTS[month + 1] - 1)),
                    "amount": money(np.rint(quota * shares * cents * (0.9 + 0.2 * rng.random(len(MARKETS))))),
                    "kind": [kind] * len(MARKETS),
                }
            )


def targets() -> Frames:
    """A few targets for the last exported year and on."""
    schema = {"kpi": pl.String, **dict.fromkeys(("goal", "goal_to", "warn"), pl.Float64), "window": pl.String}
    yield pl.DataFrame(_TARGETS, schema=schema, orient="row").with_columns(
        starts_on=pl.lit(date(2025, 10, 1)), ends_on=pl.lit(date(2026, 12, 31))
    )
