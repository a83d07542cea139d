"""95 % intervals from the sums a Result row carries, one array element a row, and the six digits they are printed with.

A row without an interval (fewer than two units, no positive denominator, a missing figure) is NaN on both sides.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Z = 1.959964
"""The 97.5th percentile of the normal distribution, as every interval uses it."""

_NOISE = 1e-14
"""A residual sum below this share of its terms is rounding, not spread."""

_DIGITS = 6
_TIE = 1e-9
"""Nearer to the middle of two figures than this share of their last digit, floating point cannot tell the side."""
_TENS = np.array([float(10**power) for power in range(23)])
"""The powers of ten that are exact in a double."""


def wilson(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Array, Array]:
    """Wilson's score interval of a share: how many of the denominator's people are in the numerator.

    Both are counts. NaN where the denominator is below 2, or the numerator is no part of it.

    >>> low, high = wilson([3], [10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1078], [0.6032])
    """
    part, whole = _floats(numerator), _floats(denominator)
    known = (whole >= 2) & (part >= 0) & (part <= whole)
    n = np.where(known, whole, np.nan)
    share = np.where(known, part, np.nan) / n
    scale = 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / scale
    reach = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / scale
    low = np.where(known & (part == 0), 0.0, centre - reach)
    high = np.where(known & (part == whole), 1.0, centre + reach)
    return low, high


def linear(
    n: npt.ArrayLike,
    sum_y: npt.ArrayLike,
    sum_x: npt.ArrayLike,
    sum_yy: npt.ArrayLike,
    sum_xy: npt.ArrayLike,
    sum_xx: npt.ArrayLike,
) -> tuple[Array, Array]:
    """Interval of a ratio R = Σy ÷ Σx by linearisation: R ± z · √(n ÷ (n − 1) · Σ(yᵢ − R·xᵢ)²) ÷ Σx.

    `n` counts the units with either y or x not zero; the squares are summed over the same units. NaN where n is below
    2 or Σx is not positive.

    >>> low, high = linear(3, 60, 3, 1400, 60, 3)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([8.6841], [31.3159])
    """
    units, total = _floats(n), _floats(sum_x)
    known = (units >= 2) & (total > 0)
    units, total = np.where(known, units, np.nan), np.where(known, total, np.nan)
    ratio = _floats(sum_y) / total
    of_y, across, of_x = _floats(sum_yy), 2 * ratio * _floats(sum_xy), ratio**2 * _floats(sum_xx)
    residual = of_y - across + of_x
    residual = np.where(residual <= _NOISE * (of_y + np.abs(across) + of_x), 0.0, residual)
    reach = Z * np.sqrt(units / (units - 1) * residual) / total
    return ratio - reach, ratio + reach


def six_digits(figures: npt.ArrayLike) -> Array:
    """Figures rounded to six significant digits, to the even digit where a figure lies between two.

    It lies between two also where that cannot be told for the noise of floating point. Others are rounded as their
    decimal text is, so the same figure gives the same bytes everywhere. NaN and infinities stay.

    >>> six_digits([1234567.0, 0.12345649, -2.5, 1000005.0, 1000005.0000000001, float("nan")]).tolist()
    [1234570.0, 0.123456, -2.5, 1000000.0, 1000000.0, nan]
    """
    exact = _floats(figures)
    rounded = exact.copy()
    usual = np.isfinite(exact) & (np.abs(exact) > 1e-15) & (np.abs(exact) < 1e25)
    rounded[usual], sure = _scaled(exact[usual])
    by_text = np.isfinite(exact) & (exact != 0)
    by_text[usual] = ~sure
    rounded[by_text] = [float(f"{Decimal(repr(figure)):.{_DIGITS - 1}e}") for figure in exact[by_text].tolist()]
    return rounded


def _scaled(exact: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Figures rounded by scaling, and whether that is surely what their decimal text gives."""
    shift = (_DIGITS - 1 - np.floor(np.log10(np.abs(exact)))).astype(np.intp)
    up, down = _TENS.take(shift, mode="clip"), _TENS.take(-shift, mode="clip")
    digits = exact * up / down
    middle = np.floor(digits) + 0.5
    between = np.abs(digits - middle) <= _TIE
    whole = np.rint(np.where(between, middle, digits))
    return whole * down / up, between | (np.abs(digits - middle) > 1e-6)


def _floats(figures: npt.ArrayLike) -> Array:
    return np.atleast_1d(np.asarray(figures, dtype=np.float64))
