"""The threads runtime: how the generated twins wait, run side by side and learn the time with operating-system threads.

It does nothing but wait: no request, no retry, no decision.

Cancellation. A thread cannot be interrupted: `Task.cancel()` changes nothing by itself. What waits for long is given a
stop event, or is closed, and ends by that; code that relies on `cancel` alone will wait for ever in `join`.

Threads are daemons, so that a forgotten one does not keep the process alive. An exception that ends a thread while nobody
is joining it is handed to the runtime's `on_error` hook at once (by default it is logged as an error); a later `join`
raises it all the same.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.protocol import Clock, Event

__all__ = ["ThreadCondition", "ThreadEvent", "ThreadQueue", "ThreadRuntime", "ThreadTask"]

T = TypeVar("T")

logger = logging.getLogger("kubeclient.runtime")


class RandomSource(Protocol):
    """What the runtime needs of a generator of random numbers; `random.Random` is one."""

    def random(self) -> float: ...


def _bounded(timeout: float | None) -> float | None:
    """Locks refuse waits of more than `TIMEOUT_MAX` (292 years); nobody will see the difference."""
    return None if timeout is None else min(max(timeout, 0.0), threading.TIMEOUT_MAX)


class ThreadEvent:
    """`Event` for threads."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    def wait(self, timeout: float | None = None) -> bool:
        return self._event.wait(_bounded(timeout))

    def __repr__(self) -> str:
        return f"<ThreadEvent {'set' if self.is_set() else 'clear'}>"


class ThreadCondition:
    """`Condition` for threads, over a re-entrant lock."""

    __slots__ = ("_condition",)

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def __enter__(self) -> Self:
        self._condition.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._condition.__exit__(kind, error, trace)

    def wait(self, timeout: float | None = None) -> bool:
        """Gives the lock up, sleeps until notified, takes the lock again; False when the time ran out."""
        return self._condition.wait(_bounded(timeout))

    def notify(self, n: int = 1) -> None:
        self._condition.notify(n)

    def notify_all(self) -> None:
        self._condition.notify_all()


class ThreadQueue(Generic[T]):
    """`Queue` for threads."""

    __slots__ = ("_bound", "_clock", "_items", "_not_empty", "_not_full")

    def __init__(self, clock: RealClock, bound: int = 0) -> None:
        lock = threading.Lock()
        self._bound = bound
        self._clock = clock
        self._items: deque[T] = deque()
        self._not_empty = threading.Condition(lock)
        self._not_full = threading.Condition(lock)

    def __len__(self) -> int:
        return len(self._items)

    def _full(self) -> bool:
        return 0 < self._bound <= len(self._items)

    def put(self, item: T) -> None:
        """Adds an item, waiting for room where there is a bound."""
        with self._not_full:
            while self._full():
                self._not_full.wait()
            self._items.append(item)
            self._not_empty.notify()

    def put_nowait(self, item: T) -> None:
        with self._not_full:
            if self._full():
                raise OverflowError(f"queue is at its bound of {self._bound} items")
            self._items.append(item)
            self._not_empty.notify()

    def get(self, timeout: float | None = None) -> T:
        """Takes the oldest item. Raises TimeoutError after `timeout` seconds without one."""
        with self._not_empty:
            if not self._items:
                self._wait_for_item(timeout)
            item = self._items.popleft()
            self._not_full.notify()
            return item

    def _wait_for_item(self, timeout: float | None) -> None:
        deadline = None if timeout is None else self._clock.monotonic_ns() + int(timeout * 1e9)
        while not self._items:
            left = None if deadline is None else (deadline - self._clock.monotonic_ns()) / 1e9
            if not self._not_empty.wait(_bounded(left)) and not self._items:
                raise TimeoutError(f"no item within {timeout} seconds")


class ThreadTask:
    """`Task` over a daemon thread."""

    __slots__ = ("_ended", "_error", "_joiners", "_lock", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._ended = threading.Event()
        self._error: BaseException | None = None
        self._joiners = 0
        self._lock = threading.Lock()

    def done(self) -> bool:
        return self._ended.is_set()

    def cancel(self) -> None:
        """Changes nothing: a thread cannot be interrupted. Set the stop event that it waits on."""

    def join(self, timeout: float | None = None) -> bool:
        """Waits for its end; False when `timeout` seconds passed first. Raises what the thread raised."""
        with self._lock:
            self._joiners += 1
        try:
            ended = self._ended.wait(_bounded(timeout))
        finally:
            with self._lock:
                self._joiners -= 1
        if ended and self._error is not None:
            raise self._error
        return ended

    def _end(self, error: BaseException | None) -> bool:
        """Records the end; returns whether somebody was joining."""
        with self._lock:
            self._error = error
            self._ended.set()
            return self._joiners > 0

    def __repr__(self) -> str:
        return f"<ThreadTask {self.name!r} {'done' if self.done() else 'running'}>"


def log_lost_error(task: ThreadTask, error: BaseException) -> None:
    """What happens to an exception that nobody joins for, unless the runtime was told otherwise."""
    logger.error("thread %r ended with %s and nobody was joining it", task.name, type(error).__name__, exc_info=error)


class ThreadRuntime:
    """`Runtime` with operating-system threads.

    Args:
        clock: what `clock` reads; the machine's by default. Waiting always takes real time.
        rng: the source of `random()`; by default one seeded by the operating system.
        on_error: called, in the thread that failed, with its task and its exception when nobody was joining it.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        rng: RandomSource | None = None,
        *,
        on_error: Callable[[ThreadTask, BaseException], None] = log_lost_error,
    ) -> None:
        self._real = RealClock()
        self.clock: Clock = self._real if clock is None else clock
        self._rng: RandomSource = random.Random() if rng is None else rng
        self._on_error = on_error

    def random(self) -> float:
        return self._rng.random()

    def sleep(self, seconds: float, stop: Event | None = None) -> bool:
        """Sleeps; True after the whole time, False as soon as `stop` is set."""
        if stop is None:
            time.sleep(_bounded(seconds) or 0)  # noqa: TID251  this is the runtime
            return True
        return not stop.wait(seconds)

    def event(self) -> ThreadEvent:
        return ThreadEvent()

    def condition(self) -> ThreadCondition:
        return ThreadCondition()

    def queue(self, bound: int = 0) -> ThreadQueue[Any]:
        return ThreadQueue(self._real, bound)

    def guard(self) -> AbstractContextManager[Any]:
        """A re-entrant lock of its own; keep the object and enter it around every section it guards."""
        return threading.RLock()

    def spawn(self, function: Callable[..., Any], *args: Any, name: str) -> ThreadTask:
        """Starts `function(*args)` in a daemon thread of that name, with a copy of the caller's context variables."""
        task = ThreadTask(name)
        context = copy_context()

        def body() -> None:
            error: BaseException | None = None
            try:
                context.run(function, *args)
            except BaseException as caught:  # noqa: BLE001  kept for who joins
                error = caught
            if not task._end(error) and error is not None:
                self._on_error(task, error)

        threading.Thread(target=body, name=name, daemon=True).start()
        return task
