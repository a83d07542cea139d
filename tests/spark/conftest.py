"""One session for all tests, set to plan small things quickly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

QUICK = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.join.preferSortMergeJoin": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.ui.explainMode": "simple",
}


def quickened(session: Any) -> Any:
    """The session without what only pays on large data."""
    for name, value in QUICK.items():
        session.conf.set(name, value)
    return session


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """A local session, as `--engine spark` opens it."""
    from mlmkpi.engines.spark_session import open_session

    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    opened = quickened(open_session("spark"))
    yield opened
    opened.stop()
