"""Teams: laying out trees of many shapes, every leader's figures beside the company's, and beside a recursive query."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.cases import HERE, KPIS
from benchmarks.data import company
from benchmarks.process import Cost, best, measure
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


def commands(exports: Path) -> dict[str, tuple[str, ...]]:
    """What is run, by name."""
    ours = (HERE, "compute", str(exports), "--last", "12", "--format", "parquet", "--kpi")
    layouts = {
        name: (sys.executable, "-c", LAYOUT.format(people=people, parents=parents))
        for name, (people, parents) in SHAPES.items()
    }
    return {
        **layouts,
        "twenty KPIs": (*ours, ",".join(KPIS)),
        "twenty KPIs of every leader": (*ours, ",".join(KPIS), "--by", "team"),
        "leaders with teams of ten": (*ours, ",".join(KPIS), "--by", "team", "--min-team", "10"),
        "eight KPIs of every leader": (*ours, ",".join(EIGHT), "--by", "team"),
        "eight KPIs of every leader, DuckDB": (sys.executable, "-m", "benchmarks.rivals.teams", str(exports)),
    }


def main() -> None:
    """Make the company, run everything in turn, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.teams", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders; there is a distributor for ten")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is run")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the company is kept")
    chosen = parser.parse_args()
    run = commands(company(chosen.folder, chosen.orders))
    costs: dict[str, list[Cost]] = {name: [] for name in run}
    for _ in range(chosen.runs):
        for name, command in run.items():
            costs[name].append(measure(command, chosen.folder / "output"))
    print("| run | seconds | of all processors | MiB |\n|---|--:|--:|--:|")
    for name, each in costs.items():
        cost = best(each)
        print(f"| {name} | {cost.seconds:.2f} | {cost.busy:.2f} | {cost.mib:,.0f} |")


if __name__ == "__main__":
    main()
