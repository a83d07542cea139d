"""`make bench`: measure everything, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.cases import EXTRAS, LIMITS, RATIOS, cases, ours
from benchmarks.page import page
from benchmarks.process import Cost, best, measure

PAGE = Path("docs/benchmarks.md")


def main() -> None:
    """Make the companies, run every case in turn, and print or write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000, help="orders of the large company")
    parser.add_argument("--larger", type=int, nargs="*", default=[], help="orders of larger companies, run once")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is run")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the companies are kept")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page to write")
    chosen = parser.parse_args()
    making = [sys.executable, "-m", "benchmarks.data", str(chosen.folder), str(chosen.orders)]
    subprocess.run(making, check=True)  # apart, since a process starts with its parent's peak of memory
    run = cases(chosen.folder, chosen.orders)
    costs: dict[str, list[Cost]] = {case.name: [] for case in run}
    for turn in range(chosen.runs):
        for case in run:
            costs[case.name].append(measure(case.command, chosen.folder / "output"))
            print(f"{turn + 1}/{chosen.runs}  {case.name:<28} {costs[case.name][-1].seconds:6.2f} s", file=sys.stderr)
    found = {name: best(each) for name, each in costs.items()}
    sizes = {chosen.orders // 10: found["mlmkpi, a tenth"], chosen.orders: found["mlmkpi"]}
    for larger in chosen.larger:
        subprocess.run([*making[:3], str(chosen.folder), str(larger), "alone"], check=True)
        sizes[larger] = measure(ours(str(chosen.folder / f"{larger}")), chosen.folder / "output")
    profile = json.loads(_said("stages", str(chosen.folder / f"{chosen.orders}")))
    step = _said("team_step", "--folder", str(chosen.folder), "--people", str(chosen.orders // 100))
    text = page(chosen.orders, chosen.runs, run, found, RATIOS, EXTRAS, LIMITS, step, profile, sizes)
    chosen.output.write_text(text, encoding="utf-8")
    print(text)


def _said(module: str, *arguments: str) -> str:
    """What a module of the benchmarks prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
