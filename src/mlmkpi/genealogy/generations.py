"""The tree laid out level by level, so that each generation of a team is a contiguous range of places too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from mlmkpi.genealogy.strides import Int32s


@dataclass(frozen=True, eq=False)
class Generations:
    """All roots, then all whom they sponsor, and so on, each level in depth-first order. Got by `Tree.generations`.

    Attributes:
        order: the person at each place.
        place: each person's place.
        below: for each place, and one past the last, where the children of whoever stands there start, or would.
    """

    order: Int32s
    place: Int32s
    below: Int32s

    @classmethod
    def of(cls, people: Int32s, legs: Int32s, roots: int) -> Self:
        """Lay out the people, given by level and depth-first within it, from how many legs each person has."""
        place = np.empty_like(people)
        place[people] = np.arange(len(people), dtype=np.int32)
        below = np.full(len(people) + 1, roots, dtype=np.int32)
        below[1:] += np.cumsum(legs[people], dtype=np.int32)
        return cls(people, place, below)

    def ranges(self, generation: int) -> tuple[Int32s, Int32s]:
        """First place, and the place after the last, of a generation of each person's team; 0 is the person."""
        starts = np.arange(len(self.below), dtype=np.int32)
        stride, left = self.below, generation
        while left:
            if left % 2:
                starts = stride[starts]
            left //= 2
            if left:
                stride = stride[stride]
        return starts[self.place], starts[self.place + np.int32(1)]


def sorted_by(first: Int32s, then: Int32s) -> Int32s:
    """Bring the second array's figures (≥ 0) into the order of both arrays."""
    pairs = first.astype(np.int64) << 32
    pairs |= then
    pairs.sort()
    return pairs.astype(np.int32)
