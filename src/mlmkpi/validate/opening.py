"""The engine that a check stands on: Polars, or Spark where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlmkpi.engines.checking import Checking
from mlmkpi.engines.polars_checks import PolarsChecks
from mlmkpi.engines.spark_session import spark_engine
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports
from mlmkpi.sources.unused import asides


@contextmanager
def opened(
    exports: Path | str | Mapping[str, Any], settings: Settings, engine: Any = None
) -> Iterator[tuple[Checking, Callable[[], Sequence[str]]]]:
    """The exports on the engine named ("polars", "spark", "sc://host:port") or on a session, else the settings'.

    Beside them what tells, once they are checked, what people should hear of files and settings that are not used.
    """
    engine = engine or settings.engine or "polars"
    if engine == "polars":
        with open_exports(exports, settings) as found:
            yield PolarsChecks(found), lambda: asides(found)
        return
    with spark_engine(engine, exports, settings) as spark:
        from mlmkpi.engines.spark_checks import SparkChecks

        yield SparkChecks(spark), lambda: asides(spark)
