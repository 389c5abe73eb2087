"""Whether everything that an informer first listed was handled: for handlers that hand their work on to others.

A tracker has synced when what is before it has, and nothing of the first list is under way. Ported from client-go
tools/cache/synctrack.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

__all__ = ["KeyedTracker", "Lazy", "SingleFileTracker"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class KeyedTracker(Generic[K]):
    """For work that ends in any order: each piece has a key.

    Args:
        upstream_has_synced: whether everything was started: the informer's `has_synced`.
        guard: what is held; a lock where several threads use it.
    """

    def __init__(
        self, upstream_has_synced: Callable[[], bool], guard: AbstractContextManager[Any] | None = None
    ) -> None:
        self._upstream = upstream_has_synced
        self._guard: AbstractContextManager[Any] = guard if guard is not None else nullcontext()
        self._waiting: dict[K, None] = {}

    def start(self, key: K) -> None:
        """A piece of the first list is under way."""
        with self._guard:
            self._waiting[key] = None

    def finished(self, key: K) -> None:
        """It is done. Nothing happens when it was not started."""
        with self._guard:
            self._waiting.pop(key, None)

    def has_synced(self) -> bool:
        """Whether everything was started, and is done."""
        if not self._upstream():  # first: what is started after that is not of the first list
            return False
        with self._guard:
            return not self._waiting


class SingleFileTracker:
    """For work that is done in its order: it is enough to count."""

    def __init__(
        self, upstream_has_synced: Callable[[], bool], guard: AbstractContextManager[Any] | None = None
    ) -> None:
        self._upstream = upstream_has_synced
        self._guard: AbstractContextManager[Any] = guard if guard is not None else nullcontext()
        self._count = 0

    def start(self) -> None:
        """A piece of the first list is under way."""
        with self._guard:
            self._count += 1

    def finished(self) -> None:
        """One is done. Raises RuntimeError when more are done than were started."""
        with self._guard:
            if not self._count:
                raise RuntimeError(
                    "synctrack: negative counter; this logic error means HasSynced may return incorrect value"
                )
            self._count -= 1

    def has_synced(self) -> bool:
        """Whether everything was started, and is done."""
        if not self._upstream():
            return False
        with self._guard:
            return self._count == 0


class Lazy(Generic[T]):
    """A value that is made when it is asked for, once after each `notify`.

    Args:
        evaluate: makes it. What it raises is raised by `get`, and it is tried again the next time.
        guard: what is held while it is made, so that it is made once; a re-entrant lock where several threads use it.
    """

    def __init__(self, evaluate: Callable[[], T], guard: AbstractContextManager[Any] | None = None) -> None:
        self._evaluate = evaluate
        self._guard: AbstractContextManager[Any] = guard if guard is not None else nullcontext()
        self._made: list[T] = []
        self._turn = 0

    def notify(self) -> None:
        """The value is out of date."""
        self._turn += 1
        self._made = []

    def get(self) -> T:
        """The value, made from what was there at the last `notify` or later."""
        made = self._made
        if made:
            return made[0]
        with self._guard:
            if self._made:
                return self._made[0]
            turn = self._turn
            value = self._evaluate()
            if turn == self._turn:  # else it is out of date already
                self._made = [value]
            return value
