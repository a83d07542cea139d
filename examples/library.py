"""The library without the command line: KPIs of a folder as a frame, of one's own frames, and one KPI by itself.

Use: python examples/library.py [EXPORTS]
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

import mlmkpi
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS
from mlmkpi.report.render import Page, render

HERE = Path(__file__).parent


def from_a_folder(exports: Path) -> pl.DataFrame:
    """Churn by market, of the last four quarters, with its interval."""
    result = mlmkpi.compute(exports, kpis=["churn_rate"], every="quarter", by=["market"], count=4)
    whole = result.frame.filter(pl.col("tenure").is_null())
    return whole.select("period", "market", "numerator", "denominator", "value", "low", "high", "note")


def from_frames() -> float:
    """The average order of frames that never were a file."""
    orders = pl.DataFrame({
        "order_id": ["1", "2", "3", "4"],
        "ordered_on": [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 31)],
        "amount": [20.0, 12.5, 40.0, 8.0],
        "customer_id": ["ada", "ada", "bob", "eve"],
    })
    result = mlmkpi.compute({"orders": orders}, kpis=["average_order_value"], count=1)
    return float(result.frame.filter(statistic="value")["value"].item())


def as_markdown(exports: Path) -> str:
    """The month's recruiting as the Markdown that a wiki shows."""
    result = mlmkpi.compute(exports, kpis=["recruiting"])
    asked = {name: KPIS[name] for name in result.frame["kpi"].unique()}
    return render(result, asked, "markdown", Page()).decode()


def what_it_means(name: str) -> str:
    """A definition's own words."""
    kpi = explanation(KPIS[name])
    return f"{kpi.title}: {kpi.meaning}"


def main(exports: Path) -> None:
    """Show each in turn."""
    print(from_a_folder(exports))
    print(f"average order: {from_frames():.2f}")
    print(what_it_means("churn_rate"))
    print(as_markdown(exports))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "company")
