"""Numbers as people and programs write them: which mark is the decimal one, and what a cell is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

Mark = Literal[".", ","]

_SIGN = "[+\\-\u2212]"
_CURRENCY = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|[Kk]r\.?|[Rr]s\.?|R|zł|Kč|Ft|lei|\p{Cyrillic}{1,4}\.?|Bs\.?|S/\.?)"
_SPACES = ("[ \u00a0\u202f]", "['\u2019]")


def _body(mark: Mark) -> str:
    """Digits, in groups of three (or as in 12,34,567) or not, with decimals or not."""
    other = re.escape("," if mark == "." else ".")
    groups = [rf"\d{{1,3}}(?:{sign}\d{{3}})+" for sign in (other, *_SPACES)]
    lakh = [r"\d{1,2}(?:,\d{2})+,\d{3}"] if mark == "." else []
    return rf"(?:{'|'.join([*groups, *lakh])}|\d+)(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+"


def _whole(mark: Mark) -> str:
    before = rf"\(?\s*{_SIGN}?\s*(?:{_CURRENCY}\s*)?{_SIGN}?\s*"
    return rf"^{before}({_body(mark)})\s*(?:{_CURRENCY})?\s*{_SIGN}?\s*\)?$"


_WHOLE: dict[Mark, str] = {".": _whole("."), ",": _whole(",")}
_NEGATIVE = "^\\(|[-\u2212]"
_UNBALANCED = r"^\([^)]*$|^[^(]*\)$"
_SIGNS = "[+\\-\u2212(].*[+\\-\u2212(]"


@dataclass(frozen=True)
class NumberStyle:
    """The decimal mark of a column; `plain` cells have no thousands, currency or odd signs."""

    mark: Mark = "."
    plain: bool = True

    def decimal(self, text: pl.Expr) -> pl.Expr:
        """The cells as Decimal(18, 4), rounded half-even; null where a cell is no number."""
        plain = text.cast(pl.Decimal(18, 4), strict=False)
        if self.plain:
            return plain
        styled = self.digits(text).cast(pl.Decimal(18, 4), strict=False)
        return pl.coalesce(plain, styled) if self.mark == "." else styled

    def float(self, text: pl.Expr) -> pl.Expr:
        """The cells as Float64; null where a cell is no number."""
        plain = text.cast(pl.Float64, strict=False)
        if self.plain:
            return plain
        styled = self.digits(text).cast(pl.Float64, strict=False)
        return pl.coalesce(plain, styled) if self.mark == "." else styled

    def digits(self, text: pl.Expr) -> pl.Expr:
        """The cells as programs write numbers; null where a cell is none."""
        body = text.str.extract(_WHOLE[self.mark], 1)
        digits = body.str.replace_all(rf"[^\d{re.escape(self.mark)}]", "").str.replace(
            self.mark, ".", literal=True
        )
        odd = text.str.contains(_UNBALANCED) | text.str.contains(_SIGNS)
        sign = pl.when(text.str.contains(_NEGATIVE)).then(pl.lit("-")).otherwise(pl.lit(""))
        return pl.when(~odd).then(sign + digits)


@dataclass(frozen=True)
class NumberEvidence:
    """How a column's cells can be read: by one mark alone, by both to different ends, or plainly."""

    point: int
    comma: int
    ambiguous: int
    ambiguous_comma: int
    not_plain: int
    example: str | None
    currencies: tuple[str, ...]

    def __add__(self, other: NumberEvidence) -> NumberEvidence:
        return NumberEvidence(
            self.point + other.point,
            self.comma + other.comma,
            self.ambiguous + other.ambiguous,
            self.ambiguous_comma + other.ambiguous_comma,
            self.not_plain + other.not_plain,
            self.example or other.example,
            tuple(sorted({*self.currencies, *other.currencies})),
        )


def is_plain_number(text: pl.Expr, *, whole: bool) -> pl.Expr:
    """Whether a cell is a number as programs write it, and a whole one where only those fit."""
    return _fitting(NumberStyle().decimal(text), whole).is_not_null()


def number_evidence(frame: pl.LazyFrame, text: pl.Expr, *, whole: bool) -> NumberEvidence:
    """Look at a column's cells; `whole` says that only whole numbers fit."""
    cells = frame.select(text=text).filter(pl.col("text").is_not_null())
    text = pl.col("text")
    read = cells.select(
        "text",
        plain=text.cast(pl.Decimal(18, 4), strict=False),
        point=_fitting(NumberStyle(".", plain=False).decimal(text), whole),
        comma=_fitting(NumberStyle(",", plain=False).decimal(text), whole),
    )
    point, comma = pl.col("point"), pl.col("comma")
    both = point != comma
    row = (
        read.select(
            point=(point.is_not_null() & comma.is_null()).sum(),
            comma=(comma.is_not_null() & point.is_null()).sum(),
            ambiguous=both.sum(),
            ambiguous_comma=(both & text.str.contains(",", literal=True)).sum(),
            not_plain=pl.col("plain").is_null().sum(),
            example=text.filter(both).min(),
            currencies=text.filter(pl.col("plain").is_null() & (point.is_not_null() | comma.is_not_null()))
            .str.extract(rf"({_CURRENCY})", 1)
            .drop_nulls()
            .unique()
            .implode(),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    return NumberEvidence(**row | {"currencies": tuple(sorted(row["currencies"]))})


def choose_mark(seen: NumberEvidence, *, semicolons: bool) -> NumberStyle | None:
    """The style that the cells settle, None where they do not.

    A lone 1.234 is read with a decimal point, as every program writes it, unless semicolons separate the
    columns, as they do where the decimal mark is the comma.
    """
    if seen.point != seen.comma:
        return NumberStyle("." if seen.point > seen.comma else ",", plain=seen.not_plain == 0)
    if seen.point or seen.ambiguous_comma or (seen.ambiguous and semicolons):
        return None
    return NumberStyle(".", plain=seen.not_plain == 0)


def _fitting(value: pl.Expr, whole: bool) -> pl.Expr:
    return pl.when(value % 1 == 0).then(value) if whole else value
