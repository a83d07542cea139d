"""The only graph code: a sponsor or enroller tree as arrays, and what is summed or counted over every team at once.

A person is an index from 0; the caller keeps the ids. Nothing here recurses, so a tree may have any shape.
docs/teams.md draws how it works.
"""

from mlmkpi.genealogy.breakaways import breakaway
from mlmkpi.genealogy.legs import active_legs, largest_leg, max_depth_below
from mlmkpi.genealogy.strides import CycleError
from mlmkpi.genealogy.sums import depth_limited_sums, range_sums, subtree_sums
from mlmkpi.genealogy.tree import Tree

__all__ = [
    "CycleError",
    "Tree",
    "active_legs",
    "breakaway",
    "depth_limited_sums",
    "largest_leg",
    "max_depth_below",
    "range_sums",
    "subtree_sums",
]
