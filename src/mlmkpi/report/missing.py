"""Which KPIs have no figure in a Result at all, by the reason that a table or column would cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
from rich.text import Text

from mlmkpi.pipeline.result import Result
from mlmkpi.report.labels import clean
from mlmkpi.report.styled_text import BOLD, DIM, printed, wrapped


def missing_of(result: Result) -> dict[str, str]:
    """Every KPI that is null in all its rows, and why in its latest one; in the Result's order."""
    by_kpi = result.frame.group_by("kpi", maintain_order=True)
    empty = by_kpi.agg(
        pl.col("value").is_null().all().alias("empty"), pl.col("note").drop_nulls().last().alias("why")
    ).filter("empty")
    return {name: why or "no reason is known" for name, why in empty.select("kpi", "why").iter_rows()}


def render_missing(
    lacking: Mapping[str, str], of_all: int, exports: str, *, width: int, colour: bool
) -> str:
    """The reasons, and below each the KPIs that it costs."""
    return printed(_page(lacking, of_all, exports, width), width=width, colour=colour)


def _page(lacking: Mapping[str, str], of_all: int, exports: str, width: int) -> Iterator[Text]:
    if not lacking:
        yield Text(f"All {of_all} KPIs have figures in {clean(exports)}", BOLD)
        return
    have = "has" if len(lacking) == 1 else "have"
    yield from wrapped(f"{len(lacking)} of {of_all} KPIs {have} no figure in {clean(exports)}", width, BOLD)
    by_reason: dict[str, list[str]] = {}
    for name, why in lacking.items():
        by_reason.setdefault(clean(why), []).append(name)
    for why, names in by_reason.items():
        yield Text()
        yield from wrapped(why, width)
        yield from (Text(f"  {line}", DIM) for line in wrapped(", ".join(names), width - 2))
