"""Tiny companies written out, whose figures Spark gives as Polars does."""

from __future__ import annotations

from typing import Any

import pytest

from kpis.test_bounds import SUMMED, company, compute
from mlmkpi.errors import DataError

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(("kpi", "column", "header", "row", "of_nine"), [SUMMED[0], SUMMED[4]])
def test_money_that_no_sum_holds_is_refused(
    session: Any, kpi: str, column: str, header: str, row: tuple[Any, ...], of_nine: float
) -> None:
    name = column.partition(".")[0]
    with pytest.raises(DataError, match=f"{column} comes to more than can be summed"):
        compute(kpi, company(name, header, row, 10), session)
    found = compute(kpi, company(name, header, row, 9), session).frame
    assert found.filter(kpi=kpi, statistic="value")["value"].to_list() == [of_nine]
