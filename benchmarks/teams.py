"""Teams: laying out trees of many shapes, every leader's figures beside the company's, and beside a recursive query."""

from __future__ import annotations

import sys

from benchmarks.process import HERE, Case
from benchmarks.rivals.teams import KPIS as EIGHT

LAYOUT = """
import numpy as np
from mlmkpi.genealogy import Tree
people = np.arange({people})
parents = {parents}
tree = Tree.of(parents)
print(len(tree.leaders), int(tree.size.max()), int(tree.depth.max()))
"""
SHAPES = {
    "layout of 10 M people": (10_000_000, "np.random.default_rng(1).integers(-1, np.maximum(people, 1))"),
    "layout of a line of 1 M": (1_000_000, "people - 1"),
    "layout of a star of 10 M": (10_000_000, "np.where(people, 0, -1)"),
}
LAYOUTS = tuple(SHAPES)


def team_cases(exports: str, small: str, kpis: tuple[str, ...]) -> list[Case]:
    """The layouts; the KPIs of a company's leaders as Parquet; and eight of a tenth's beside a recursive query."""
    layouts = [
        Case(name, (sys.executable, "-c", LAYOUT.format(people=people, parents=parents)))
        for name, (people, parents) in SHAPES.items()
    ]
    return [
        *layouts,
        Case("mlmkpi, leaders of ten and more", by_team(exports, kpis, "--min-team", "10")),
        Case("mlmkpi, every leader", by_team(exports, kpis)),
        Case("mlmkpi, eight KPIs of every leader, a tenth", by_team(small, EIGHT)),
        Case("DuckDB, eight KPIs of every leader, a tenth", (sys.executable, "-m", "benchmarks.rivals.teams", small),
             "intervals, notes, previous and change, other statistics"),
    ]


def by_team(exports: str, kpis: tuple[str, ...], *options: str) -> tuple[str, ...]:
    """The command that computes the KPIs of 12 months of every leader."""
    asked = ("--kpi", ",".join(kpis), "--last", "12", "--by", "team", "--format", "parquet")
    return (HERE, "compute", exports, *asked, *options)
