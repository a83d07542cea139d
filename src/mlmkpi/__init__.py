"""The metrics layer for direct selling: exports in, KPIs out, every number with its definition.

>>> import mlmkpi
>>> import polars as pl
>>> from datetime import date
>>> orders = pl.DataFrame({"order_id": ["A1", "A2"], "ordered_on": [date(2026, 10, 1), date(2026, 10, 31)],
...                        "amount": [10.0, 30.5]})
>>> result = mlmkpi.compute({"orders": orders}, kpis=["average_order_value"], count=1)
>>> result.frame.select("period", "statistic", "numerator", "denominator", "value").rows()
[('2026-10', 'value', 40.5, 2.0, 20.25), ('2026-10', 'median', None, 2.0, 20.25)]
"""

from typing import TYPE_CHECKING, Any

from mlmkpi.errors import (
    DataError,
    EngineError,
    MissingExtraError,
    MlmkpiError,
    OutputError,
    SettingsError,
    UsageError,
)

if TYPE_CHECKING:
    from mlmkpi import validate
    from mlmkpi.pipeline import Result, compute
    from mlmkpi.pipeline.cohorts import Cohorts, cohorts
    from mlmkpi.pipeline.team_page import TeamPage, team
    from mlmkpi.pipeline.trace import Trace, trace
    from mlmkpi.pipeline.work_out import work_out
    from mlmkpi.pipeline.worked import Worked
    from mlmkpi.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Cohorts", "DataError", "EngineError", "MissingExtraError", "MlmkpiError", "OutputError", "Result", "Settings",
    "SettingsError", "TeamPage", "Trace", "UsageError", "Worked", "__version__", "cohorts", "compute", "team", "trace",
    "validate", "work_out",
]


def __getattr__(name: str) -> Any:
    """Load the library when it is first used: the command line's help needs none of it."""
    from importlib import import_module

    places = {
        "Result": "pipeline", "compute": "pipeline", "Cohorts": "pipeline.cohorts", "cohorts": "pipeline.cohorts",
        "TeamPage": "pipeline.team_page", "team": "pipeline.team_page", "Trace": "pipeline.trace",
        "trace": "pipeline.trace", "Worked": "pipeline.worked", "work_out": "pipeline.work_out", "Settings": "settings",
    }
    if name == "validate":
        return import_module("mlmkpi.validate")
    if name in places:
        return getattr(import_module(f"mlmkpi.{places[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What there is, also before it is loaded: notebooks complete names by it."""
    return sorted({*globals(), *__all__})
