"""The engine that a run stands on: opened on the exports, tried again on text where ids do not parse, and closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mlmkpi.engines import Engine
from mlmkpi.engines.ids import UnparsedIdError
from mlmkpi.engines.spark_session import spark_engine
from mlmkpi.settings import Settings
from mlmkpi.sources import Exports as Opened
from mlmkpi.sources import open_exports
from mlmkpi.sources.cells import MisfitError
from mlmkpi.sources.unused import asides

Exports = str | Path | Mapping[str, Any]
Unused = Callable[[], Sequence[str]]
T = TypeVar("T")


def on_engine(
    exports: Exports, settings: Settings, engine: Any, bad_rows: str, work: Callable[[Engine, Unused], T]
) -> T:
    """What `work` gives on the engine named ("polars", "spark", "sc://host:port") or on a session.

    It is handed the engine, and what tells what people should hear of files and settings that are not used: of headers
    on Spark once their tables have been read.
    """
    engine = engine or settings.engine or "polars"
    if engine != "polars":
        with spark_engine(engine, exports, settings, bad_rows=bad_rows) as spark:
            return work(spark, lambda: asides(spark))
    with open_exports(exports, settings) as opened:
        try:
            return _on_polars(opened, bad_rows, work, exact=False)
        except UnparsedIdError:
            return _on_polars(opened, bad_rows, work, exact=True)


def _on_polars(opened: Opened, bad_rows: str, work: Callable[[Engine, Unused], T], *, exact: bool) -> T:
    from mlmkpi.engines.polars import PolarsEngine

    engine = PolarsEngine(opened, bad_rows=bad_rows, exact=exact)
    try:
        return work(engine, lambda: asides(opened))
    except MisfitError:
        engine.refuse_misfits()
        raise
