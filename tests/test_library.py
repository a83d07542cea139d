"""What `import mlmkpi` alone gives, in a process that has loaded nothing of it."""

from __future__ import annotations

import subprocess
import sys

import mlmkpi
from mlmkpi.figure import Ratio
from mlmkpi.kpis.sales import average_order_value


def fresh(code: str) -> str:
    """What the code prints in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_every_function_of_the_library_is_there_at_once() -> None:
    told = "; ".join(f"print(mlmkpi.{name}.__module__)" for name in ("compute", "work_out", "trace", "team", "cohorts"))
    assert fresh(f"import mlmkpi; {told}").split() == [
        "mlmkpi.pipeline", "mlmkpi.pipeline.work_out", "mlmkpi.pipeline.trace", "mlmkpi.pipeline.team_page",
        "mlmkpi.pipeline.cohorts",
    ]
    assert fresh("import mlmkpi; print(mlmkpi.validate.validate.__module__)") == "mlmkpi.validate\n"


def test_a_notebook_completes_names_that_are_not_loaded_yet() -> None:
    assert set(mlmkpi.__all__) <= set(fresh("import mlmkpi; print(*dir(mlmkpi))").split())


def test_a_kpi_by_itself_keeps_the_type_of_its_figure() -> None:
    average: Ratio = average_order_value()
    assert (average.numerator.name, average.numerator.scale) == ("sales_amount", 10_000)
