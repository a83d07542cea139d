"""Walking up a tree in strides that double, so that a chain of a million costs twenty steps; cycles show here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmkpi.errors import DataError

Ints = NDArray[np.integer[Any]]
Int32s = NDArray[np.int32]

NOBODY = -1
MOST_PEOPLE = 2**31 - 1
_SHOWN = 10


class CycleError(DataError):
    """Following the parents upward never ends. `cycle` holds the people of one cycle, each followed by their parent."""

    def __init__(self, cycle: Int32s) -> None:
        count = len(cycle)
        ring = [str(person) for person in (*cycle[:_SHOWN], *(["…"] if count > _SHOWN else []), cycle[0])]
        super().__init__(
            "a person is their own parent in the tree" if count == 1 else f"{count:,} people form a cycle in the tree",
            (
                ("got", "index " + " under ".join(ring)),
                ("expected", "a tree: from parent to parent everybody comes to somebody without one"),
                ("fix", "correct or empty the parent of one of them"),
            ),
        )
        self.cycle = cycle


def checked(parents: Ints) -> Int32s:
    """Return the parents as int32; DataError where one is neither a person nor -1, or there are too many people."""
    count = len(parents)
    if count > MOST_PEOPLE:
        raise DataError("the tree has too many people", (("got", f"{count:,}"), ("expected", f"≤ {MOST_PEOPLE:,}")))
    outside = (parents < NOBODY) | (parents >= count)
    if outside.any():
        person = int(outside.argmax())
        raise DataError(
            "a parent is not among the people",
            (
                ("got", f"index {parents[person]} as the parent of index {person}"),
                ("expected", f"-1 for nobody, or an index below {count:,}"),
            ),
        )
    return parents.astype(np.int32)


def strides(parents: Int32s) -> Iterator[tuple[Int32s, Int32s]]:
    """For a stride of 1, 2, 4 … generations: everybody who has somebody that far above them, and who that is.

    CycleError once a stride is longer than any line of ancestors can be.
    """
    above = parents.copy()
    people = np.flatnonzero(parents != NOBODY).astype(np.int32)
    ancestors = parents[people]
    stride = 1
    while len(people):
        if stride >= len(parents):
            raise CycleError(_cycle_from(parents, int(ancestors[0])))
        yield people, ancestors
        ancestors = above.take(ancestors)  # a third faster than above[ancestors] on int32
        above[people] = ancestors
        still = ancestors != NOBODY
        people, ancestors = people[still], ancestors[still]
        stride *= 2


def _cycle_from(parents: Int32s, member: int) -> Int32s:
    """Walk the cycle that a person is on, from its lowest index upward."""
    cycle = [member]
    while (parent := int(parents[cycle[-1]])) != member:
        cycle.append(parent)
    people = np.array(cycle, dtype=np.int32)
    return np.roll(people, -int(people.argmin()))
