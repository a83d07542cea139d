"""Ages in bands: a person's age on a day, from their birth date or, with a year alone, from its 1 July."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import narwhals as nw
from narwhals.dtypes import DType

from mlmkpi.engines import Frame
from mlmkpi.errors import SettingsError
from mlmkpi.period import day_number, from_day_number, years_before

YEAR = 366
OLDEST = 150
_AGE = re.compile(r"\d{1,3}")
AGE_BANDS = ("<18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


def lower_ages(bands: Sequence[str]) -> list[int]:
    """The youngest age of each band after the first.

    >>> lower_ages(AGE_BANDS)
    [18, 25, 35, 45, 55, 65]
    """
    ages = [int(found[0]) for band in bands[1:] if (found := _AGE.match(band))]
    named = [f"<{ages[0]}", *(f"{one}-{two - 1}" for one, two in pairwise(ages)), f"{ages[-1]}+"] if ages else []
    if named != list(bands) or ages != sorted(set(ages)) or ages[-1] > OLDEST:
        raise SettingsError(
            "age_bands cannot be read",
            (("got", ", ".join(bands)), ("expected", ", ".join(AGE_BANDS)),
             ("fix", "name each band by its ages, none left out and the last without an end")),
        )
    return ages


def born_by(day: int, age: int) -> int:
    """The latest birth day of those who have reached the age on the day (29 February comes of age on 1 March)."""
    return day_number(years_before(from_day_number(day), age))


def age_band(birth: nw.Expr, day: int, bands: Sequence[str], kind: DType) -> nw.Expr:
    """The band of the age on the day, a label of the kind; null where the birth day is."""
    return band_of_birth(birth, [born_by(day, age) for age in lower_ages(bands)], bands, kind)


def band_of_birth(birth: nw.Expr, latest: Sequence[int | nw.Expr], bands: Sequence[str], kind: DType) -> nw.Expr:
    """The band of a birth day, given the latest one of each band after the first; null where the birth day is."""
    band: nw.Expr = nw.when(~birth.is_null()).then(nw.lit(bands[0], dtype=kind))
    for label, day in zip(bands[1:], latest, strict=True):
        band = nw.when(birth <= day).then(nw.lit(label, dtype=kind)).otherwise(band)
    return band


def birth_day(columns: frozenset[str]) -> nw.Expr | None:
    """The birth day (a day number) from the columns of a table; None where it has neither.

    A year alone is counted from 1970 without a calendar: years × 365 and the leap days before its 1 July. What is no
    year, such as 19801231, is taken for the first or last that a calendar has, which is told as no likely age.
    """
    year = None
    if "birth_year" in columns:
        written = nw.col("birth_year").cast(nw.Int64)
        born = nw.when(written > 9999).then(nw.lit(9999)).otherwise(written)
        born = nw.when(written < 0).then(nw.lit(0)).otherwise(born)
        past = born - 1
        leaps = past // 4 - past // 100 + past // 400 - 477
        leap = ((born % 4 == 0) & (born % 100 != 0)) | (born % 400 == 0)
        to_july = nw.when(leap).then(nw.lit(182)).otherwise(nw.lit(181))
        year = ((born - 1970) * 365 + leaps + to_july).cast(nw.Int32)
    if "birth_date" not in columns:
        return year
    return nw.col("birth_date") if year is None else nw.coalesce(nw.col("birth_date"), year)


def band_of_age(age: nw.Expr, bands: Sequence[str], kind: DType) -> nw.Expr:
    """The band of an age in whole years, a label of the kind; null where the age is."""
    band: nw.Expr = nw.when(~age.is_null()).then(nw.lit(bands[0], dtype=kind))
    for label, lowest in zip(bands[1:], lower_ages(bands), strict=True):
        band = nw.when(age >= lowest).then(nw.lit(label, dtype=kind)).otherwise(band)
    return band


def since_march(rows: Frame, day: str, name: str) -> Frame:
    """The rows with `name`: years of 366 days and the day in its year, counted from a 1 March, of a column's day.

    Two of them differ by whole YEARs and less: 29 February comes of age on 1 March, as a year from March to February
    has the same days with and without a leap day, which is its last. Every step is a column: in one expression, each
    would stand as often as it is used.
    """
    kept, era, of_era, year = rows.collect_schema().names(), nw.col("_era"), nw.col("_of_era"), nw.col("_year")
    rows = rows.with_columns((nw.col(day).cast(nw.Int64) + 719_468).alias("_since"))
    rows = rows.with_columns((nw.col("_since") // 146_097).alias("_era"), (nw.col("_since") % 146_097).alias("_of_era"))
    rows = rows.with_columns(((of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365).alias("_year"))
    in_year = of_era - (365 * year + year // 4 - year // 100)
    return rows.select(*kept, ((era * 400 + year) * YEAR + in_year).cast(nw.Int32).alias(name))
