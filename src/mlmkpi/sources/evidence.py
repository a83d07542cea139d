"""How a column's cells are written: looked at, and settled or left open."""

from __future__ import annotations

import polars as pl

from mlmkpi.errors import DataError, written
from mlmkpi.settings import InputOptions
from mlmkpi.sources.cells import Style
from mlmkpi.sources.dates import DateEvidence, DateStyle, choose_order, date_evidence, is_plain_date
from mlmkpi.sources.numbers import NumberEvidence, NumberStyle, choose_mark, is_plain_number, number_evidence
from mlmkpi.tables import Kind

Evidence = NumberEvidence | DateEvidence


def look(frame: pl.LazyFrame, text: pl.Expr, kind: Kind) -> Evidence:
    """What a column's cells say."""
    if kind is Kind.DATE:
        return date_evidence(frame, text)
    return number_evidence(frame, text, whole=kind is Kind.INTEGER)


def plain(text: pl.Expr, kind: Kind) -> pl.Expr:
    """Whether all of a column's cells are written as programs write them: nothing else can be read into those."""
    fits = is_plain_date(text) if kind is Kind.DATE else is_plain_number(text, whole=kind is Kind.INTEGER)
    return (text.is_null() | fits).all()


def of_plain(kind: Kind) -> Evidence:
    """What such cells say of how their column is written, as far as it matters where no semicolons separate columns."""
    return DateEvidence(1, 0, 0, 0, 0, None) if kind is Kind.DATE else NumberEvidence(0, 0, 0, 0, 0, None, ())


def choose(seen: Evidence, options: InputOptions, delimiter: str, *, whole: bool) -> Style | None:
    """The style that the settings or the cells settle, None where they do not.

    Where the cells are not the whole column, what only others could contradict is left open.
    """
    if isinstance(seen, DateEvidence):
        if options.date_format is not None:
            return DateStyle(options.date_format, plain=False)
        return choose_order(seen)
    if len(seen.currencies) > 1:
        return None
    if options.decimal is not None:
        plain = options.decimal == "." and seen.not_plain == 0
        return NumberStyle(options.decimal, plain) if whole or plain else None
    semicolons = delimiter == ";"
    style = choose_mark(seen, semicolons=semicolons)
    settled = style is not None and style.plain and not (semicolons and seen.point == seen.comma)
    return style if whole or settled else None


def pooled(pieces: list[Evidence]) -> Evidence:
    """What the cells of several files say together."""
    dates = [piece for piece in pieces if isinstance(piece, DateEvidence)]
    numbers = [piece for piece in pieces if isinstance(piece, NumberEvidence)]
    return sum(dates[1:], dates[0]) if dates else sum(numbers[1:], numbers[0])


def unsettled(label: str, table: str, column: str, seen: Evidence, place: str, *, private: bool) -> DataError:
    """A column that can be read in two ways, with the setting that says which; no cell of a `private` one is shown."""
    if isinstance(seen, DateEvidence):
        how = "has dates day first and month first" if seen.day else "can be read day first or month first"
        line = 'date_format = "day-first"   or "month-first"'
        expected = "one order throughout" if seen.day else "a day above 12, or dates such as 2026-12-31"
        found = f"{seen.day:,} day first, {seen.month:,} month first" if seen.day else ""
    elif len(seen.currencies) > 1:
        return DataError(
            f"{label}: {column} holds several currencies",
            (
                ("found", ", ".join(seen.currencies)),
                ("expected", "amounts of one currency, or none written"),
                ("fix", "export the currency as a column of its own"),
            ),
        )
    else:
        how = (
            "has decimal points and decimal commas"
            if seen.point
            else "can be read with a decimal point or comma"
        )
        line = 'decimal = "."   or ","'
        expected = (
            "one mark throughout" if seen.point else "a number that has both, or numbers such as 1234.56"
        )
        found = f"{seen.point:,} with a point, {seen.comma:,} with a comma" if seen.point else ""
    return DataError(
        f"{label}: {column} {how}",
        (
            *((("found", found),) if found else ()),
            *((("got", f'"{seen.example}"'),) if seen.example and not private else ()),
            ("expected", expected),
            ("fix", written(f"say which in {place}", f"[input.{table}]", line)),
        ),
    )
