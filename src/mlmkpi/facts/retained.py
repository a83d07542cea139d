"""Who of a base is still in it later: what the facts of distributors and of customers share."""

from __future__ import annotations

import narwhals as nw

from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.rules import Base, Window
from mlmkpi.books.spans import NEVER, Opening, Span
from mlmkpi.facts.base import SpannedFact, measure
from mlmkpi.period import day_number


def earlier_days(span: Span, window: Window) -> tuple[int, int]:
    """The days of the period whose active set is the base: the one before, or the one a year before."""
    if window is Window.YEAR:
        return span.year_earlier or (NEVER, span.year_before)
    if span.earlier is None:
        return NEVER, span.before
    return day_number(span.earlier.start), day_number(span.earlier.end)


def opening_of(base: Base, window: Window) -> Opening:
    """The boundary that a base is taken at: of those active in a period a year before, when that one closed."""
    if window is Window.PERIOD:
        return Opening.BEFORE
    return Opening.EARLIER if base is Base.ACTIVE else Opening.YEAR


class Retained(SpannedFact):
    """Rows that say whether a unit is in the base at a period's opening boundary (`start`) and its closing one (`end`).

    The measures' words are the subclass's, see `says`.
    """

    @measure
    def at_start(self) -> Expr:
        """Those in the base at the opening boundary."""
        return flag(nw.col("start"))

    @measure
    def kept(self) -> Expr:
        """Those of them still in it at the closing one."""
        return flag(nw.col("start") & nw.col("end"))

    @measure
    def lost(self) -> Expr:
        """Those of them no longer in it at the closing one."""
        return flag(nw.col("start") & ~nw.col("end"))
