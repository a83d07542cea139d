"""Work done on a Spark server: its errors become the tool's, and Ctrl-C stops it there too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import polars as pl

from mlmkpi.engines.spark_errors import BadCellError, translated
from mlmkpi.engines.spark_plans import note
from mlmkpi.engines.spark_settings import cancel
from mlmkpi.errors import DataError

T = TypeVar("T")


class Server:
    """A session that work is done on; `refusal` gives the error of a table with cells that do not fit."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.refusal: Callable[[str], DataError] = lambda table: DataError(f"{table} has cells that do not fit")

    def run(self, work: Callable[[], T]) -> T:
        """What the work gives."""
        try:
            with translated():
                return work()
        except BadCellError as bad:
            error = self.refusal(bad.table)
        except KeyboardInterrupt:
            cancel(self.session)
            raise
        raise error

    def collect(self, native: Any) -> pl.DataFrame:
        """A frame's rows, brought here through Arrow."""
        self.run(lambda: note(native))
        frame = self.run(lambda: pl.from_arrow(native.toArrow()))
        if not isinstance(frame, pl.DataFrame):
            raise AssertionError("a table is a frame")
        return frame
