"""What a leader sees of the legs below them: the largest, how many are active, and how deep they go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmkpi.genealogy.strides import NOBODY, Int32s, strides
from mlmkpi.genealogy.sums import Int64s, Numbers, check_people, subtree_sums
from mlmkpi.genealogy.tree import Tree


def largest_leg(tree: Tree, team_volume: Numbers) -> Numbers:
    """Find the largest team volume among the people directly below each person; 0 where there is nobody.

    Args:
        tree: who stands under whom.
        team_volume: each person's team volume, themselves included, in the unit of the answer; or periods × people.

    Returns:
        One figure a person (periods × people), of the type given. It is negative where all legs are.

    Raises:
        UsageError: the volumes are not one a person.

    >>> largest_leg(Tree.of(np.array([-1, 0, 0, 1])), np.array([9, 4, 3, 1])).tolist()
    [4, 1, 0, 0]
    """
    check_people(tree, team_volume)
    if team_volume.ndim > 1:
        return np.stack([largest_leg(tree, row) for row in team_volume])
    heads = np.flatnonzero(tree.parents != NOBODY)
    above, volumes = tree.parents[heads], team_volume[heads]
    largest = np.zeros_like(team_volume)
    largest[above] = volumes
    np.maximum.at(largest, above, volumes)
    return largest


def active_legs(tree: Tree, active: NDArray[Any]) -> Int64s:
    """Count the legs directly below each person that hold somebody active.

    Args:
        tree: who stands under whom.
        active: a flag a person; or periods × people.

    Returns:
        One count a person (periods × people).

    Raises:
        UsageError: the flags are not one a person.

    >>> active_legs(Tree.of(np.array([-1, 0, 0, 1])), np.array([True, False, False, True])).tolist()
    [1, 1, 0, 0]
    """
    alive = subtree_sums(tree, active.astype(bool)) > 0
    if alive.ndim > 1:
        return np.stack([_heads_below(tree, row) for row in alive])
    return _heads_below(tree, alive)


def max_depth_below(tree: Tree) -> Int32s:
    """Count the generations below each person; 0 where there is nobody.

    >>> max_depth_below(Tree.of(np.array([-1, 0, 0, 1]))).tolist()
    [2, 1, 0, 0]
    """
    deepest = np.zeros(len(tree), dtype=np.int32)
    stride = 1
    for people, ancestors in strides(tree.parents):
        np.maximum.at(deepest, ancestors, deepest[people] + np.int32(stride))
        stride *= 2
    return deepest


def _heads_below(tree: Tree, chosen: NDArray[np.bool_]) -> Int64s:
    """Count the chosen people directly below each person."""
    above = tree.parents[chosen]
    return np.bincount(above[above != NOBODY], minlength=len(tree))
