"""Spark: the twenty KPIs by the tool on a local session, by hand-written Spark SQL there, and on Polars."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.cases import ours
from benchmarks.data import company
from benchmarks.process import Cost, best, measure

LIMIT = 1.3
"""How long the tool may take on Spark beside the SQL."""
TOOL, SQL, POLARS = "mlmkpi on Spark", "Spark SQL", "mlmkpi on Polars"


def commands(exports: Path) -> dict[str, tuple[str, ...]]:
    """What is run, by name."""
    return {
        TOOL: ours(str(exports), "--engine", "spark"),
        SQL: (sys.executable, "-m", "benchmarks.rivals.spark_sql", str(exports)),
        POLARS: ours(str(exports)),
    }


def main() -> None:
    """Make the company, run everything in turn, and print what each took; Java's memory is not among the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000, help="orders of the company")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is run")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the company is kept")
    chosen = parser.parse_args()
    run = commands(company(chosen.folder, chosen.orders))
    costs: dict[str, list[Cost]] = {name: [] for name in run}
    for turn in range(chosen.runs):
        for name, command in run.items():
            costs[name].append(measure(command, chosen.folder / "output"))
            print(f"{turn + 1}/{chosen.runs}  {name:<18} {costs[name][-1].seconds:7.2f} s", file=sys.stderr)
    seconds = {name: best(each).seconds for name, each in costs.items()}
    print("| run | seconds |\n|---|--:|")
    for name, spent in seconds.items():
        print(f"| {name} | {spent:.2f} |")
    print(f"\nThe tool on Spark beside the SQL: {seconds[TOOL] / seconds[SQL]:.2f} times, wanted ≤ {LIMIT:g}.")


if __name__ == "__main__":
    main()
