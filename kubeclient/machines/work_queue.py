"""Work queues without waiting: what is to be done, what is being done, and what is to be done later.

The contract, client-go's (util/workqueue/queue.go and delaying_queue.go, v0.36):

- An item is worked on by one worker at a time. Added while it is being worked on, it waits and is queued again by `done`.
- An item added several times before it is taken is done once.
- Items come out in the order in which they became due.
- After `shut_down` nothing is added; what is queued still comes out, what waits for its time is dropped.

Items must be hashable. Times are integer nanoseconds of a monotonic clock that the caller reads.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

from .work_queue_metrics import QueueTimes

__all__ = ["DelayedItems", "FirstInFirstOut", "QueueOrder", "QueueShutDown", "WorkQueueMachine"]

T = TypeVar("T", bound=Hashable)


class QueueOrder(Protocol[T]):
    """In which order items come out that can be taken."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def push(self, item: T) -> None:
        """Takes an item in."""
        ...

    def pop(self) -> T:
        """Gives out the next item. Raises IndexError when there is none."""
        ...

    def touch(self, item: T) -> None:
        """Hears that an item that is in was added again."""
        ...


class FirstInFirstOut(deque[T]):
    """Items come out in the order in which they came; one that is added again keeps its place."""

    __slots__ = ()

    push = deque.append
    pop = deque.popleft  # a deque's own takes from the other end

    def touch(self, item: T) -> None:
        """Leaves the item where it is."""


class QueueShutDown(Exception):
    """The queue is shut down and empty: a worker that sees this ends."""


class WorkQueueMachine(Generic[T]):
    """The three sets of a work queue: queued (in order), dirty (needs work), processing (is being worked on)."""

    __slots__ = ("_dirty", "_processing", "_queue", "_shutting_down", "_times")

    def __init__(self, order: QueueOrder[T] | None = None, times: QueueTimes[T] | None = None) -> None:
        self._queue: QueueOrder[T] = FirstInFirstOut() if order is None else order
        self._times = times
        self._dirty: dict[T, None] = {}
        self._processing: dict[T, None] = {}
        self._shutting_down = False

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def shutting_down(self) -> bool:
        """Whether new items are turned away."""
        return self._shutting_down

    @property
    def drained(self) -> bool:
        """Whether it is shut down, nothing is queued and nobody works on anything."""
        return self._shutting_down and not len(self._queue) and not self._processing

    @property
    def processing(self) -> int:
        """How many items are being worked on."""
        return len(self._processing)

    def add(self, item: T) -> bool:
        """Marks an item as needing work. Returns whether it can be taken now."""
        if self._shutting_down:
            return False
        if item in self._dirty:
            if item not in self._processing:
                self._queue.touch(item)
            return False
        self._dirty[item] = None
        if self._times is not None:
            self._times.added(item)
        if item in self._processing:
            return False
        self._queue.push(item)
        return True

    def take(self) -> T:
        """Takes the next item for work. Raises IndexError when none is queued."""
        item = self._queue.pop()
        self._processing[item] = None
        self._dirty.pop(item, None)
        if self._times is not None:
            self._times.taken(item)
        return item

    def done(self, item: T) -> bool:
        """Ends the work on an item. Returns whether it was queued again, because it was added meanwhile."""
        if item not in self._processing:
            return False  # queueing it would give it to two workers
        del self._processing[item]
        if self._times is not None:
            self._times.done(item)
        if item in self._dirty:
            self._queue.push(item)
            return True
        return False

    def shut_down(self) -> None:
        """Turns new items away."""
        self._shutting_down = True

    def __repr__(self) -> str:
        state = ", shutting down" if self._shutting_down else ""
        return f"<WorkQueueMachine {len(self._queue)} queued, {len(self._processing)} in work{state}>"


class DelayedItems(Generic[T]):
    """Items that become due later. An item that is added again keeps the earlier of its two times."""

    __slots__ = ("_due", "_heap", "_sequence")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, T]] = []
        self._due: dict[T, int] = {}
        self._sequence = 0  # items due at the same time come out in the order in which they came

    def __len__(self) -> int:
        return len(self._due)

    @property
    def next_ns(self) -> int | None:
        """When the next item is due."""
        heap = self._heap
        while heap and self._due.get(heap[0][2]) != heap[0][0]:
            heapq.heappop(heap)  # an entry that an earlier time has replaced
        return heap[0][0] if heap else None

    def add(self, item: T, due_ns: int) -> None:
        """Remembers an item until its time."""
        known = self._due.get(item)
        if known is not None and known <= due_ns:
            return
        self._due[item] = due_ns
        self._sequence += 1
        heapq.heappush(self._heap, (due_ns, self._sequence, item))

    def due(self, now_ns: int) -> list[T]:
        """Takes out what is due, earliest first."""
        out: list[T] = []
        while (next_ns := self.next_ns) is not None and next_ns <= now_ns:
            item = heapq.heappop(self._heap)[2]
            del self._due[item]
            out.append(item)
        return out

    def clear(self) -> None:
        """Forgets everything."""
        self._heap.clear()
        self._due.clear()
