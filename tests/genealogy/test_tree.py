"""Trees of any shape are laid out depth-first, and cycles are found."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genealogy.walk import ancestors, depth_first, forests, frontlines, team
from mlmkpi.errors import DataError
from mlmkpi.genealogy import CycleError, Tree, max_depth_below

MANY = 100_000


def shuffled(parents: np.ndarray, seed: int = 7) -> np.ndarray:
    """The same tree with the people's indexes drawn at random."""
    names = np.random.default_rng(seed).permutation(len(parents))
    renamed = np.empty_like(parents)
    renamed[names] = np.where(parents < 0, -1, names[parents])
    return renamed


CHAIN = np.arange(-1, MANY - 1)
STAR = np.where(np.arange(MANY) == 0, -1, 0)
COMB = np.where(np.arange(MANY) % 2 == 0, np.arange(MANY) - 2, np.arange(MANY) - 1).clip(-1)


@given(forests())
def test_every_array_equals_what_walking_the_teams_gives(parents: list[int]) -> None:
    tree = Tree.of(np.array(parents, dtype=np.int64))
    people = range(len(parents))
    teams = [team(parents, person) for person in people]
    assert len(tree) == len(parents)
    assert tree.order.tolist() == depth_first(parents)
    assert [tree.order.tolist().index(person) for person in people] == tree.position.tolist()
    assert tree.size.tolist() == [len(members) - 1 for members in teams]
    assert tree.depth.tolist() == [sum(1 for _ in ancestors(parents, person)) for person in people]
    assert tree.legs.tolist() == [len(frontlines(parents)[person]) for person in people]
    assert tree.roots.tolist() == frontlines(parents)[-1]
    assert tree.leaders.tolist() == [person for person in people if frontlines(parents)[person]]
    assert max_depth_below(tree).tolist() == [max(generation for _, generation in members) for members in teams]


@given(forests())
def test_people_numbered_by_place_are_the_same_tree(parents: list[int]) -> None:
    tree = Tree.of(np.array(parents, dtype=np.int64))
    by_place, laid = tree.by_place(), Tree.of(tree.by_place().parents)
    assert by_place.order.tolist() == by_place.position.tolist() == list(range(len(parents)))
    for name in ("position", "order", "size", "depth", "legs"):
        assert getattr(by_place, name).tolist() == getattr(laid, name).tolist()
    above = [-1 if parent < 0 else tree.position[parent] for parent in parents]
    assert by_place.parents[tree.position].tolist() == above


@given(forests())
def test_a_team_is_a_range_of_the_order(parents: list[int]) -> None:
    tree = Tree.of(np.array(parents, dtype=np.int32))
    for leader in range(len(parents)):
        members = tree.order[tree.position[leader] : tree.end[leader]].tolist()
        assert members == [person for person, _ in team(parents, leader)]


@given(forests())
def test_generations_are_ranges_of_the_levels(parents: list[int]) -> None:
    levels = Tree.of(np.array(parents, dtype=np.int32)).generations
    for generation in range(5):
        first, last = levels.ranges(generation)
        for leader in range(len(parents)):
            members = levels.order[first[leader] : last[leader]].tolist()
            assert members == [person for person, below in team(parents, leader) if below == generation]


@given(forests())
def test_sizes_add_up_to_depths(parents: list[int]) -> None:
    tree = Tree.of(np.array(parents, dtype=np.int64))
    assert tree.size.sum() == tree.depth.sum()


def test_an_empty_tree_has_nobody() -> None:
    tree = Tree.of(np.array([], dtype=np.int64))
    assert [array.tolist() for array in (tree.order, tree.end, tree.legs, tree.roots, tree.leaders)] == [[]] * 5
    assert [part.tolist() for part in tree.generations.ranges(1)] == [[], []]


def test_a_tree_cannot_be_changed() -> None:
    tree = Tree.of(np.array([-1, 0]))
    with pytest.raises(ValueError, match="read-only"):
        tree.size[0] = 5


def test_the_parents_given_stay_theirs() -> None:
    parents = np.array([-1, 0], dtype=np.int32)
    Tree.of(parents)
    parents[1] = -1
    assert parents.tolist() == [-1, -1]


def test_a_chain_of_many() -> None:
    tree = Tree.of(CHAIN)
    assert tree.order.tolist() == tree.depth.tolist() == list(range(MANY))
    assert tree.size.tolist() == list(range(MANY - 1, -1, -1))
    assert max_depth_below(tree).tolist() == tree.size.tolist()


def test_a_star_of_many() -> None:
    tree = Tree.of(STAR)
    assert tree.order.tolist() == list(range(MANY))
    assert tree.size.tolist() == [MANY - 1, *[0] * (MANY - 1)]
    assert tree.depth.tolist() == [0, *[1] * (MANY - 1)]


