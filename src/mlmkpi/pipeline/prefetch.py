"""Work done ahead by a few threads, in the order it was asked for, while its results are used in that order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class Prefetch:
    """A context manager: what is not yet begun when it ends is not done; at Ctrl-C what is under way is not waited for.

    With one thread all is done when it is used.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is not KeyboardInterrupt, cancel_futures=True)

    def submit(self, work: Callable[[], T]) -> Callable[[], T]:
        """What gives the work's result, or raises what it raised."""
        return work if self._pool is None else self._pool.submit(work).result
