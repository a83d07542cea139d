"""Intervals at 95 %, straight from their formulas."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from math import sqrt

Z = 1.959964
Bounds = tuple[float | None, float | None]
NONE: Bounds = (None, None)


def six_digits(value: float | Decimal) -> float:
    """Rounded to six significant digits, a tie to the even one."""
    return float(f"{value:.6g}")


def wilson(numerator: Fraction, denominator: Fraction) -> Bounds:
    """Wilson's score interval of a share of people; none for fewer than two."""
    if denominator < 2:
        return NONE
    n = float(denominator)
    share = float(numerator / denominator)
    middle = share + Z * Z / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    low = 0.0 if numerator == 0 else six_digits((middle - half) / scale)
    return low, 1.0 if numerator == denominator else six_digits((middle + half) / scale)


def linearised(pairs: Sequence[tuple[Fraction, Fraction]]) -> Bounds:
    """The interval of a ratio of sums over (y, x) of independent units; none for fewer than two units."""
    counted = [(y, x) for y, x in pairs if y != 0 or x != 0]
    total = sum((x for _, x in counted), Fraction(0))
    n = len(counted)
    if n < 2 or total <= 0:
        return NONE
    ratio = sum((y for y, _ in counted), Fraction(0)) / total
    spread = sum(((y - ratio * x) ** 2 for y, x in counted), Fraction(0)) * n / (n - 1)
    with localcontext(prec=40):  # so that an end that lies between two figures of six digits is seen to do so
        half = Decimal(str(Z)) * _decimal(spread).sqrt() / _decimal(total)
        return six_digits(_decimal(ratio) - half), six_digits(_decimal(ratio) + half)


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)
