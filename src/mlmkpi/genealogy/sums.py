"""Sums over ranges of places and over teams: whole numbers exactly, floats to the last digit, both in any row order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmkpi.errors import DataError, UsageError
from mlmkpi.genealogy.strides import Ints
from mlmkpi.genealogy.tree import Tree

Int64s = NDArray[np.int64]
Numbers = NDArray[Any]

RowSums = Callable[[Int64s], Int64s]

_SUM_BITS = 62
_MANY = 2**20
"""How many values are worth a second thread."""


def range_sums(values: Numbers, first: Ints, last: Ints) -> Numbers:
    """Sum the values of many ranges of places in one pass.

    Args:
        values: one figure a place; or measures × places. Flags and whole numbers are summed as Int64.
        first: where each range starts.
        last: the place after each range's last.

    Returns:
        One sum a range (measures × ranges): Int64, exact while each range's own sum fits; Float64 for floats, good to
        the last digit or two even where a small range stands beside a vast one.

    Raises:
        DataError: a value is NaN or infinite.

    >>> range_sums(np.array([1, 2, 3]), np.array([0, 1]), np.array([3, 1])).tolist()
    [6, 0]
    """
    return summed(values, lambda: _between(values.shape[-1], first, last))


def subtree_sums(tree: Tree, values: Numbers, *, include_self: bool = True, of: Ints | None = None) -> Numbers:
    """Sum the values of each person's team, the person included or not.

    Args:
        tree: who stands under whom.
        values: one figure a person; or measures × people. Flags and whole numbers are summed as Int64.
        include_self: whether a person's own value counts in their team.
        of: whose teams, by index; None for everybody's.

    Returns:
        One sum a person asked for (measures × people), as `range_sums` gives it.

    Raises:
        UsageError: the values are not one a person.
        DataError: a value is NaN or infinite.

    >>> subtree_sums(Tree.of(np.array([-1, 0, 1])), np.array([5, 3, 1])).tolist()
    [9, 4, 1]
    """
    check_people(tree, values)
    if of is None and tree.in_place:
        return summed(values, lambda: _to_the_end(tree.end, 0 if include_self else 1))
    first, end = (tree.position, tree.end) if of is None else (tree.position[of], tree.end[of])
    first = first if include_self else first + np.int32(1)
    if tree.in_place:
        return summed(values, lambda: _between(len(tree), first, end))
    places = tree.position.astype(np.intp)

    def teams() -> RowSums:
        between, laid = _between(len(tree), first, end), np.empty(len(tree), dtype=np.int64)

        def of_row(row: Int64s) -> Int64s:
            laid[places] = row  # half of what reading the row in the order of the places takes
            return between(laid)

        return of_row

    return summed(values, teams)


def depth_limited_sums(tree: Tree, values: Numbers, *, depth: int, include_self: bool = True) -> Numbers:
    """Sum the values of each person's team down to a depth: 1 is the frontline alone, 0 nobody but the person.

    Args:
        tree: who stands under whom.
        values: one figure a person; or measures × people. Flags and whole numbers are summed as Int64.
        depth: how many generations below the person count.
        include_self: whether a person's own value counts in their team.

    Returns:
        One sum a person (measures × people), as `range_sums` gives it.

    Raises:
        UsageError: the depth is negative, or the values are not one a person.
        DataError: a value is NaN or infinite.

    >>> depth_limited_sums(Tree.of(np.array([-1, 0, 1])), np.array([5, 3, 1]), depth=1).tolist()
    [8, 4, 1]
    """
    check_people(tree, values)
    if depth < 0:
        raise UsageError("a team's depth counts from 0", (("got", str(depth)), ("expected", "0 or more")))
    levels = tree.generations
    below = levels.ranges(depth + 1)

    def limited() -> RowSums:
        in_team, deeper = _between(len(tree), tree.position, tree.end), _between(len(tree), *below)

        def of_row(row: Int64s) -> Int64s:
            whole = in_team(row.take(tree.order))
            too_deep = deeper(whole.take(levels.order))
            return whole - too_deep if include_self else whole - too_deep - row

        return of_row

    return summed(values, limited)


def check_people(tree: Tree, values: Numbers, *, axes: int | None = None) -> None:
    """Raise UsageError unless the last axis of the values is the tree's people, and the number of axes is as asked."""
    if values.shape[-1:] != (len(tree),) or axes not in (None, values.ndim):
        raise UsageError(
            "the values do not fit the tree",
            (("got", f"values of shape {values.shape}"), ("expected", f"{len(tree):,} people along the last axis")),
        )


def summed(values: Numbers, sums: Callable[[], RowSums]) -> Numbers:
    """Apply what adds and subtracts Int64 figures to one row of values, or to each row of several.

    `sums` gives it with memory of its own, so that where there are many values two threads take every other row.
    """
    if values.ndim == 1:
        return _of_row(values, sums())
    first, *others = np.ndindex(*values.shape[:-1])
    head = _of_row(values[first], sums())
    found = np.empty((*values.shape[:-1], *head.shape), dtype=head.dtype)
    found[first] = head

    def work(places: Sequence[tuple[int, ...]]) -> None:
        of_row = sums()
        for place in places:
            found[place] = _of_row(values[place], of_row)

    if values.size <= _MANY:
        work(others)
        return found
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, (others[::2], others[1::2])))
    return found


def _of_row(values: Numbers, sums: RowSums) -> Numbers:
    """The sums of one row; floats are cut into two whole numbers of fixed units, so that they too add without loss."""
    if values.dtype.kind != "f":
        return sums(values.astype(np.int64, copy=False))
    largest = float(np.abs(values).max(initial=0.0))
    if not np.isfinite(largest):
        raise DataError("a value to be summed is not a number", (("got", "NaN or infinity"), ("expected", "numbers")))
    room = _SUM_BITS - len(values).bit_length()
    coarse = int(np.frexp(largest)[1]) - room
    fine = coarse - room - 1
    whole = np.rint(np.ldexp(values, -coarse))
    rest = np.rint(np.ldexp(values - np.ldexp(whole, coarse), -fine))
    totals = _scaled(sums(whole.astype(np.int64)), coarse)
    return totals + _scaled(sums(rest.astype(np.int64)), fine) if rest.any() else totals


def _scaled(totals: Int64s, unit: int) -> NDArray[np.float64]:
    """Turn whole numbers of 2**unit each into floats."""
    return np.ldexp(totals.astype(np.float64), unit)


def _between(places: int, first: Ints, last: Ints) -> RowSums:
    """Give what subtracts running sums of so many figures, of row after row in the same memory.

    Where they wrap around, the differences still come out right.
    """
    running = np.zeros(places + 1, dtype=np.int64)
    before, end = first.astype(np.intp), last.astype(np.intp)

    def between(row: Int64s) -> Int64s:
        np.cumsum(row, out=running[1:])
        return running.take(end) - running.take(before)

    return between


def _to_the_end(end: Ints, behind: int) -> RowSums:
    """The same of ranges that start at every place in turn, or so many places behind it."""
    running = np.zeros(len(end) + 1, dtype=np.int64)

    def to_the_end(row: Int64s) -> Int64s:
        np.cumsum(row, out=running[1:])
        return running.take(end) - running[behind : behind + len(end)]

    return to_the_end
