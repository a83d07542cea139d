"""From what a file holds to what the library computes with: an expression a column, and what misfits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from mlmkpi.declaration import SCALE
from mlmkpi.sources.dates import FIRST_DAY, DateStyle, excel_day
from mlmkpi.sources.numbers import NumberStyle
from mlmkpi.tables import Kind

FIRST, LAST = -719_162, 2_932_896
"""The days 0001-01-01 and 9999-12-31, which a day beyond them, such as a database's infinity, is taken for."""
LARGEST = 99_999_999_999_999
_DIGITS, _PLACES = 18, 4
_WIDEST = 38
"""How many digits a decimal has at most that Polars computes with."""
_FLAGS = {
    "true": True, "t": True, "yes": True, "y": True, "1": True, "1.0": True,
    "false": False, "f": False, "no": False, "n": False, "0": False, "0.0": False,
}  # fmt: skip
_DTYPES = {
    Kind.ID: pl.String(), Kind.CODE: pl.String(), Kind.TEXT: pl.String(), Kind.DATE: pl.Int32(),
    Kind.MONEY: pl.Int64(), Kind.RATE: pl.Float64(), Kind.INTEGER: pl.Int64(), Kind.FLAG: pl.Boolean(),
}  # fmt: skip

SORTS = {
    Kind.ID: "an id", Kind.CODE: "a code", Kind.TEXT: "a text", Kind.DATE: "a date", Kind.MONEY: "a number",
    Kind.RATE: "a number", Kind.INTEGER: "a whole number", Kind.FLAG: "yes or no",
}  # fmt: skip

Style = NumberStyle | DateStyle


class MisfitError(Exception):
    """A cell that does not fit its column was come upon while rows were computed; which one is looked for then."""


@dataclass(frozen=True)
class Cell:
    """A typed column, and where given the rows whose cells do not fit it, and what it is where all of them do."""

    value: pl.Expr
    bad: pl.Expr | None = None
    plain: pl.Expr | None = None

    @property
    def fit(self) -> Cell:
        """The column, all of whose cells are known to fit it."""
        return Cell(self.value if self.plain is None else self.plain)

    @property
    def watched(self) -> Cell:
        """The column, whose cells fit it or else whatever computes it raises MisfitError."""
        if self.bad is None:
            return self
        fits = ~self.bad.map_batches(_none_bad, return_dtype=pl.Boolean, is_elementwise=True)
        return Cell(pl.when(fits).then(self.fit.value))


def any_bad(cells: Iterable[Cell]) -> pl.Expr | None:
    """Where any of the columns has a cell that does not fit; None where none can have one."""
    given = [cell.bad for cell in cells if cell.bad is not None]
    return pl.any_horizontal(given).fill_null(False) if given else None


def is_styled(kind: Kind) -> bool:
    """Whether people write cells of this kind in several ways."""
    return kind in (Kind.DATE, Kind.MONEY, Kind.RATE, Kind.INTEGER)


def clean(text: pl.Expr) -> pl.Expr:
    """Text without white space round it; empty is null."""
    return text.map_batches(_cleaned, return_dtype=pl.String, is_elementwise=True)


def stripped(text: pl.Expr) -> pl.Expr:
    """The same, sooner and in more memory."""
    return text.str.strip_chars().replace("", None)


def mapped(text: pl.Expr, codes: Mapping[str, str]) -> pl.Expr:
    """The canonical code of each lower-cased spelling in `codes`; others stay as they are."""
    if not codes:
        return text
    return pl.coalesce(
        text.str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.String), text
    )


def rounded(text: pl.Expr, style: Style | None) -> pl.Expr:
    """Where a number has more than the four decimals that are kept."""
    mark = style.mark if isinstance(style, NumberStyle) else "."
    return text.str.contains(rf"[{mark}]\d{{4}}\d*[1-9]")


def native_cell(
    column: pl.Expr, dtype: pl.DataType, kind: Kind, zone: str | None, excel: bool
) -> Cell | None:
    """A column that has a type of its own as its kind; None where the type cannot be that."""
    if dtype == pl.Null:
        return Cell(column.cast(_DTYPES[kind]))
    if kind in (Kind.MONEY, Kind.RATE):
        return _money(column, dtype) if kind is Kind.MONEY else _rate(column, dtype)
    if kind is Kind.INTEGER:
        return _count(column, dtype) if dtype.is_numeric() else None
    if kind is Kind.DATE:
        return _date(column, dtype, zone, excel)
    if kind is Kind.FLAG:
        return _flag(column, dtype)
    if kind is Kind.ID and dtype.is_numeric():
        return _integer(column, dtype)
    return _text(column, dtype)


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column's cells as they are shown; a text, a number or a day."""
    return _reckoned(column, dtype).cast(pl.String)


