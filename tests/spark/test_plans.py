"""The shuffles of a run are those that docs/spark.md names."""

from __future__ import annotations

import re
from typing import Any

import pytest

import mlmkpi
from equal.compare import frames
from mlmkpi.engines.spark_plans import watched
from mlmkpi.errors import UsageError
from mlmkpi.pipeline.explain_plan import explain_plan
from spark.pack import packed

pytestmark = pytest.mark.spark

ORDERS = {"_hash", "seller, cell", "buyer, cell"}
MATCHED = {"order", "original", "buyer", "seller"}
"""Where order ids, customers who may be distributors, and leavers without a date have to be matched."""
KPIS = (
    "sales_volume", "personal_sales_volume", "active_distributors", "distributor_retention_rate",
    "customer_retention_rate",
)
PEOPLE = {"person", "distributor_id", "rank", "at, code", "day", "ordered_on"}


def shuffles(plan: str) -> set[str]:
    """The keys by which a plan sends rows about."""
    found = re.findall(r"hashpartitioning\(([^)]*), \d+\)", plan)
    return {re.sub(r"#\d+L?", "", keys) for keys in found}


def test_orders_travel_by_id_hash_by_seller_and_by_buyer(session: Any) -> None:
    session.conf.set("spark.sql.shuffle.partitions", "2")
    before = []
    try:
        with watched() as plans:
            mlmkpi.compute(
                frames(packed((3,), features=())), kpis=KPIS, count=1, engine=session,
                progress=lambda what: before.append(len(plans)) if what == "summing" else None,
            )
    finally:
        session.conf.set("spark.sql.shuffle.partitions", "1")
    seen = set().union(*(shuffles(plan) for plan in plans[: before[0]]))
    assert seen >= ORDERS
    assert seen - PEOPLE - MATCHED == ORDERS


def test_plans_are_given_step_by_step(session: Any) -> None:
    text = explain_plan(frames(packed((3,))), kpis=["new_signups"], count=1, engine=session)
    assert text.startswith("Step 1 of ")
    assert "== Physical Plan ==" in text
    with pytest.raises(UsageError, match="only Spark has plans"):
        explain_plan({}, engine="polars")
