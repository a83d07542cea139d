"""How unevenly a total is spread over cells: Herfindahl."""

from __future__ import annotations

from collections.abc import Iterable


def herfindahl(values: Iterable[int]) -> float | None:
    """Herfindahl index: the sum of the squared shares of the cells; None where their total is not positive.

    >>> herfindahl([5, 5]), herfindahl([7]), herfindahl([])
    (0.5, 1.0, None)
    """
    cells = [int(value) for value in values]
    total = sum(cells)
    return sum(value * value for value in cells) / total**2 if total > 0 else None
