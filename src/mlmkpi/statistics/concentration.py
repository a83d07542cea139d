"""How unevenly a total is spread over people or cells, exact on integers: Gini, the share of the top, Herfindahl."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_LIMB = 20
_STRETCH = 2**16
"""Sums of this many products of a 20-bit limb and a rank stay inside 64 bits for up to 130 million people."""


@dataclass(frozen=True)
class Concentration:
    """A share as two whole numbers, and how many negative values were counted as 0 in both."""

    part: int
    whole: int
    clipped: int

    @property
    def value(self) -> float | None:
        """Part ÷ whole; None where there is no positive whole."""
        return self.part / self.whole if self.whole > 0 else None


def gini(values: npt.ArrayLike, units: npt.ArrayLike | None = None) -> Concentration:
    """Gini coefficient in the population form, Σ(2i − n − 1)·xᵢ ÷ (n · Σx) over the values in ascending order.

    Whole numbers in; negatives count as 0. `units` says how many have each value, where that is not one.

    >>> gini([0, 0, 0, 8]).value, gini([2, 2, -1, 2]).clipped
    (0.75, 1)
    >>> gini([8, 0], [1, 3]).value
    0.75
    """
    amounts, ends, clipped = _ascending(values, units)
    people, counts = _last(ends), np.diff(ends, prepend=0)
    middles = 2 * ends - counts - people
    held = amounts * counts
    return Concentration(_dot(middles, held), people * int(held.sum()), clipped)


def top_share(values: npt.ArrayLike, percent: int = 1, units: npt.ArrayLike | None = None) -> Concentration:
    """Share of the total that goes to the top percent of the values: the largest ⌈n · percent ÷ 100⌉ of them.

    Whole numbers in; negatives count as 0. `units` says how many have each value, where that is not one.

    >>> top_share([5, 1, 3, 1], 30)
    Concentration(part=8, whole=10, clipped=0)
    """
    amounts, ends, clipped = _ascending(values, units)
    people = _last(ends)
    rest = people - -(-people * percent // 100)
    at_the_top = np.diff(np.maximum(ends - rest, 0), prepend=0)
    return Concentration(int((amounts * at_the_top).sum()), int((amounts * np.diff(ends, prepend=0)).sum()), clipped)


def herfindahl(values: Iterable[int]) -> float | None:
    """Herfindahl index: the sum of the squared shares of the cells; None where their total is not positive.

    >>> herfindahl([5, 5]), herfindahl([7]), herfindahl([])
    (0.5, 1.0, None)
    """
    cells = [int(value) for value in values]
    total = sum(cells)
    return sum(value * value for value in cells) / total**2 if total > 0 else None


def _ascending(
    values: npt.ArrayLike, units: npt.ArrayLike | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """The values in ascending order, negatives at 0; up to each how many have it or less; how many were negative."""
    whole = np.asarray(values, dtype=np.int64)
    counts = np.ones_like(whole) if units is None else np.asarray(units, dtype=np.int64)
    order = np.argsort(whole)
    return np.maximum(whole[order], 0), np.cumsum(counts[order]), int(counts[whole < 0].sum())


def _last(ends: npt.NDArray[np.int64]) -> int:
    return int(ends[-1]) if len(ends) else 0


def _dot(ranks: npt.NDArray[np.int64], values: npt.NDArray[np.int64]) -> int:
    """Σ rank · value for values of 0 and more, exact beyond 64 bits."""
    total = 0
    for shift in range(0, 63, _LIMB):
        limb = (values >> shift) & ((1 << _LIMB) - 1)
        stretches = np.add.reduceat(ranks * limb, np.arange(0, len(limb), _STRETCH)) if len(limb) else limb
        total += sum(stretches.tolist()) << shift
    return total
