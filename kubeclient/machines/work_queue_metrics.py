"""What a named work queue tells of itself: how long items wait, how long work takes, and what is being worked on.

Ported from client-go util/workqueue/metrics.go.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["QueueTimes", "WorkQueueMetrics"]

T = TypeVar("T", bound=Hashable)


class WorkQueueMetrics:
    """Hooks that named queues call. A subclass overrides those it wants; each returns at once and raises nothing.

    How long unfinished work has taken is asked for, not told: `opened` hands over a function for it.
    """

    def opened(self, name: str, unfinished: Callable[[], tuple[float, float]]) -> None:
        """A queue of that name is there. `unfinished` tells the seconds of all work that is being done, added up, and of the
        longest."""

    def added(self, name: str) -> None:
        """An item needs work."""

    def depth(self, name: str, items: int) -> None:
        """So many items need work and are not being worked on."""

    def waited(self, name: str, seconds: float) -> None:
        """An item was taken, so long after it was added."""

    def worked(self, name: str, seconds: float) -> None:
        """The work on an item is over and took so long."""

    def retried(self, name: str) -> None:
        """An item was added for later: after a failure, or as somebody wanted."""


class QueueTimes(Generic[T]):
    """The times of one queue's items.

    Args:
        name: the queue's.
        metrics: who is told.
        now_ns: a monotonic clock.
    """

    __slots__ = ("_added", "_begun", "_depth", "_metrics", "_name", "_now_ns")

    def __init__(self, name: str, metrics: WorkQueueMetrics, now_ns: Callable[[], int]) -> None:
        self._name = name
        self._metrics = metrics
        self._now_ns = now_ns
        self._added: dict[T, int] = {}
        self._begun: dict[T, int] = {}
        self._depth = 0
        metrics.opened(name, self.unfinished)

    def added(self, item: T) -> None:
        """An item needs work that needed none."""
        self._metrics.added(self._name)
        self._added.setdefault(item, self._now_ns())
        self._deepen(1)

    def taken(self, item: T) -> None:
        """Work on an item begins."""
        now = self._now_ns()
        self._begun[item] = now
        self._deepen(-1)
        added = self._added.pop(item, None)
        if added is not None:
            self._metrics.waited(self._name, (now - added) * 1e-9)

    def done(self, item: T) -> None:
        """Work on an item is over."""
        begun = self._begun.pop(item, None)
        if begun is not None:
            self._metrics.worked(self._name, (self._now_ns() - begun) * 1e-9)

    def retried(self) -> None:
        """An item was added for later."""
        self._metrics.retried(self._name)

    def unfinished(self) -> tuple[float, float]:
        """The seconds of all work that is being done, and of the longest."""
        now = self._now_ns()
        ages = [(now - begun) * 1e-9 for begun in list(self._begun.values())]
        return sum(ages), max(ages, default=0.0)

    def _deepen(self, items: int) -> None:
        self._depth += items
        self._metrics.depth(self._name, self._depth)
