"""Transports that several clients use together, each for as long as one of them does.

There is none for the whole process: a cache is made by who wants it, holds what it gives out weakly, and under asyncio
belongs to one event loop. Ported from client-go transport/cache.go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

__all__ = ["Leased", "TransportCache"]

T = TypeVar("T")

_REMEMBERED = 1024


class Leased(Generic[T]):
    """A transport and how many clients use it. It is closed by the last one that gives it back."""

    def __init__(self, transport: T) -> None:
        self.transport = transport
        self._users = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Counts one user more; False when the transport is given up already."""
        with self._lock:
            if self._users < 0:
                return False
            self._users += 1
            return True

    def give_back(self) -> bool:
        """Counts one user less; True when it was the last and the transport has to be closed."""
        with self._lock:
            self._users -= 1
            if self._users:
                return False
            self._users = -1
            return True


class TransportCache(Generic[T]):
    """Finds the transport of a config among those in use.

    Args:
        told: is told of each search: "hit", "miss", "miss-gc" (it was there and is gone) or "uncacheable".
    """

    def __init__(self, told: Callable[[str], None] | None = None) -> None:
        self._told = told
        self._entries: WeakValueDictionary[Hashable, Leased[T]] = WeakValueDictionary()
        self._seen: dict[Hashable, None] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def lease(self, key: Hashable | None, make: Callable[[], T]) -> Leased[T]:
        """The transport of a key, made when nobody uses one; a key of None is always a new one. Taken already."""
        with self._lock:
            result, found = "uncacheable", None
            if key is not None:
                found = self._entries.get(key)
                if found is not None and found.take():
                    result = "hit"
                else:
                    result, found = ("miss-gc" if key in self._seen else "miss"), None
            if found is None:
                found = Leased(make())
                found.take()
                if key is not None:
                    self._entries[key] = found
                    self._seen[key] = None
                    while len(self._seen) > _REMEMBERED:
                        del self._seen[next(iter(self._seen))]
        if self._told is not None:
            self._told(result)
        return found
