"""The day that stands for a year of birth, reckoned without a calendar, against the calendar."""

from __future__ import annotations

from datetime import date

import narwhals as nw
import polars as pl

from mlmkpi.books.ages import birth_day
from mlmkpi.period import day_number


def test_a_birth_year_means_its_first_of_july() -> None:
    years = range(1, 10_000)
    day = birth_day(frozenset({"birth_year"}))
    assert day is not None
    rows = nw.from_native(pl.DataFrame({"birth_year": years}))
    found = rows.select(day.alias("day")).to_native()["day"].to_list()
    assert found == [day_number(date(year, 7, 1)) for year in years]
