"""Exports against their declarations: what is wrong, how often, and where, without computing a figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlmkpi.settings import Settings, chosen_settings
from mlmkpi.sources import Example, Finding, Severity
from mlmkpi.validate.checks import check
from mlmkpi.validate.opening import opened

__all__ = ["Example", "Finding", "Severity", "check", "opened", "validate"]


def validate(
    exports: Path | str | Mapping[str, Any], *, settings: Settings | None = None, config: str | Path | None = None,
    engine: Any = None,
) -> list[Finding]:
    """Everything that is wrong with exports: a folder, file, glob or s3:// address, or frames by table name.

    Without `settings`, those of `config`, else of mlmkpi.toml in the exports or the working folder, are in force.
    `engine`: polars, spark, sc://host:port, or a SparkSession; without it what the settings say, else polars.
    A finding says the table, column and rule, how many of the checked rows break it, and the first of them. On Spark
    rows have no numbers: it gives those of the lowest keys.

    Raises DataError where a file cannot be opened or decoded, a table comes in two forms, or there is none;
    SettingsError where the settings cannot be read or name what there is none of; EngineError where Spark fails.

    >>> import polars as pl
    >>> orders = pl.DataFrame({"order_id": ["1", "1"], "ordered_on": ["2026-10-01", "2026-10-02"], "amount": [9, 9]})
    >>> [(finding.rule, finding.severity, finding.count) for finding in validate({"orders": orders})]
    [('differing-rows', 'error', 2)]
    """
    settings = chosen_settings(settings, config, exports)
    with opened(exports, settings, engine) as (found, _):
        return check(found, settings)