def test_a_comb_of_many_keeps_every_tooth_before_the_rest_of_the_spine_by_index() -> None:
    tree = Tree.of(COMB)
    spine = np.arange(0, MANY, 2)
    assert tree.depth[spine].tolist() == list(range(MANY // 2))
    assert tree.size[spine].tolist() == [MANY - 1 - person for person in spine]
    assert tree.position[:4].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("shape", [CHAIN, STAR, COMB], ids=["chain", "star", "comb"])
def test_naming_people_otherwise_moves_their_figures_with_them(shape: np.ndarray) -> None:
    plain, renamed = Tree.of(shape), Tree.of(shuffled(shape))
    names = np.random.default_rng(7).permutation(MANY)
    assert (renamed.size[names] == plain.size).all()
    assert (renamed.depth[names] == plain.depth).all()


def test_a_random_forest_of_many_is_laid_out_so_that_each_person_follows_their_parent_within_its_range() -> None:
    random = np.random.default_rng(3)
    parents = shuffled(np.where(random.random(MANY) < 0.01, -1, (random.random(MANY) * np.arange(MANY)).astype(int)))
    parents[parents == np.arange(MANY)] = -1
    tree = Tree.of(parents)
    below = np.flatnonzero(parents >= 0)
    above = parents[below]
    assert sorted(tree.order.tolist()) == list(range(MANY))
    assert (tree.depth[below] == tree.depth[above] + 1).all()
    assert ((tree.position[above] < tree.position[below]) & (tree.end[below] <= tree.end[above])).all()
    assert tree.size.sum() == tree.depth.sum()


def cycle_of(parents: np.ndarray) -> np.ndarray:
    """The cycle that laying out the tree stops at."""
    with pytest.raises(CycleError) as caught:
        Tree.of(parents)
    return caught.value.cycle


@pytest.mark.parametrize("length", [1, 2, 3, 1000, 4096])
def test_a_cycle_is_printed_wherever_it_hides(length: int) -> None:
    around = (np.arange(length) + 1) % length
    parents = np.concatenate([[-1, 0, 1], 3 + around, [3 + length - 1, 3 + length]])
    assert cycle_of(parents).tolist() == list(range(3, 3 + length))


def test_a_long_cycle_named_at_random_is_followed_from_its_lowest_index() -> None:
    parents = shuffled((np.arange(1000) + 1) % 1000)
    cycle = cycle_of(parents)
    assert cycle[0] == 0
    assert sorted(cycle.tolist()) == list(range(1000))
    assert parents[cycle].tolist() == np.roll(cycle, -1).tolist()


@given(forests(), st.data())
def test_a_forest_has_no_cycle_until_somebody_is_put_under_their_own_team(
    parents: list[int], data: st.DataObject
) -> None:
    parents.append(-1)
    Tree.of(np.array(parents, dtype=np.int64))
    leader = data.draw(st.integers(0, len(parents) - 1))
    member, generation = data.draw(st.sampled_from(team(parents, leader)))
    circle = [member, *ancestors(parents, member)][: generation + 1]
    parents[leader] = member
    cycle = cycle_of(np.array(parents, dtype=np.int64))
    start = circle.index(min(circle))
    assert cycle.tolist() == circle[start:] + circle[:start]


def test_the_error_for_a_cycle_says_who_stands_under_whom() -> None:
    with pytest.raises(CycleError) as caught:
        Tree.of(np.array([2, -1, 3, 0]))
    assert str(caught.value) == (
        "3 people form a cycle in the tree\n"
        "  got       index 0 under 2 under 3 under 0\n"
        "  expected  a tree: from parent to parent everybody comes to somebody without one\n"
        "  fix       correct or empty the parent of one of them"
    )


def test_the_error_for_a_long_cycle_is_cut_and_for_a_cycle_of_one_is_in_the_singular() -> None:
    with pytest.raises(CycleError, match="1,000 people form a cycle") as caught:
        Tree.of((np.arange(1000) + 1) % 1000)
    assert "index 0 under 1 under 2 under 3 under 4 under" in str(caught.value)
    assert "under 8 under 9 under … under 0\n" in str(caught.value)
    with pytest.raises(CycleError, match="a person is their own parent"):
        Tree.of(np.array([-1, 1]))


@pytest.mark.parametrize("wrong", [-2, 3, 2**40])
def test_a_parent_who_is_nobody_known_is_an_error(wrong: int) -> None:
    with pytest.raises(DataError, match=f"index {wrong} as the parent of index 1"):
        Tree.of(np.array([-1, wrong, 0]))


def test_more_people_than_the_arrays_can_count_is_an_error() -> None:
    with pytest.raises(DataError, match="too many people"):
        Tree.of(np.broadcast_to(np.int64(-1), (2**31,)))


def test_the_referral_tree_of_new_york_jazz_has_its_waves() -> None:
    data = os.environ.get("MLMKPI_DATA")
    if not data:
        pytest.skip("set MLMKPI_DATA to the folder of real data")
    with Path(data, "recruitment", "nyjazz.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    index = {row["id"]: person for person, row in enumerate(rows)}
    parents = [index[row["recruiter_id"].removesuffix(".0")] if row["recruiter_id"] else -1 for row in rows]
    tree = Tree.of(np.array(parents))
    waves = Counter(tree.depth.tolist())
    assert [waves[wave] for wave in range(12)] == [13, 32, 49, 41, 36, 30, 24, 15, 9, 8, 6, 1]
    assert len(tree) == 264
    assert len(tree.roots) == 10 + 3
    assert tree.legs.sum() == 251
    assert tree.size[tree.roots].sum() == 251
    assert tree.size.tolist() == [len(team(parents, person)) - 1 for person in range(264)]
    assert max_depth_below(tree).max() == 11
