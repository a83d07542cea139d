"""What is made once for a run, by whichever of its threads asks first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from threading import Lock, RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Values by key, each made the first time it is asked for; who asks meanwhile waits.

    What is made may ask for others, which must not ask for it.
    """

    def __init__(self, found: Mapping[Hashable, T] | None = None) -> None:
        self.found = dict(found or {})
        self._making: dict[Hashable, RLock] = {}
        self._lock = Lock()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The key's value."""
        with self._lock:
            making = self._making.setdefault(key, RLock())
        with making:
            if key not in self.found:
                self.found[key] = make()
            return self.found[key]
