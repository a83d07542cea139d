"""The measurements as docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from math import isfinite, log

from benchmarks.cases import Extra, Limit, Ratio
from benchmarks.process import Case, Cost

_INTRODUCTION = """# Benchmarks

Whole processes, start-up included: the best of {runs} runs, the highest peak of memory. `make bench` measures anew and
writes this page; only the ratios within one run mean something elsewhere. The company has {orders:,} orders, a
distributor for ten of them and three customers for ten, as Parquet; every order lies inside the rows that the
definitions read. The SQL and the pandas program give mlmkpi's figures (tests/test_benchmarks.py compares them).

{cores} cores, Python {python}, polars {polars}, DuckDB {duckdb}, pandas {pandas}.
"""

_STEP = """Seconds from people's own sums to every leader's, beside a recursive query in DuckDB on the same sums, both
in one process (`python -m benchmarks.team_step`); ten times is wanted. Whole processes, above, also read and write."""


def page(
    orders: int, runs: int, cases: Sequence[Case], costs: Mapping[str, Cost], ratios: Sequence[Ratio],
    extras: Sequence[Extra], limits: Sequence[Limit], step: str, stages: Mapping[str, float], sizes: Mapping[int, Cost],
) -> str:
    """The page: how long each run took, the ratios beside their limits, where the time goes, and how it grows."""
    head = _INTRODUCTION.format(
        orders=orders, runs=runs, cores=os.cpu_count(), python=platform.python_version(),
        **{name: version(name) for name in ("polars", "duckdb", "pandas")},
    )
    parts = {
        "Ratios": _ratios(ratios, costs), "Seconds more": _extras(extras, costs), "Limits": _limits(limits, costs),
        "Runs": _runs(cases, costs),
        "From people's sums to teams'": [_STEP, "", step.strip()],
        "Where the time goes": _stages(stages),
        "How it grows": _sizes(sizes),
    }
    return "\n".join([head, *(line for title, lines in parts.items() for line in (f"## {title}", "", *lines, ""))])


def _ratios(ratios: Sequence[Ratio], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| what | times | wanted |", "|---|--:|--:|"]
    for ratio in ratios:
        times = costs[ratio.ours].seconds / sum(costs[name].seconds for name in ratio.theirs)
        rows.append(f"| {ratio.what} | {times:.2f} | ≤ {ratio.limit:g} |")
    return rows


def _extras(extras: Sequence[Extra], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| run | beside | seconds more | wanted |", "|---|---|--:|--:|"]
    for one in extras:
        more = costs[one.ours].seconds - costs[one.theirs].seconds
        rows.append(f"| {one.ours} | {one.theirs} | {more:.2f} | ≤ {one.limit:g} |")
    return rows


def _limits(limits: Sequence[Limit], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| run | seconds | wanted | MiB | wanted |", "|---|--:|--:|--:|--:|"]
    for limit in limits:
        cost, most = costs[limit.case], f"≤ {limit.seconds:g}" if isfinite(limit.seconds) else ""
        rows.append(f"| {limit.case} | {cost.seconds:.2f} | {most} | {cost.mib:,.0f} | ≤ {limit.mib:,.0f} |")
    return rows


def _runs(cases: Sequence[Case], costs: Mapping[str, Cost]) -> list[str]:
    rows = ["| run | seconds | processor seconds | MiB | leaves out |", "|---|--:|--:|--:|---|"]
    for case in cases:
        cost = costs[case.name]
        rows.append(f"| {case.name} | {cost.seconds:.2f} | {cost.busy:.2f} | {cost.mib:,.0f} | {case.leaves_out} |")
    return rows


def _stages(stages: Mapping[str, float]) -> list[str]:
    whole = sum(stages.values())
    told = ["Processor seconds of one run of the twenty KPIs (`python -m benchmarks.stages EXPORTS`).", ""]
    rows = [f"| {name} | {spent:.2f} | {spent / whole:.0%} |" for name, spent in stages.items() if spent > whole / 200]
    return [*told, "| stage | seconds | share |", "|---|--:|--:|", *rows]


def _sizes(sizes: Mapping[int, Cost]) -> list[str]:
    """A row a size; the exponent of time in orders from the size before."""
    rows, before = ["| orders | seconds | MiB | exponent |", "|--:|--:|--:|--:|"], None
    for orders, cost in sorted(sizes.items()):
        grown = f"{log(cost.seconds / before[1].seconds) / log(orders / before[0]):.2f}" if before else ""
        rows.append(f"| {orders:,} | {cost.seconds:.2f} | {cost.mib:,.0f} | {grown} |")
        before = orders, cost
    return rows
