"""Volume down to the next person of the same rank, as compensation plans with breakaways count it."""

from __future__ import annotations

import numpy as np

from mlmkpi.genealogy.strides import NOBODY, Int32s, Ints
from mlmkpi.genealogy.sums import Int64s, check_people, subtree_sums
from mlmkpi.genealogy.tree import Tree


def breakaway(tree: Tree, volume: Ints, rank: Ints) -> Int64s:
    """Each person's team volume without the teams headed by the next person of the same or a higher rank.

    Cost grows with the number of different ranks: a ladder has a dozen.

    Args:
        tree: who stands under whom.
        volume: each person's own volume, in whole units.
        rank: each person's rank as a number that grows with the rank; whoever has none stands below the lowest
            rank, and is cut at everybody.

    Returns:
        One Int64 sum a person, their own volume included.

    Raises:
        UsageError: the volumes or the ranks are not one a person.

    >>> chain = Tree.of(np.array([-1, 0, 1, 2]))
    >>> breakaway(chain, np.array([1, 10, 100, 1000]), np.array([2, 1, 2, 1])).tolist()
    [11, 10, 1100, 1000]
    """
    for figures in (volume, rank):
        check_people(tree, figures, axes=1)
    team = subtree_sums(tree, volume)
    kept: Int64s = team.copy()
    people = np.arange(len(tree), dtype=np.int32)
    above = tree.parents.copy()
    for step in np.unique(rank):
        cut = people[above[people] != NOBODY]
        cut = cut[rank[above[cut]] == step]
        np.subtract.at(kept, above[cut], team[cut])
        staying = rank[people] > step
        _look_past(above, people, people[~staying])
        people = people[staying]
    return kept


def _look_past(above: Int32s, people: Int32s, passed: Int32s) -> None:
    """Let each of the people point, in place, to the nearest person above them who is not one of those passed."""
    is_passed = np.zeros(len(above) + 1, dtype=np.bool_)  # one more, so that NOBODY reads the last, which stays False
    is_passed[passed] = True
    looking = people[is_passed[above[people]]]
    while len(looking):
        above[looking] = above[above[looking]]
        looking = looking[is_passed[above[looking]]]
