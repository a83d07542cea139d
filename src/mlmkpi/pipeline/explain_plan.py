"""What a run does on Spark, step by step, as Spark plans it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlmkpi.engines.spark_plans import watched
from mlmkpi.errors import UsageError
from mlmkpi.pipeline import Exports, compute
from mlmkpi.settings import Settings, chosen_settings


def explain_plan(
    exports: Exports = ".", *, engine: Any = None, config: str | Path | None = None, settings: Settings | None = None,
    **asked: Any,
) -> str:
    """The physical plan of every step of `compute(exports, engine=engine, …)`, numbered, after it has run.

    A step's plan depends on what the steps before it found, so the run is made; its Result is not kept.
    Raises UsageError where the engine, of the settings where none is named, is not Spark; else what `compute` raises.
    """
    settings = chosen_settings(settings, config, exports)
    engine = engine or settings.engine
    if engine in (None, "polars"):
        raise UsageError("only Spark has plans to explain", (("fix", "name it: --engine spark or sc://host:port"),))
    with watched() as plans:
        compute(exports, engine=engine, settings=settings, **asked)
    return "\n\n".join(f"Step {number} of {len(plans)}\n{plan}" for number, plan in enumerate(plans, 1))
