"""Legs and breakaways equal a walk through each team."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genealogy.walk import forests, frontlines, team, until_cut
from mlmkpi.errors import UsageError
from mlmkpi.genealogy import Tree, active_legs, breakaway, largest_leg, subtree_sums

Company = tuple[list[int], list[int], list[int]]


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """A forest, a volume a person and a rank a person (-1: none)."""
    parents = draw(forests())
    volumes = draw(st.lists(st.integers(-50, 10**12), min_size=len(parents), max_size=len(parents)))
    return parents, volumes, draw(st.lists(st.integers(-1, 4), min_size=len(parents), max_size=len(parents)))


def total(parents: list[int], volumes: list[int], leader: int) -> int:
    return sum(volumes[person] for person, _ in team(parents, leader))


@given(companies())
def test_the_largest_leg(company: Company) -> None:
    parents, volumes, _ = company
    tree = Tree.of(np.array(parents, dtype=np.int64))
    teams = subtree_sums(tree, np.array(volumes, dtype=np.int64))
    children = frontlines(parents)
    expected = [
        max((total(parents, volumes, child) for child in children[leader]), default=0) for leader in range(len(parents))
    ]
    assert largest_leg(tree, teams).tolist() == expected
    assert largest_leg(tree, np.stack([teams, 2 * teams])).tolist() == [expected, [2 * figure for figure in expected]]


def test_a_largest_leg_may_be_negative() -> None:
    assert largest_leg(Tree.of(np.array([-1, 0, 0])), np.array([-7, -4, -3])).tolist() == [-3, 0, 0]


@given(companies())
def test_active_legs(company: Company) -> None:
    parents, volumes, rank = company
    active = [volume > 10**9 for volume in volumes]
    tree = Tree.of(np.array(parents, dtype=np.int64))
    children = frontlines(parents)
    expected = [
        sum(any(active[person] for person, _ in team(parents, child)) for child in children[leader])
        for leader in range(len(parents))
    ]
    flags = np.array(active, dtype=bool)
    assert active_legs(tree, flags).tolist() == expected
    assert active_legs(tree, np.stack([flags, np.zeros_like(flags)])).tolist() == [expected, [0] * len(rank)]


@given(companies())
def test_the_breakaway_volume(company: Company) -> None:
    parents, volumes, rank = company
    tree = Tree.of(np.array(parents, dtype=np.int64))
    assert breakaway(tree, np.array(volumes, dtype=np.int64), np.array(rank, dtype=np.int64)).tolist() == [
        sum(volumes[person] for person in until_cut(parents, rank, leader)) for leader in range(len(parents))
    ]


def test_a_breakaway_in_a_chain_of_many_is_cut_at_the_next_of_the_rank() -> None:
    many = 100_000
    tree = Tree.of(np.arange(-1, many - 1))
    rank = np.where(np.arange(many) % 1000 == 0, 3, np.where(np.arange(many) % 10 == 0, 2, 1))
    kept = breakaway(tree, np.ones(many, dtype=np.int64), rank)
    assert kept.tolist() == [{3: 1000, 2: 10, 1: 1}[step] for step in rank.tolist()]


def test_one_volume_and_one_rank_a_person_or_an_error() -> None:
    tree = Tree.of(np.array([-1, 0]))
    with pytest.raises(UsageError, match="do not fit the tree"):
        breakaway(tree, np.ones((2, 2), dtype=np.int64), np.ones(2, dtype=np.int64))
    with pytest.raises(UsageError, match="do not fit the tree"):
        breakaway(tree, np.ones(2, dtype=np.int64), np.ones(3, dtype=np.int64))
    with pytest.raises(UsageError, match="do not fit the tree"):
        largest_leg(tree, np.ones(3, dtype=np.int64))
