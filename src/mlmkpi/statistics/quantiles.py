"""Quantiles of type 7 (linear interpolation), exact on integers: one fraction, and one division when it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt


def position(units: int, percent: int) -> tuple[int, int]:
    """Where the quantile of so many sorted units lies: the index of the unit below it, and the hundredths beyond that.

    >>> position(12, 90)
    (9, 90)
    """
    return divmod((units - 1) * percent, 100)


def between(low: int, high: int, hundredths: int) -> Fraction:
    """Point that many hundredths of the way from one sorted neighbour to the next.

    >>> between(10, 13, 50)
    Fraction(23, 2)
    """
    return Fraction(low * (100 - hundredths) + high * hundredths, 100)


def quantiles(values: npt.ArrayLike, percents: Sequence[int]) -> list[Fraction | None]:
    """Quantiles of whole numbers in any order, one for each of the percents (0 to 100); None without values.

    >>> quantiles([4, 1, 3, 2], [50, 90])
    [Fraction(5, 2), Fraction(37, 10)]
    """
    whole = np.asarray(values, dtype=np.int64)
    places = [position(len(whole), percent) for percent in percents]
    if not places or not len(whole):
        return [None] * len(percents)
    wanted = {index for index, _ in places} | {min(index + 1, len(whole) - 1) for index, _ in places}
    ordered = np.partition(whole, sorted(wanted))
    return [between(*_neighbours(ordered, index), hundredths) for index, hundredths in places]


def histogram_quantiles(
    values: npt.ArrayLike, counts: npt.ArrayLike, percents: Sequence[int]
) -> list[Fraction | None]:
    """Quantiles of a histogram: `counts` units have that whole number. Any order, a value may come more than once.

    >>> histogram_quantiles([7, 2], [1, 3], [50, 90])
    [Fraction(2, 1), Fraction(11, 2)]
    """
    whole, counted = np.asarray(values, dtype=np.int64), np.asarray(counts, dtype=np.int64)
    order = np.argsort(whole, kind="stable")
    reached = np.cumsum(counted[order])
    units = int(reached[-1]) if len(reached) else 0
    if not units:
        return [None] * len(percents)
    found = []
    for index, hundredths in (position(units, percent) for percent in percents):
        low, high = np.searchsorted(reached, [index, min(index + 1, units - 1)], side="right")
        found.append(between(int(whole[order[low]]), int(whole[order[high]]), hundredths))
    return list(found)


def _neighbours(ordered: npt.NDArray[np.int64], index: int) -> tuple[int, int]:
    """Sorted neighbours from the index on; the last is its own next."""
    return int(ordered[index]), int(ordered[min(index + 1, len(ordered) - 1)])
