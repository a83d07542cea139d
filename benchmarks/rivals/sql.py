"""The same KPIs by hand-written DuckDB SQL (kpis.sql), on however many threads DuckDB takes.

Left out: intervals, exact sums (they are floating point), `previous` and `change`, findings, refusal of what does not
fit, marks of `terminated` without a date, alternative definitions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb


def figures(folder: str) -> list[dict[str, Any]]:
    """One row a KPI, month, statistic and tenure."""
    database = duckdb.connect()
    database.execute("set preserve_insertion_order = false")
    database.execute("set variable folder = ?", [folder])
    database.execute((Path(__file__).parent / "kpis.sql").read_text(encoding="utf-8"))
    rows = database.execute("from figures order by all")
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


if __name__ == "__main__":
    print(json.dumps(figures(sys.argv[1])))
