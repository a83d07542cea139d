"""A value is made once by its key, however many threads ask, and may be made of others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from mlmkpi.books.memo import Memo


def test_it_is_made_once_for_all_threads() -> None:
    memo, made = Memo[int](), list[int]()

    def make() -> int:
        sleep(0.05)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: memo.once("key", make), range(8)))
    assert (found, made) == ([1] * 8, [1])


def test_it_may_be_made_of_others_and_of_other_keys() -> None:
    memo = Memo[int]()
    assert memo.once("sum", lambda: memo.once("one", lambda: 1) + memo.once("two", lambda: 2)) == 3
    assert memo.once("one", lambda: 7) == 1


def test_what_could_not_be_made_is_made_by_the_next_who_asks() -> None:
    memo = Memo[int]()

    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        memo.once("key", fail)
    assert memo.once("key", lambda: 5) == 5


def test_what_is_there_from_the_start_is_not_made() -> None:
    assert Memo({"key": 3}).once("key", lambda: 7) == 3
