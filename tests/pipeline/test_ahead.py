"""Sums are taken ahead of the rows that are made of them, in order, as long as somebody asks for rows."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event
from typing import Any

import pytest

from mlmkpi.pipeline.runs import _ahead


def taken(*found: Any) -> Generator[Any, None, None]:
    for one in found:
        if isinstance(one, Exception):
            raise one
        yield one


def test_all_come_in_order_and_then_the_error_that_ended_it() -> None:
    assert "".join(map(str, _ahead(taken("a", "b", "c")))) == "abc"
    ahead = _ahead(taken("a", "b", ZeroDivisionError()))
    assert str(next(ahead)) + str(next(ahead)) == "ab"
    with pytest.raises(ZeroDivisionError):
        next(ahead)


def test_nothing_more_is_taken_once_nobody_asks() -> None:
    asked, closing = list[int](), Event()

    def counting() -> Generator[Any, None, None]:
        for number in range(1, 1000):
            asked.append(number)
            yield number
            closing.wait(0.5)

    ahead = _ahead(counting())
    next(ahead)
    ahead.close()
    assert asked == [1, 2]
