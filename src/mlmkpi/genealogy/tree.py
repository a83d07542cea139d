"""The tree laid out depth-first, so that every team is a contiguous range of places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlmkpi.genealogy.generations import Generations, sorted_by
from mlmkpi.genealogy.strides import NOBODY, Int32s, Ints, checked, strides


@dataclass(frozen=True, eq=False)
class Tree:
    """A forest of people. Each array has one figure a person, in the order of the parents, unless said otherwise.

    Attributes:
        parents: the parent's index, -1 for nobody.
        position: the person's place in the depth-first order; siblings stand in the order of their index.
        order: the other way round: the person at each place. A person with their team is order[position:end].
        size: people in the team, the leader excluded.
        depth: generations above the person; 0 for a root.
    """

    parents: Int32s
    position: Int32s
    order: Int32s
    size: Int32s
    depth: Int32s

    @classmethod
    def of(cls, parents: Ints) -> Self:
        """Lay out the tree of these parents (an index each, -1 for nobody).

        Raises:
            CycleError: somebody is above themselves.
            DataError: a parent is neither a person nor -1.

        >>> tree = Tree.of(np.array([-1, 0, 0, 1]))
        >>> tree.order.tolist(), tree.size.tolist(), tree.depth.tolist()
        ([0, 1, 3, 2], [3, 1, 0, 0], [0, 1, 1, 2])
        """
        up = checked(parents)
        size = _sizes(up)
        position = _first_places(up, size)
        depth = (up != NOBODY).astype(np.int32)
        for people, ancestors in strides(up):
            position[people] += position.take(ancestors)
            depth[people] += depth.take(ancestors)
        order = np.empty_like(position)
        order[position] = np.arange(len(up), dtype=np.int32)
        for array in (up, position, order, size, depth):
            array.flags.writeable = False
        return cls(up, position, order, size, depth)

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def end(self) -> Int32s:
        """The place after the last of the person's team."""
        return self.position + self.size + np.int32(1)

    @property
    def in_place(self) -> bool:
        """Whether the people are known to be numbered by their places, as `by_place` numbers them."""
        return self.position is self.order

    @cached_property
    def legs(self) -> Int32s:
        """How many people have the person as their parent."""
        return np.bincount(self.parents[self.parents != NOBODY], minlength=len(self)).astype(np.int32)

    @property
    def roots(self) -> Int32s:
        """The people without a parent, by index."""
        return np.flatnonzero(self.parents == NOBODY).astype(np.int32)

    @property
    def leaders(self) -> Int32s:
        """The people who are somebody's parent, by index."""
        return np.flatnonzero(self.legs).astype(np.int32)

    def by_place(self) -> Self:
        """The same people, each numbered by their place: sums over teams then read memory from end to end."""
        places = np.arange(len(self), dtype=np.int32)
        parents = self.parents.take(self.order)
        above = np.where(parents == NOBODY, np.int32(NOBODY), self.position.take(parents))
        return type(self)(above, places, places, self.size.take(self.order), self.depth.take(self.order))

    @cached_property
    def generations(self) -> Generations:
        """The same people level by level."""
        return Generations.of(self.order[sorted_by(self.depth, self.position)], self.legs, len(self.roots))


def _sizes(parents: Int32s) -> Int32s:
    """Count descendants: after each stride, all those nearer than twice the stride are in."""
    near = np.ones(len(parents), dtype=np.int32)
    for people, ancestors in strides(parents):
        np.add.at(near, ancestors, near.take(people))
    return near - np.int32(1)


def _first_places(parents: Int32s, size: Int32s) -> Int32s:
    """Give a root's place, and how far behind their parent everybody else stands: after earlier siblings with teams."""
    people = sorted_by(parents, np.arange(len(parents), dtype=np.int32))
    taken = size.take(people).astype(np.int64) + 1
    before = np.cumsum(taken)
    before -= taken
    siblings = _run_lengths(parents.take(people))
    before -= np.repeat(before[np.cumsum(siblings) - siblings], siblings)
    places = np.empty_like(size)
    places[people] = before
    places += parents != NOBODY
    return places


def _run_lengths(ordered: Int32s) -> NDArray[np.int64]:
    """Count how often each figure of a sorted array stands there."""
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.diff(edges, prepend=0, append=len(ordered)) if len(ordered) else edges
