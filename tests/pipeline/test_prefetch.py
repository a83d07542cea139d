"""Work is done ahead in order; what it raised is raised where its result is used; nothing is begun once nobody asks."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Event, Timer, get_ident

import pytest

from mlmkpi.pipeline.prefetch import Prefetch


def giving(number: int) -> Callable[[], int]:
    return lambda: number


def failing() -> int:
    raise ZeroDivisionError


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_results_come_in_the_order_asked_for_and_an_error_where_it_is_used(threads: int) -> None:
    with Prefetch(threads) as prefetch:
        promised = [prefetch.submit(giving(number)) for number in range(9)]
        wrong = prefetch.submit(failing)
        assert [result() for result in promised] == list(range(9))
        with pytest.raises(ZeroDivisionError):
            wrong()


def test_two_threads_work_at_once() -> None:
    both = Barrier(2, timeout=30)
    with Prefetch(2) as prefetch:
        first, second = prefetch.submit(both.wait), prefetch.submit(both.wait)
        assert {first(), second()} == {0, 1}


def test_one_thread_is_the_one_that_asks() -> None:
    with Prefetch(1) as prefetch:
        assert prefetch.submit(get_ident)() == get_ident()


def test_what_is_not_begun_is_not_done() -> None:
    begun, go_on, done = Event(), Event(), list[int]()

    def waiting() -> None:
        begun.set()
        go_on.wait(30)

    def ending(prefetch: Prefetch) -> None:
        for work in (waiting, waiting, lambda: done.append(1)):
            prefetch.submit(work)
        begun.wait(30)
        Timer(0.1, go_on.set).start()

    with Prefetch(2) as prefetch:
        ending(prefetch)
    assert done == []


def test_at_ctrl_c_nothing_is_waited_for() -> None:
    begun, go_on = Event(), Event()

    def waiting() -> bool:
        begun.set()
        return go_on.wait(30)

    def pressed() -> None:
        with Prefetch(2) as prefetch:
            results.append(prefetch.submit(waiting))
            begun.wait(30)
            raise KeyboardInterrupt

    results = list[Callable[[], bool]]()
    with pytest.raises(KeyboardInterrupt):
        pressed()
    go_on.set()
    assert results[0]()
