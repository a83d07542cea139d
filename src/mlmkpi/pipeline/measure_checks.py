"""Whether a plugin's measure can be summed as it says: it adds whole numbers, of columns that its rows have.

What would be cut to whole numbers in silence is told, and money that is passed off as a count.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import narwhals as nw
import polars as pl
from narwhals.exceptions import ColumnNotFoundError

from mlmkpi.engines import Frame
from mlmkpi.facts.base import Measure

MONEY = ("amount", "volume")
"""The columns of rows that are ten-thousandths, whatever the fact."""


class MeasureError(Exception):
    """A plugin's measure adds what cannot be summed as it says."""

    def __init__(self, measure: Measure, words: str) -> None:
        self.measure = measure
        super().__init__(f"{measure} {words}")


def check_measures(rows: Frame, measures: Iterable[Measure]) -> None:
    """Raise MeasureError for a measure that is not the catalogue's own and does not fit these rows."""
    for measure in measures:
        if measure.is_plugins:
            _check(rows, measure)


def _check(rows: Frame, measure: Measure) -> None:
    names = rows.collect_schema().names()
    try:
        adds = _type(rows, measure)
    except ColumnNotFoundError:
        there = ", ".join(name for name in names if not name.startswith("_"))
        raise MeasureError(measure, f"reads a column that its rows lack; they have {there}") from None
    except Exception as error:
        words = next(iter(str(error).splitlines()), "")
        raise MeasureError(measure, f"does not fit the types of its rows: {words}") from error
    if not (adds.is_integer() or adds == nw.Boolean):
        raise MeasureError(
            measure, f"adds {adds}, not whole numbers: round it, or count in parts of a unit with @scaled"
        )
    if _depends_on_others(rows, measure):
        raise MeasureError(measure, "adds to each row what it makes of several: leave out the sum, mlmkpi takes it")
    money = [name for name in names if measure.scale == 1 and _is_money(rows, name, measure)]
    if money:
        raise MeasureError(
            measure, f"adds {money[0]}, which is ten-thousandths: put @scaled above it in place of @measure,"
            " or cast it to nw.Int64 if it is a count"
        )


def _depends_on_others(rows: Frame, measure: Measure) -> bool:
    """Whether a row adds another number beside other rows than alone, tried with two made-up rows of these columns."""
    types = rows.collect_schema().to_polars()
    with suppress(Exception):
        made_up = pl.DataFrame({name: pl.Series([2, 1]).cast(kind) for name, kind in types.items()})
        one, other, both = (_added(part, measure) for part in (made_up[:1], made_up[1:], made_up))
        return one + other != both
    return False


def _added(made_up: pl.DataFrame, measure: Measure) -> list[int]:
    """What each of the rows adds."""
    added = nw.from_native(made_up).with_columns(measure.expr.alias("_added"))
    return added["_added"].to_list()


def _is_money(rows: Frame, name: str, measure: Measure) -> bool:
    """Whether a row adds its number of the column, which is ten-thousandths: the fact's @scaled measures add it too."""
    if not rows.collect_schema()[name].is_integer() or not _passes_on(rows, name, measure):
        return False
    if name in MONEY:
        return True
    for build in (getattr(type(measure.fact), method) for method in dir(type(measure.fact))):
        scaled = build(measure.fact) if hasattr(build, "__wrapped__") else None
        if isinstance(scaled, Measure) and scaled.scale != 1 and not scaled.is_plugins:
            with suppress(ColumnNotFoundError, ValueError):
                if _passes_on(rows, name, scaled):
                    return True
    return False


def _passes_on(rows: Frame, name: str, measure: Measure) -> bool:
    """Whether a row adds its number of the column: a fraction where that is one, but not if only compared."""
    return _type(rows.with_columns(nw.col(name).cast(nw.Float64)), measure).is_float()


def _type(rows: Frame, measure: Measure) -> nw.dtypes.DType:
    """The type of what a row adds."""
    return rows.select(measure.adds.alias(measure.name)).collect_schema()[measure.name]
