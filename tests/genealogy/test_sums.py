"""Team sums equal a walk through each team, with depth limits, and for any numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genealogy.walk import forests, frontlines, team
from mlmkpi.errors import DataError, UsageError
from mlmkpi.genealogy import Tree, depth_limited_sums, range_sums, subtree_sums

AMOUNTS = st.integers(-(10**15), 10**15)


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """A forest, and a whole number a person."""
    parents = draw(forests())
    return parents, draw(st.lists(AMOUNTS, min_size=len(parents), max_size=len(parents)))


def walked(parents: list[int], values: list[Any], first: int, last: int) -> list[Any]:
    """The sum over the generations first … last of each person's team."""
    return [
        sum(values[person] for person, generation in team(parents, leader) if first <= generation <= last)
        for leader in range(len(parents))
    ]


def tree_and(parents: list[int], values: list[int]) -> tuple[Tree, np.ndarray]:
    return Tree.of(np.array(parents, dtype=np.int64)), np.array(values, dtype=np.int64)


@given(companies())
def test_team_sums_of_people_numbered_by_place(company: tuple[list[int], list[int]]) -> None:
    tree, values = tree_and(*company)
    parents = tree.by_place().parents.tolist()
    placed, figures = tree.by_place(), values[tree.order]
    for nearest in (0, 1):
        sums, told = walked(parents, figures.tolist(), nearest, len(parents)), np.stack([figures, -figures])
        assert subtree_sums(placed, told, include_self=not nearest).tolist() == [sums, [-each for each in sums]]
        leaders = placed.leaders
        found = subtree_sums(placed, figures, include_self=not nearest, of=leaders)
        assert found.tolist() == [sums[leader] for leader in leaders]


@given(companies())
def test_team_sums(company: tuple[list[int], list[int]]) -> None:
    tree, values = tree_and(*company)
    everybody = len(tree)
    assert subtree_sums(tree, values).tolist() == walked(*company, 0, everybody)
    assert subtree_sums(tree, values, include_self=False).tolist() == walked(*company, 1, everybody)
    assert subtree_sums(tree, values, of=tree.leaders).tolist() == subtree_sums(tree, values)[tree.leaders].tolist()
    below = subtree_sums(tree, np.stack([values, values]), include_self=False, of=tree.roots)
    assert below.tolist() == [subtree_sums(tree, values, include_self=False)[tree.roots].tolist()] * 2


@given(companies(), st.integers(0, 32))
def test_team_sums_down_to_a_depth(company: tuple[list[int], list[int]], depth: int) -> None:
    tree, values = tree_and(*company)
    assert depth_limited_sums(tree, values, depth=depth).tolist() == walked(*company, 0, depth)
    assert depth_limited_sums(tree, values, depth=depth, include_self=False).tolist() == walked(*company, 1, depth)


@given(companies())
def test_own_and_the_frontlines_teams_are_the_team(company: tuple[list[int], list[int]]) -> None:
    tree, values = tree_and(*company)
    teams = subtree_sums(tree, values)
    for leader, children in frontlines(company[0]).items():
        if leader >= 0:
            assert teams[leader] == values[leader] + teams[children].sum()


@given(companies())
def test_the_roots_teams_are_the_company(company: tuple[list[int], list[int]]) -> None:
    tree, values = tree_and(*company)
    assert subtree_sums(tree, values)[tree.roots].sum() == values.sum()


@given(companies(), st.integers(0, 4))
def test_several_measures_at_once_are_each_alone(company: tuple[list[int], list[int]], depth: int) -> None:
    tree, values = tree_and(*company)
    measures = np.stack([values, -values, values % 7])
    together = subtree_sums(tree, measures, include_self=False)
    assert together.tolist() == [subtree_sums(tree, row, include_self=False).tolist() for row in measures]
    together = depth_limited_sums(tree, measures, depth=depth)
    assert together.tolist() == [depth_limited_sums(tree, row, depth=depth).tolist() for row in measures]


