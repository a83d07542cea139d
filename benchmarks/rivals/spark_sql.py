"""The same KPIs by hand-written Spark SQL (kpis_spark.sql), on a session with the tool's settings.

Left out: intervals, exact sums (they are floating point), `previous` and `change`, findings, refusal of what does not
fit, marks of `terminated` without a date, alternative definitions. Quantiles are Spark's own exact ones. What the
SQL caches is kept by a local checkpoint, so that no later step plans it anew.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from mlmkpi.engines.spark_session import open_session

TABLES = {"exported": "orders", "roster": "distributors", "enrollments": "enrollments"}


def figures(folder: str, session: Any) -> list[dict[str, Any]]:
    """One row a KPI, month, statistic and tenure."""
    for view, table in TABLES.items():
        session.read.parquet(f"{folder}/{table}.parquet").createOrReplaceTempView(view)
    text = (Path(__file__).parent / "kpis_spark.sql").read_text(encoding="utf-8")
    *steps, last = (statement for statement in text.split(";") if statement.strip())
    for step in steps:
        if kept := re.search(r"^cache table (\w+) as\b", step, re.MULTILINE):
            session.sql(step[kept.end() :]).localCheckpoint().createOrReplaceTempView(kept[1])
        else:
            session.sql(step).collect()
    found: list[dict[str, Any]] = session.sql(last).toArrow().to_pylist()
    return found


if __name__ == "__main__":
    print(json.dumps(figures(sys.argv[1], open_session("spark")), default=str))
