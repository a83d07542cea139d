"""From names of KPIs to a Result: the one path that every command and the library take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.pipeline.opening import Exports
from mlmkpi.pipeline.request import request_of
from mlmkpi.pipeline.result import Result
from mlmkpi.pipeline.runs import run
from mlmkpi.settings import Settings

__all__ = ["Exports", "Result", "compute"]


def compute(
    exports: Exports = ".", *, kpis: Sequence[str] | None = None, every: str = "month", by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None, first: date | None = None, last: date | None = None,
    count: int | None = None, as_of: date | None = None, compare_year: bool = False, bad_rows: str = "stop",
    tree: str = "sponsor", depth: int | None = None, generation: int | None = None, min_team: int = 1,
    config: str | Path | None = None, settings: Settings | None = None, engine: Any = None,
    progress: Callable[[str], None] | None = None, write: Callable[[pl.DataFrame], None] | None = None,
    anew: Callable[[], None] | None = None,
) -> Result:
    """KPIs from exports: a folder, a file, a glob, an s3:// address, or frames and paths by table name.

    `kpis` are names, families or "all" (None: the default set); `every` is the length of a period; `by` are the
    dimensions to split by and `where` the values to keep of each; `first`, `last` and `count` choose the periods (13
    that end with the as-of date's). The dimension `team` is a leader with everybody below them in the `tree` ("sponsor"
    or "enroller"); of the leaders in `where["team"]`, down to a `depth` or that `generation` alone, or else of every
    leader with at least `min_team` people below, whoever left included.

    `bad_rows` is "stop" or "skip". `settings` stand in for a mlmkpi.toml, `config`
    names one. `engine` is None or "polars", "spark", "sc://host:port" or a SparkSession. `progress` is told what is
    done. `write` is handed the rows KPI by KPI, by team period by period, text as categoricals, and the Result is then
    without them: for every leader of a large company they are more than memory holds. Where a KPI of a plugin fails,
    `anew` is called: the rows so far are void, and those of the other KPIs follow; without it the run ends.

    Raises UsageError, SettingsError, DataError, MissingExtraError or EngineError, all of them MlmkpiError.
    """
    request = request_of(
        kpis=kpis, every=every, by=by, where=where, first=first, last=last, count=count, as_of=as_of,
        compare_year=compare_year, bad_rows=bad_rows, tree=tree, depth=depth, generation=generation, min_team=min_team,
    )
    return run(
        exports, request, config=config, settings=settings, engine=engine, progress=progress, write=write, anew=anew
    )