@given(companies())
def test_sums_of_squares_are_right_to_the_last_digit(company: tuple[list[int], list[int]]) -> None:
    tree, values = tree_and(*company)
    squares = values.astype(np.float64) ** 2
    exact = [Fraction(square) for square in squares.tolist()]
    for sums, first, last in (
        (subtree_sums(tree, squares), 0, 30),
        (depth_limited_sums(tree, squares, depth=2), 0, 2),
    ):
        assert sums.dtype == np.float64
        nearest = [float(total) for total in walked(company[0], exact, first, last)]
        assert sums.tolist() == pytest.approx(nearest, rel=4e-16, abs=0)


def test_a_small_team_keeps_its_digits_beside_a_vast_one() -> None:
    tree = Tree.of(np.array([-1, 0, -1, 2]))
    squares = np.array([3e23, 1e24, 40_000.0, 90_001.0])
    assert subtree_sums(tree, squares).tolist() == [1.3e24, 1e24, 130_001.0, 90_001.0]


def test_floats_sum_to_the_same_bits_whatever_the_people_are_called() -> None:
    random = np.random.default_rng(5)
    parents = (random.random(2_000) * np.arange(2_000)).astype(np.int64)
    parents[0] = -1
    values = random.lognormal(20, 6, 2_000)
    names = random.permutation(2_000)
    renamed, moved = np.empty_like(parents), np.empty_like(values)
    renamed[names] = np.where(parents < 0, -1, names[parents])
    moved[names] = values
    assert (subtree_sums(Tree.of(renamed), moved)[names] == subtree_sums(Tree.of(parents), values)).all()


def test_flags_are_counted_and_small_whole_numbers_do_not_wrap() -> None:
    tree = Tree.of(np.arange(-1, 299))
    assert subtree_sums(tree, np.ones(300, dtype=bool))[0] == 300
    assert subtree_sums(tree, np.full(300, 100, dtype=np.int8))[0] == 30_000


def test_a_team_is_exact_where_the_running_total_passes_the_largest_int64() -> None:
    tree = Tree.of(np.array([-1, -1, 1, -1]))
    most = 2**62
    assert subtree_sums(tree, np.array([most, most, 5, most])).tolist() == [most, most + 5, 5, most]


def test_ranges_may_overlap_and_be_empty() -> None:
    values = np.array([[1, 2, 3, 4], [10, 20, 30, 40]])
    assert range_sums(values, np.array([0, 1, 2]), np.array([4, 3, 2])).tolist() == [[10, 5, 0], [100, 50, 0]]


def test_an_empty_tree_sums_to_nothing() -> None:
    tree = Tree.of(np.array([], dtype=np.int64))
    assert subtree_sums(tree, np.array([], dtype=np.float64)).tolist() == []
    assert depth_limited_sums(tree, np.array([], dtype=np.int64), depth=2).tolist() == []


def test_a_depth_far_beyond_the_tree_is_the_whole_team() -> None:
    tree, values = Tree.of(np.arange(-1, 999)), np.ones(1000, dtype=np.int64)
    assert (depth_limited_sums(tree, values, depth=10**9) == subtree_sums(tree, values)).all()
    assert depth_limited_sums(tree, values, depth=500)[0] == 501


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_an_error(wrong: float) -> None:
    with pytest.raises(DataError, match="not a number"):
        subtree_sums(Tree.of(np.array([-1, 0])), np.array([1.0, wrong]))


def test_a_negative_depth_is_an_error() -> None:
    tree, values = Tree.of(np.array([-1, 0])), np.array([1, 2])
    with pytest.raises(UsageError, match="depth counts from 0"):
        depth_limited_sums(tree, values, depth=-1)


def test_values_of_other_people_are_an_error() -> None:
    with pytest.raises(UsageError, match="do not fit the tree"):
        subtree_sums(Tree.of(np.array([-1, 0])), np.array([1, 2, 3]))


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_rows_that_two_threads_sum_are_those_that_one_sums(kind: type) -> None:
    people = np.arange(60_000)
    tree = Tree.of(np.where(people % 50 == 0, -1, people // 2))
    values: Any = np.random.default_rng(4).integers(-9, 9, (3, 7, len(tree))).astype(kind)
    for sums in (subtree_sums, partial(depth_limited_sums, depth=2)):
        alone = [[sums(tree, row) for row in month] for month in values]
        assert np.array_equal(sums(tree, values), np.array(alone))
