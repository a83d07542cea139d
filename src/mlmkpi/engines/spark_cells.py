"""From what a file holds to what the library computes with, on Spark: the rules of `sources` for plain cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlmkpi.declaration import SCALE
from mlmkpi.sources.cells import LARGEST
from mlmkpi.sources.dates import FIRST_DAY, ISO_TAIL, ZONE
from mlmkpi.tables import Kind

Column = Any
"""A column expression of whichever PySpark the session is of."""

WHITE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
BROKEN = "\ufffd"
"""What Spark reads where bytes are no UTF-8."""
DIGITS = 14
YES = ("true", "t", "yes", "y", "1", "1.0")
NO = ("false", "f", "no", "n", "0", "0.0")
LONG = r"[.]\d{4}\d*[1-9]"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
THOUSANDS = r"^[+-]?\d{1,3}[.]\d{3}$"
"""What is a whole number where the decimal mark is the comma, as it mostly is where semicolons cut."""
DAY = r"^\d{4}-\d{1,2}-\d{1,2}$"
SMALL = ("tinyint", "smallint", "int")
FRACTIONS = ("float", "double")
TYPES = {
    Kind.ID: "string", Kind.CODE: "string", Kind.TEXT: "string", Kind.DATE: "int", Kind.MONEY: "bigint",
    Kind.RATE: "double", Kind.INTEGER: "bigint", Kind.FLAG: "boolean",
}


@dataclass(frozen=True)
class Cell:
    """A typed column, and where one can, whether its cell does not fit or was rounded."""

    value: Column
    bad: Column | None = None
    rounded: Column | None = None


class Cells:
    """Builds the expressions with one session's functions; `zone` is the company's time zone.

    Ids, codes and texts become text, days Int32 day numbers, money Int64 ten-thousandths, rates doubles, whole
    numbers Int64, flags Boolean. The session's time zone must be UTC.
    """

    def __init__(self, functions: Any, zone: str | None) -> None:
        self._f = functions
        self._zone = zone

    def clean(self, text: Column) -> Column:
        """Text without white space round it; empty is null."""
        return self._f.nullif(self._f.btrim(text, self._f.lit(WHITE)), self._f.lit(""))

    def mapped(self, text: Column, codes: Mapping[str, str]) -> Column:
        """The canonical code of each lower-cased spelling in `codes`; others stay as they are."""
        spellings: dict[str, list[str]] = {}
        for spelling, code in codes.items():
            spellings.setdefault(code, []).append(spelling)
        found = text
        for code, spelled in spellings.items():
            found = self._f.when(self._f.lower(text).isin(spelled), self._f.lit(code)).otherwise(found)
        return found

    def cell(
        self, column: Column, form: str, kind: Kind, *, from_file: bool = False, two_ways: bool = False
    ) -> Cell | None:
        """A column of Spark's type `form` as its kind; None where the type cannot be that.

        `from_file`: it was read from a text file, where even an id can hold a NUL, or bytes that are no UTF-8;
        `two_ways`: a point in its numbers may part the thousands.
        """
        if form == "void":
            return Cell(column.cast(TYPES[kind]))
        if form == "string":
            text = self.clean(column)
            if two_ways and kind in (Kind.MONEY, Kind.RATE):
                text = self._f.when(text.rlike(THOUSANDS), self._f.lit("?")).otherwise(text)
            return self._text(text, kind, from_file)
        if kind in (Kind.ID, Kind.CODE, Kind.TEXT):
            return self._label(column, form, kind)
        make = {
            Kind.MONEY: self._money, Kind.RATE: self._rate, Kind.INTEGER: self._count, Kind.DATE: self._date,
            Kind.FLAG: self._flag,
        }[kind]
        return make(column, form)

    # ---- from text ---------------------------------------------------------------------------------------------

    def _text(self, text: Column, kind: Kind, from_file: bool) -> Cell:
        f = self._f
        if kind is Kind.DATE:
            value = self._day(text)
        elif kind is Kind.MONEY:
            value = self._units(self._decimal(text))
            return Cell(value, text.isNotNull() & value.isNull(), value.isNotNull() & text.rlike(LONG))
        elif kind is Kind.INTEGER:
            number = self._decimal(text)
            value = f.when(number == f.floor(number), number.try_cast("bigint"))
        elif kind is Kind.RATE:
            number = f.when(text.rlike(NUMBER), text.try_cast("double"))
            value = f.when(f.abs(number) < float("inf"), number)
        elif kind is Kind.FLAG:
            word = f.lower(text)
            value = f.when(word.isin(*YES), f.lit(True)).when(word.isin(*NO), f.lit(False))
        elif from_file:
            value = f.when(~(text.contains("\0") | text.contains(BROKEN)), text)
        else:
            return Cell(text)
        return Cell(value, text.isNotNull() & value.isNull())

    def _decimal(self, text: Column) -> Column:
        """The number rounded half-even to four places, null for none or where it does not fit."""
        number = self._f.when(text.rlike(NUMBER), text.try_cast("decimal(38,18)"))
        rounded = self._f.bround(number, 4)
        return self._f.when(self._f.abs(rounded) < 10**DIGITS, rounded)

    def _day(self, text: Column) -> Column:
        """An ISO day, or a moment's day in the company's zone, as a day number."""
        f = self._f
        tail = f.substring(text, 11, 100)
        written = f.when(text.rlike(DAY), text.try_cast("date")).when(
            tail.rlike(ISO_TAIL), f.when(f.substring(text, 1, 10).rlike(DAY), f.substring(text, 1, 10).try_cast("date"))
        )
        day = f.unix_date(written)
        day = f.when(day >= FIRST_DAY, day)
        if self._zone is None:
            return day
        mark = f.regexp_extract(tail, rf"({ZONE})$", 1)
        offset = self._minutes(mark, r"(\d{2})", r"\d{2}:?(\d{2})")
        signed = f.when(mark.contains("-"), -offset).otherwise(offset)
        clock = self._minutes(tail, r"(\d{1,2}):", r":(\d{2})")
        moment = f.timestamp_seconds((day.cast("bigint") * 1440 + clock - signed) * 60)
        local = f.unix_date(f.from_utc_timestamp(moment, self._zone).cast("date"))
        return f.when(mark == "", day).otherwise(local)

    def _minutes(self, text: Column, hours: str, minutes: str) -> Column:
        parts = [self._f.regexp_extract(text, pattern, 1).try_cast("bigint") for pattern in (hours, minutes)]
        known = [self._f.coalesce(part, self._f.lit(0)) for part in parts]
        return known[0] * 60 + known[1]

    # ---- from types of their own -------------------------------------------------------------------------------

    def _units(self, number: Column) -> Column:
        """A decimal of at most four places as whole ten-thousandths."""
        return (number * SCALE).cast("bigint")

    def _money(self, column: Column, form: str) -> Cell | None:
        f = self._f
        if form in FRACTIONS:
            number = column.cast("double")
            fits = f.abs(number) <= float(LARGEST)
            return Cell(f.when(fits, f.rint(number * SCALE).cast("bigint")), f.coalesce(~fits, f.lit(False)))
        if form in SMALL:
            return Cell(column.cast("bigint") * SCALE)
        if form == "bigint":
            fits = column.between(-LARGEST, LARGEST)
            return Cell(f.when(fits, column * SCALE), f.coalesce(~fits, f.lit(False)))
        places = _places(form)
        if places is None:
            return None
        whole, decimals = places
        number = f.bround(column, 4) if decimals > 4 else column
        if whole <= DIGITS and decimals <= 4:
            return Cell(self._units(number))
        fits = f.abs(number) < 10**DIGITS
        return Cell(f.when(fits, self._units(number)), f.coalesce(~fits, f.lit(False)))

    def _rate(self, column: Column, form: str) -> Cell | None:
        if not _is_number(form):
            return None
        number = column.cast("double")
        fits = self._f.abs(number) < float("inf")
        return Cell(self._f.when(fits, number), self._f.coalesce(~fits, self._f.lit(False)))

    def _count(self, column: Column, form: str) -> Cell | None:
        whole = self._whole(column, form)
        if whole is None or form in SMALL:
            return whole
        fits = self._f.coalesce(whole.value.between(-LARGEST, LARGEST), self._f.lit(False))
        return Cell(self._f.when(fits, whole.value), ~fits & column.isNotNull())

    def _whole(self, column: Column, form: str) -> Cell | None:
        if not _is_number(form):
            return None
        if form in (*SMALL, "bigint"):
            return Cell(column.cast("bigint"))
        whole = column.try_cast("bigint")
        fits = self._f.coalesce(column == whole, self._f.lit(False))
        return Cell(self._f.when(fits, whole), ~fits & column.isNotNull())

    def _date(self, column: Column, form: str) -> Cell | None:
        if form == "timestamp" and self._zone is not None:
            column = self._f.from_utc_timestamp(column, self._zone)
        if form not in ("date", "timestamp", "timestamp_ntz"):
            return None
        return Cell(self._f.unix_date(column.cast("date")))

    def _flag(self, column: Column, form: str) -> Cell | None:
        if form == "boolean":
            return Cell(column)
        if not _is_number(form):
            return None
        value = self._f.when(column == 1, self._f.lit(True)).when(column == 0, self._f.lit(False))
        return Cell(value, value.isNull() & column.isNotNull())

    def _label(self, column: Column, form: str, kind: Kind) -> Cell | None:
        if kind is Kind.ID and _is_number(form):
            whole = self._whole(column, form)
            return None if whole is None else Cell(whole.value.cast("string"), whole.bad)
        if form in FRACTIONS:
            whole = self._f.when(column == self._f.rint(column), column.try_cast("bigint")).cast("string")
            return Cell(self._f.coalesce(whole, column.cast("string")))
        if form.startswith(("array", "map", "struct", "binary", "variant")):
            return None
        return Cell(column.cast("string"))


def _is_number(form: str) -> bool:
    return form in (*SMALL, "bigint", *FRACTIONS) or form.startswith("decimal")


def _places(form: str) -> tuple[int, int] | None:
    """A decimal type's digits before and after the point.

    >>> _places("decimal(18,4)")
    (14, 4)
    """
    found = re.fullmatch(r"decimal\((\d+),(\d+)\)", form)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None


