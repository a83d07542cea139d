"""The rows behind a figure that is not known: shown, and not said to make it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import mlmkpi
from mlmkpi.report.traced import proof

END = date(2026, 10, 31)


def test_rows_that_make_no_figure_do_not_say_so(tmp_path: Path) -> None:
    """In October both were current on its first day by an order of September, but 90 days of history are not there."""
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\nB,2026-02-01\n")
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id\n1,2026-09-05,10,A\n2,2026-09-06,10,B\n3,2026-10-31,1,A\n"
    )
    found = mlmkpi.trace(tmp_path, "distributor_retention_rate", period="2026-10", as_of=END)
    assert (found.value, found.note) == (None, "needs 90 days of history; orders start on 2026-09-05")
    assert proof(found) == "2 rows: their contributions sum to 2, of which no figure is made"
    known = mlmkpi.trace(tmp_path, "sales_volume", period="2026-10", as_of=END)
    assert proof(known) == "1 row: their contributions sum to 1, exactly the figure's numerator"