def text_value(text: pl.Expr, kind: Kind, style: Style | None, zone: str | None) -> pl.Expr:
    """A column of cleaned text as its kind; null where a cell does not fit."""
    if isinstance(style, DateStyle):
        return style.day(text, zone)
    if isinstance(style, NumberStyle):
        if kind is Kind.RATE:
            number = style.float(text)
            return pl.when(number.is_finite()).then(number)
        units = style.decimal(text).to_physical()
        if kind is Kind.INTEGER:
            units = pl.when(units % SCALE == 0).then(units // SCALE)
        return units.cast(pl.Int64, strict=False)
    if kind is Kind.FLAG:
        return text.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
    return pl.when(~text.str.contains("\0", literal=True)).then(text)


def _none_bad(bad: pl.Series) -> pl.Series:
    if bad.any():
        raise MisfitError
    return bad


def _cleaned(text: pl.Series) -> pl.Series:
    """Cells without white space round them, which is looked for first: to see that there is none takes less."""
    cells = pl.col("_").drop_nulls().cast(pl.Binary).bin
    first, last = cells.get(0, null_on_oob=True), cells.get(-1, null_on_oob=True)
    looked_at = text.to_frame("_").select(_visible(first) & _visible(last), last.has_nulls().alias("empty"))
    visible, empty = looked_at.row(0)
    if not visible:
        return text.str.strip_chars().replace("", None)
    return text.replace("", None) if empty else text


def _visible(ends: pl.Expr) -> pl.Expr:
    """Whether all bytes are those of visible ASCII signs, none of which is white space."""
    return ends.is_between(ord("!"), ord("~")).all()


def _money(column: pl.Expr, dtype: pl.DataType) -> Cell | None:
    if dtype.is_float():
        fits = column.cast(pl.Float64).abs() <= LARGEST
        value = (column.cast(pl.Float64) * SCALE).round(mode="half_to_even").cast(pl.Int64, strict=False)
        return Cell(pl.when(fits).then(value), ~fits, value)
    if isinstance(dtype, pl.Decimal):
        if dtype.precision > _WIDEST:
            return None
        if dtype.scale <= _PLACES and dtype.precision - dtype.scale <= _DIGITS - _PLACES:
            return Cell(column.cast(pl.Decimal(_DIGITS, _PLACES)).to_physical().cast(pl.Int64))
        value = column.cast(pl.Decimal(18, 4), strict=False).to_physical().cast(pl.Int64, strict=False)
        return Cell(value, value.is_null() & column.is_not_null())
    if dtype.is_integer():
        if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32):
            return Cell(column.cast(pl.Int64) * SCALE)
        whole = column.cast(pl.Int64, strict=False)
        fits = whole.is_between(-LARGEST, LARGEST).fill_null(False)
        return Cell(pl.when(fits).then(whole * SCALE), ~fits & column.is_not_null())
    return None


def _rate(column: pl.Expr, dtype: pl.DataType) -> Cell | None:
    if not dtype.is_numeric():
        return None
    value = column.cast(pl.Float64)
    return Cell(pl.when(value.is_finite()).then(value), ~value.is_finite())


def _count(column: pl.Expr, dtype: pl.DataType) -> Cell:
    """A whole number no larger than one that is written may be."""
    whole = _integer(column, dtype)
    if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32):
        return whole
    fits = whole.value.is_between(-LARGEST, LARGEST).fill_null(False)
    return Cell(pl.when(fits).then(whole.value), ~fits & column.is_not_null(), whole.value)


def _integer(column: pl.Expr, dtype: pl.DataType) -> Cell:
    whole = column.cast(pl.Int64, strict=False)
    if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32):
        return Cell(whole)
    if dtype.is_integer():
        return Cell(whole, whole.is_null() & column.is_not_null())
    fits = (column == column.round(0)).fill_null(False) & whole.is_not_null()
    return Cell(pl.when(fits).then(whole), ~fits & column.is_not_null())


def _date(column: pl.Expr, dtype: pl.DataType, zone: str | None, excel: bool) -> Cell | None:
    if dtype == pl.Date:
        return _days(_reckoned(column, dtype).cast(pl.Int32))
    if isinstance(dtype, pl.Datetime):
        local = _reckoned(column, dtype)
        local = local.dt.convert_time_zone(zone) if dtype.time_zone and zone else local
        return _days(local.dt.date().cast(pl.Int32))
    if excel and dtype.is_numeric():
        value = excel_day(column.cast(pl.Float64))
        return Cell(value, value.is_null() & column.is_not_null())
    return None


def _days(number: pl.Expr) -> Cell:
    fits = number >= FIRST_DAY
    return Cell(pl.when(fits).then(number), ~fits, number)


def _reckoned(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Days and times as far as calendars go, for times a day for zones left over; nanoseconds do not reach so far."""
    if dtype == pl.Date:
        return column.cast(pl.Int32).clip(FIRST, LAST).cast(dtype)
    if not isinstance(dtype, pl.Datetime) or dtype.time_unit == "ns":
        return column
    a_day = 86_400 * (1_000_000 if dtype.time_unit == "us" else 1_000)
    return column.cast(pl.Int64).clip((FIRST + 1) * a_day, LAST * a_day).cast(dtype)


def _flag(column: pl.Expr, dtype: pl.DataType) -> Cell | None:
    if dtype == pl.Boolean:
        return Cell(column)
    if dtype.is_numeric():
        value = pl.when((column == 0) | (column == 1)).then(column == 1)
        return Cell(value, value.is_null() & column.is_not_null())
    return None


def _text(column: pl.Expr, dtype: pl.DataType) -> Cell | None:
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Duration):
        return None
    if dtype.is_float():
        whole = pl.when(column == column.round(0)).then(column.cast(pl.Int64, strict=False)).cast(pl.String)
        return Cell(pl.coalesce(whole, column.cast(pl.String)))
    text = as_text(column, dtype)
    return Cell(text if dtype.is_integer() or dtype in (pl.Boolean, pl.Date) else clean(text))
