"""Work queues that workers wait at: plain, delaying, rate limiting.

There is no background task. Of those who wait in `get`, one sleeps no longer than until the next delayed item is due, and
hands that duty on when it leaves with an item. A queue nobody gets from therefore costs nothing and leaks nothing.

    async with queue.processing() as key:
        await reconcile(key)
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from kubeclient.machines.requeue_limiters import RateLimiter, default_controller_rate_limiter
from kubeclient.machines.work_queue import DelayedItems, QueueOrder, QueueShutDown, WorkQueueMachine
from kubeclient.machines.work_queue_metrics import QueueTimes, WorkQueueMetrics
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime

__all__ = ["AsyncDelayingQueue", "AsyncRateLimitingQueue", "AsyncWorkQueue"]

T = TypeVar("T", bound=Hashable)


class AsyncWorkQueue(Generic[T]):
    """An item is queued once and worked on by one worker at a time.

    Args:
        name: for metrics and logs.
        metrics: is told of a queue that has a name.
        order: in which order items come out; None: first in, first out.
        runtime: the clock and the waiting.
    """

    def __init__(
        self,
        *,
        name: str = "",
        metrics: WorkQueueMetrics | None = None,
        order: QueueOrder[T] | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self.name = name
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()
        self._times: QueueTimes[T] | None = None
        if name and metrics is not None:
            self._times = QueueTimes(name, metrics, self._runtime.clock.monotonic_ns)
        self._machine: WorkQueueMachine[T] = WorkQueueMachine(order, self._times)
        self._waiters: deque[AsyncEvent] = deque()
        self._timekeeper: AsyncEvent | None = None  # the one of them that wakes when the next delayed item is due
        self._drained: AsyncEvent | None = None

    def __len__(self) -> int:
        """How many items wait to be taken; those in work and those that wait for their time do not count."""
        with self._guard:
            self._collect()
            return len(self._machine)

    @property
    def shutting_down(self) -> bool:
        """Whether new items are turned away."""
        return self._machine.shutting_down

    def add(self, item: T) -> None:
        """Marks an item as needing work; does nothing when it already is, or when the queue is shut down."""
        with self._guard:
            if self._machine.add(item):
                self._wake()

    async def get(self) -> T:
        """Waits for an item and takes it for work; `done` must follow. Raises QueueShutDown when none will come."""
        machine = self._machine
        while True:
            with self._guard:
                due_ns = self._collect()
                if len(machine):
                    if due_ns is not None and self._timekeeper is None:
                        self._wake()  # somebody else has to watch the time now
                    return machine.take()
                if machine.shutting_down:
                    raise QueueShutDown(f"work queue {self.name!r} is shut down")
                waiter = self._runtime.event()
                self._waiters.append(waiter)
                timeout = None
                if due_ns is not None and self._timekeeper is None:
                    self._timekeeper = waiter
                    timeout = max(0, due_ns - self._runtime.clock.monotonic_ns()) * 1e-9
            await self._wait(waiter, timeout)

    async def _wait(self, waiter: AsyncEvent, timeout: float | None) -> None:
        try:
            await waiter.wait(timeout)
        except BaseException:  # cancelled: what this call was woken for is for somebody else
            with self._guard:
                self._leave(waiter)
                self._wake()
            raise
        with self._guard:
            self._leave(waiter)

    def _leave(self, waiter: AsyncEvent) -> None:
        if self._timekeeper is waiter:
            self._timekeeper = None
        if not waiter.is_set():  # nobody woke it, so it is still in line
            self._waiters.remove(waiter)

    def done(self, item: T) -> None:
        """Ends the work on an item that `get` gave; it is queued again if it was added meanwhile."""
        with self._guard:
            if self._machine.done(item):
                self._wake()
            elif self._drained is not None and self._machine.drained:
                self._drained.set()

    @asynccontextmanager
    async def processing(self) -> AsyncIterator[T]:
        """`get` and `done` around a block."""
        item = await self.get()
        try:
            yield item
        finally:
            self.done(item)

    def shut_down(self) -> None:
        """Turns new items away; workers get what is queued, then QueueShutDown. Ends a `shut_down_with_drain` too."""
        with self._guard:
            self._turn_away()
            if self._drained is not None:
                self._drained.set()
                self._drained = None

    async def shut_down_with_drain(self) -> None:
        """As `shut_down`, and waits until every item that was queued or taken is done, or for `shut_down`.

        Workers must call `done` for each item, and there must be some as long as anything is queued.
        """
        with self._guard:
            self._turn_away()
            if self._drained is None:
                self._drained = self._runtime.event()
            if self._machine.drained:
                self._drained.set()
            drained = self._drained
        await drained.wait()

    def _turn_away(self) -> None:
        self._machine.shut_down()
        self._forget_delayed()
        while self._waiters:
            self._wake()

    def _collect(self) -> int | None:
        """Queues what has become due; returns when the next item will be."""
        return None

    def _forget_delayed(self) -> None:
        """Drops what waits for its time."""

    def _wake(self) -> None:
        if self._waiters:
            self._waiters.popleft().set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self._machine!r}>"


class AsyncDelayingQueue(AsyncWorkQueue[T]):
    """A work queue that also takes items for later."""

    def __init__(
        self,
        *,
        name: str = "",
        metrics: WorkQueueMetrics | None = None,
        order: QueueOrder[T] | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        super().__init__(name=name, metrics=metrics, order=order, runtime=runtime)
        self._delayed: DelayedItems[T] = DelayedItems()

    def add_after(self, item: T, seconds: float) -> None:
        """Adds an item after so many seconds; at once when there are none to wait."""
        if self._times is not None and not self._machine.shutting_down:
            with self._guard:
                self._times.retried()
        if seconds <= 0:
            self.add(item)
            return
        with self._guard:
            if self._machine.shutting_down:
                return
            due_ns = self._runtime.clock.monotonic_ns() + round(seconds * 1e9)
            next_ns = self._delayed.next_ns
            self._delayed.add(item, due_ns)
            if next_ns is None or due_ns < next_ns:
                self._wake_timekeeper()  # who sleeps for longer than this must look again

    def _collect(self) -> int | None:
        if not len(self._delayed):
            return None
        for item in self._delayed.due(self._runtime.clock.monotonic_ns()):
            if self._machine.add(item):
                self._wake()
        return self._delayed.next_ns

    def _wake_timekeeper(self) -> None:
        if self._timekeeper is None:
            self._wake()
        elif not self._timekeeper.is_set():
            self._waiters.remove(self._timekeeper)
            self._timekeeper.set()

    def _forget_delayed(self) -> None:
        self._delayed.clear()


class AsyncRateLimitingQueue(AsyncDelayingQueue[T]):
    """A delaying queue whose failed items wait as long as a limiter says."""

    def __init__(
        self,
        rate_limiter: RateLimiter[T] | None = None,
        *,
        name: str = "",
        metrics: WorkQueueMetrics | None = None,
        order: QueueOrder[T] | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        super().__init__(name=name, metrics=metrics, order=order, runtime=runtime)
        self._rate_limiter: RateLimiter[T] = (
            rate_limiter if rate_limiter is not None else default_controller_rate_limiter(self._runtime.clock)
        )

    def add_rate_limited(self, item: T) -> None:
        """Adds an item when the limiter allows it; each call counts as a failure of the item."""
        with self._guard:
            seconds = self._rate_limiter.when(item)
        self.add_after(item, seconds)

    def forget(self, item: T) -> None:
        """Says that an item succeeded or is given up. `done` has to be called all the same."""
        with self._guard:
            self._rate_limiter.forget(item)

    def num_requeues(self, item: T) -> int:
        """How often an item failed since it was last forgotten."""
        with self._guard:
            return self._rate_limiter.num_requeues(item)
