"""The measurements as docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from benchmarks.cases import Case, Ratio
from benchmarks.process import Cost

_INTRODUCTION = """# Benchmarks

Whole processes, start-up included: the best of {runs} runs, the highest peak of memory. `make bench` measures anew and
writes this page; only the ratios within one run mean something elsewhere. The company has {orders:,} orders, a
distributor for ten of them and three customers for ten, as Parquet; every order lies inside the rows that the
definitions read. The SQL and the pandas program give mlmkpi's figures (tests/test_benchmarks.py compares them).

{cores} cores, Python {python}, polars {polars}, DuckDB {duckdb}, pandas {pandas}.
"""


def page(
    orders: int, runs: int, cases: Sequence[Case], costs: Mapping[str, Cost], ratios: Sequence[Ratio]
) -> str:
    """The page: how long each run took, and the ratios beside their limits."""
    head = _INTRODUCTION.format(
        orders=orders, runs=runs, cores=os.cpu_count(), python=platform.python_version(),
        **{name: version(name) for name in ("polars", "duckdb", "pandas")},
    )
    return "\n".join([head, "## Ratios", "", *_ratios(ratios, costs), "", "## Runs", "", *_runs(cases, costs), ""])


def _ratios(ratios: Sequence[Ratio], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| what | times | wanted |", "|---|--:|--:|"]
    for ratio in ratios:
        times = costs[ratio.ours].seconds / sum(costs[name].seconds for name in ratio.theirs)
        rows.append(f"| {ratio.what} | {times:.2f} | ≤ {ratio.limit:g} |")
    return rows


def _runs(cases: Sequence[Case], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| run | seconds | processor seconds | MiB | leaves out |", "|---|--:|--:|--:|---|"]
    for case in cases:
        cost = costs[case.name]
        rows.append(f"| {case.name} | {cost.seconds:.2f} | {cost.busy:.2f} | {cost.mib:,.0f} | {case.leaves_out} |")
    return rows
