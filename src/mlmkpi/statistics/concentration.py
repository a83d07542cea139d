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


def gini(values: npt.ArrayLike) -> Concentration:
    """Gini coefficient in the population form, Σ(2i − n − 1)·xᵢ ÷ (n · Σx) over the values in ascending order.

    Whole numbers in; negatives count as 0.

    >>> gini([0, 0, 0, 8]).value, gini([2, 2, -1, 2]).clipped
    (0.75, 1)
    """
    spread, clipped = _clipped(values)
    ordered, people = np.sort(spread), len(spread)
    ranks = 2 * np.arange(1, people + 1, dtype=np.int64) - people - 1
    return Concentration(_dot(ranks, ordered), people * int(spread.sum()), clipped)


def top_share(values: npt.ArrayLike, percent: int = 1) -> Concentration:
    """Share of the total that goes to the top percent of the values: the largest ⌈n · percent ÷ 100⌉ of them.

    Whole numbers in; negatives count as 0.

    >>> top_share([5, 1, 3, 1], 30)
    Concentration(part=8, whole=10, clipped=0)
    """
    spread, clipped = _clipped(values)
    if not len(spread):
        return Concentration(0, 0, 0)
    rest = len(spread) - -(-len(spread) * percent // 100)
    largest = np.sort(spread)[rest:]
    return Concentration(int(largest.sum()), int(spread.sum()), clipped)


def herfindahl(values: Iterable[int]) -> float | None:
    """Herfindahl index: the sum of the squared shares of the cells; None where their total is not positive.

    >>> herfindahl([5, 5]), herfindahl([7]), herfindahl([])
    (0.5, 1.0, None)
    """
    cells = [int(value) for value in values]
    total = sum(cells)
    return sum(value * value for value in cells) / total**2 if total > 0 else None


def _clipped(values: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], int]:
    """Values with the negatives at 0, and how many those were."""
    whole = np.asarray(values, dtype=np.int64)
    return np.maximum(whole, 0), int((whole < 0).sum())


def _dot(ranks: npt.NDArray[np.int64], values: npt.NDArray[np.int64]) -> int:
    """Σ rank · value for values of 0 and more, exact beyond 64 bits."""
    total = 0
    for shift in range(0, 63, _LIMB):
        limb = (values >> shift) & ((1 << _LIMB) - 1)
        stretches = np.add.reduceat(ranks * limb, np.arange(0, len(limb), _STRETCH)) if len(limb) else limb
        total += sum(stretches.tolist()) << shift
    return total
