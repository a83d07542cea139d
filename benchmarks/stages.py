"""Where the time of one run goes: `python -m benchmarks.stages EXPORTS` prints processor seconds by stage."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from benchmarks.cases import KPIS


def busy() -> float:
    """Processor seconds of this process so far."""
    times = os.times()
    return times.user + times.system


class Stages:
    """Adds up what each stage took, what it called taken off."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def named(self, owner: Any, method: str, name: Callable[..., str]) -> None:
        """Count a method as the stage that `name` calls it by its arguments."""
        plain = getattr(owner, method)

        def timed(*arguments: Any, **more: Any) -> Any:
            begun = busy()
            self._inside.append(0.0)
            try:
                return plain(*arguments, **more)
            finally:
                took, within = busy() - begun, self._inside.pop()
                self.spent[name(*arguments)] += took - within
                if self._inside:
                    self._inside[-1] += took

        setattr(owner, method, timed)


def stages(exports: str) -> dict[str, float]:
    """Processor seconds by stage, the whole process included."""
    from mlmkpi import compute
    from mlmkpi.books.books import Books
    from mlmkpi.engines.polars import PolarsEngine
    from mlmkpi.pipeline import kpi_rows, run_jobs, runs
    from mlmkpi.report.to_json import json_text

    found = Stages()
    found.spent["starting Python and importing"] = busy()
    patch.object(PolarsEngine, "at_once", 1).start()
    found.named(PolarsEngine, "spellings", lambda *_: "orders: finding codes")
    found.named(PolarsEngine, "has_repeats", lambda *_: "orders: looking for repeated ids")
    found.named(Books, "_read_typed", lambda *_: "orders: reading, ids and money to integers, classes")
    found.named(Books, "_read_orders", lambda *_: "orders: returns and own purchases")
    found.named(Books, "people", lambda *_: "people: who was on the books when")
    found.named(Books, "_read_cells", lambda _, __, unit: f"sums by {unit} and cell")
    found.named(Books, "_read_history", lambda *_: "histories of sellers and buyers")
    found.named(Books, "recruits", lambda *_: "people: who recruited whom")
    found.named(run_jobs, "take", lambda _, job: f"figures on {type(job.fact).__name__}")
    found.named(kpi_rows, "rows_of", lambda *_: "making figures and rows")
    found.named(runs, "_run", lambda *_: "the rest: dates, planning")
    json_text(compute(exports, kpis=list(KPIS), count=12).frame)
    found.spent["opening files, JSON"] = busy() - sum(found.spent.values())
    return dict(sorted(found.spent.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    print(json.dumps(stages(sys.argv[1])))
