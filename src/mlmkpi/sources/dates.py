"""Days as people and programs write them: ISO, day or month first, Excel's count, or a format that is set."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

EXCEL_EPOCH = 25569
FIRST_DAY = -354285
_TIME = r"[T ]+(?:[01]?\d|2[0-4]):[0-5]\d(?::(?:[0-5]\d|60)(?:[.,]\d+)?)?"
ZONE = r"\s*(?:Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
ISO_TAIL = rf"^(?:{_TIME}(?:{ZONE})?)?$"
_PARTS = rf"^(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}})(?:,?{_TIME}(?:\s*[AaPp][Mm])?)?$"


@dataclass(frozen=True)
class DateStyle:
    """How a column writes days: `order` is "", "day-first", "month-first", "excel" or a format.

    `plain` cells are ISO dates without a time.
    """

    order: str = ""
    plain: bool = True

    def day(self, text: pl.Expr, zone: str | None) -> pl.Expr:
        """The cells as Int32 day numbers, null where one is no day; a moment belongs to its day in `zone`."""
        iso = _number(text.str.to_date("%Y-%m-%d", strict=False))
        if self.plain and not self.order:
            return iso
        if self.order == "excel":
            return pl.coalesce(excel_day(text.cast(pl.Float64, strict=False)), stamp_day(text, zone))
        if self.order in ("day-first", "month-first"):
            return pl.coalesce(parts_day(text, self.order), stamp_day(text, zone))
        if self.order:
            return pl.coalesce(_set_day(text, self.order, zone), stamp_day(text, zone))
        return stamp_day(text, zone)


def stamp_day(text: pl.Expr, zone: str | None) -> pl.Expr:
    """ISO dates and timestamps as day numbers."""
    tail = text.str.slice(10)
    date = text.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    written = pl.when(tail.str.contains(ISO_TAIL)).then(_number(date))
    if zone is None:
        return written
    mark = tail.str.extract(rf"({ZONE})$", 1)
    offset = _minutes(mark.str.extract(r"(\d{2})"), mark.str.extract(r"\d{2}:?(\d{2})"))
    signed = pl.when(mark.str.contains("-", literal=True)).then(-offset).otherwise(offset)
    clock = _minutes(tail.str.extract(r"(\d{1,2}):"), tail.str.extract(r":(\d{2})"))
    moment = (written.cast(pl.Int64) * 1440 + clock - signed) * 60_000_000
    local = moment.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone).dt.date().cast(pl.Int32)
    return pl.when(mark.is_not_null()).then(local).otherwise(written)


def parts_day(text: pl.Expr, order: str) -> pl.Expr:
    """Dates such as 31/12/2026 or 12/31/2026 as day numbers."""
    first, second = text.str.extract(_PARTS, 1), text.str.extract(_PARTS, 2)
    day, month = (first, second) if order == "day-first" else (second, first)
    year = text.str.extract(_PARTS, 3)
    return _number(pl.concat_str(year, month, day, separator="-").str.to_date("%Y-%m-%d", strict=False))


def excel_day(serial: pl.Expr) -> pl.Expr:
    """Excel's count of days (1 = 1900-01-01, with its 29 February 1900) as day numbers."""
    whole = serial.floor().cast(pl.Int32, strict=False)
    return pl.when(whole.is_between(61, 2_958_465)).then(whole - EXCEL_EPOCH)


@dataclass(frozen=True)
class DateEvidence:
    """How a column's cells can be read: as ISO dates or moments, as one order alone, or as both to different ends.

    A file writes the days of a column in one way. Of several files' cells together nothing is said of ISO dates.
    """

    iso: int
    day: int
    month: int
    ambiguous: int
    not_plain: int
    example: str | None

    def __add__(self, other: DateEvidence) -> DateEvidence:
        return DateEvidence(
            0,
            self.day + other.day,
            self.month + other.month,
            self.ambiguous + other.ambiguous,
            self.not_plain + other.not_plain,
            self.example or other.example,
        )


def is_plain_date(text: pl.Expr) -> pl.Expr:
    """Whether a cell is an ISO date and nothing more; null where it is empty."""
    return DateStyle().day(text, None).is_not_null() & (text.str.len_chars() == 10)


def date_evidence(frame: pl.LazyFrame, text: pl.Expr) -> DateEvidence:
    """Look at a column's cells."""
    cells = frame.select(text=text).filter(pl.col("text").is_not_null())
    text = pl.col("text")
    read = cells.select(
        "text",
        plain=DateStyle().day(text, None),
        stamp=stamp_day(text, None),
        day=parts_day(text, "day-first"),
        month=parts_day(text, "month-first"),
    )
    day, month = pl.col("day"), pl.col("month")
    both = day != month
    row = (
        read.select(
            iso=pl.col("stamp").is_not_null().sum(),
            day=(day.is_not_null() & month.is_null()).sum(),
            month=(month.is_not_null() & day.is_null()).sum(),
            ambiguous=both.sum(),
            not_plain=pl.col("plain").is_null().sum(),
            example=text.filter(both).min(),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    return DateEvidence(**row)


def choose_order(seen: DateEvidence) -> DateStyle | None:
    """The style that the cells settle, None where they do not or contradict each other; beside ISO dates that alone."""
    if seen.iso:
        return DateStyle(plain=seen.not_plain == 0)
    if (seen.day and seen.month) or (seen.ambiguous and not (seen.day or seen.month)):
        return None
    order = "day-first" if seen.day else "month-first" if seen.month else ""
    return DateStyle(order, plain=seen.not_plain == 0)


def _number(date: pl.Expr) -> pl.Expr:
    """Day numbers from the year 1000 on: a year of two digits is none."""
    number = date.cast(pl.Int32)
    return pl.when(number >= FIRST_DAY).then(number)


def _minutes(hours: pl.Expr, minutes: pl.Expr) -> pl.Expr:
    return hours.cast(pl.Int64, strict=False).fill_null(0) * 60 + minutes.cast(
        pl.Int64, strict=False
    ).fill_null(0)


def _set_day(text: pl.Expr, form: str, zone: str | None) -> pl.Expr:
    if zone is not None and "%z" in form:
        moment = text.str.to_datetime(form, strict=False)
        return _number(moment.dt.convert_time_zone(zone).dt.date())
    return _number(text.str.to_date(form, strict=False))
