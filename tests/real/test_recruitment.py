"""A real referral tree: New York's jazz musicians, who recruited whom, wave by wave (data/README)."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

import mlmkpi

WAVES = (13, 32, 49, 41, 36, 30, 24, 15, 9, 8, 6, 1)
DAY = date(2026, 10, 31)


def people(data: Path) -> dict[str, str]:
    """Each person's recruiter, empty for nobody; three name somebody who is not in the file."""
    with (data / "recruitment" / "nyjazz.csv").open(encoding="utf-8") as file:
        return {row["id"]: row["recruiter_id"].removesuffix(".0") for row in csv.DictReader(file)}


def figures(above: dict[str, str], statistic: str) -> dict[str, float]:
    """A statistic of every leader's team, where everybody has an order of 1."""
    ids = list(above)
    tables = {
        "distributors": pl.DataFrame({
            "distributor_id": ids, "sponsor_id": [above[who] or None for who in ids], "enrolled_on": [DAY] * len(ids),
        }),
        "orders": pl.DataFrame({
            "order_id": [f"o{who}" for who in ids], "ordered_on": [DAY] * len(ids), "amount": [1.0] * len(ids),
            "distributor_id": ids,
        }),
    }
    frame = mlmkpi.compute(tables, kpis=["team_sales_volume"], by=["team"], count=1).frame
    rows = frame.filter((pl.col("statistic") == statistic) & pl.col("team").is_not_null())
    return dict(rows.select("team", "value").iter_rows())


def test_every_recruiter_has_the_team_that_the_waves_say(real_data: Path) -> None:
    above = people(real_data)
    sizes, recruits = figures(above, "team_size"), Counter(who for who in above.values() if who in above)
    assert sum(sizes.values()) == sum(wave * count for wave, count in enumerate(WAVES)) == 1011
    assert figures(above, "value") == {leader: size + 1 for leader, size in sizes.items()}
    assert figures(above, "frontline") == recruits
    assert max(figures(above, "depth").values()) == len(WAVES) - 1
    roots = [who for who, recruiter in above.items() if recruiter not in above]
    assert len(roots) == WAVES[0]
    assert sum(sizes.get(root, 0) for root in roots) == sum(WAVES[1:])
