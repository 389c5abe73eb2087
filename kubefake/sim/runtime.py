"""The blocking runtime of a simulation: what drivers wait, run and tell the time with in baton threads.

Has the shape of `kubeclient.runtime.protocol.Runtime` without importing it. Setting, notifying and putting may be done
from any simulated thread and from the loop's own; waiting only from a simulated thread. `Task.cancel()` does nothing, as
with real threads, so that code which relies on it deadlocks here rather than in production.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from kubefake.sim.clock import Clock
from kubefake.sim.threads import Baton, BatonThreads, Killed

__all__ = ["BatonCondition", "BatonEvent", "BatonQueue", "BatonRuntime", "BatonTask"]

T = TypeVar("T")

logger = logging.getLogger("kubefake.sim")


class _Random(Protocol):
    def random(self) -> float: ...


class _Event(Protocol):
    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool: ...


def _expire(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)


class _Waiters:
    """Threads that wait in line. A wake-up given to one that is killed goes to the next."""

    __slots__ = ("_line", "_threads")

    def __init__(self, threads: BatonThreads) -> None:
        self._threads = threads
        self._line: deque[asyncio.Future[bool]] = deque()

    def park(self, timeout: float | None = None) -> bool:
        """Waits for a wake-up; False when `timeout` seconds passed first."""
        threads = self._threads
        threads.current()
        loop = threads.loop
        future: asyncio.Future[bool] = loop.create_future()
        timer = None if timeout is None else loop.call_later(max(timeout, 0.0), _expire, future)
        self._line.append(future)
        try:
            threads.park(future)
            return future.result()
        except Killed:
            if future.done() and not future.cancelled() and future.result():
                self.wake(1)
            raise
        finally:
            if timer is not None:
                timer.cancel()
            if future in self._line:
                self._line.remove(future)

    def wake(self, n: int) -> None:
        line = self._line
        while n > 0 and line:
            future = line.popleft()
            if not future.done():
                future.set_result(True)
                n -= 1

    def wake_all(self) -> None:
        self.wake(len(self._line))


class BatonEvent:
    """A flag that simulated threads wait for."""

    __slots__ = ("_flag", "_waiters")

    def __init__(self, threads: BatonThreads) -> None:
        self._flag = False
        self._waiters = _Waiters(threads)

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        if not self._flag:
            self._flag = True
            self._waiters.wake_all()

    def clear(self) -> None:
        self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set. A flag that was set and cleared again before the waiter ran still counts as set."""
        if self._flag:
            return True
        if timeout is not None and timeout <= 0:
            return False
        return self._waiters.park(timeout)

    def __repr__(self) -> str:
        return f"<BatonEvent {'set' if self._flag else 'clear'}>"


class BatonCondition:
    """A re-entrant lock with a waiting room, for simulated threads."""

    __slots__ = ("_depth", "_lock_line", "_owner", "_threads", "_waiters")

    def __init__(self, threads: BatonThreads) -> None:
        self._threads = threads
        self._owner: Baton | None = None
        self._depth = 0
        self._lock_line = _Waiters(threads)
        self._waiters = _Waiters(threads)

    def __enter__(self) -> Self:
        self._acquire(self._threads.current(), 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owner is not self._threads.current():
            return  # killed in wait(), the lock given up already
        self._depth -= 1
        if not self._depth:
            self._release()

    def wait(self, timeout: float | None = None) -> bool:
        """Gives the lock up, sleeps until notified, takes the lock again; False when the time ran out."""
        self._check_held("wait")
        baton, depth = self._threads.current(), self._depth
        self._depth = 0
        self._release()
        notified = self._waiters.park(timeout)
        self._acquire(baton, depth)
        return notified

    def notify(self, n: int = 1) -> None:
        """Wakes up to `n` waiters. Raises RuntimeError when the condition is not held by the caller."""
        self._check_held("notify")
        self._waiters.wake(n)

    def notify_all(self) -> None:
        self._check_held("notify_all")
        self._waiters.wake_all()

    def _acquire(self, baton: Baton, depth: int) -> None:
        while self._owner is not None and self._owner is not baton:
            self._lock_line.park()
        self._owner = baton
        self._depth += depth

    def _release(self) -> None:
        self._owner = None
        self._lock_line.wake(1)

    def _check_held(self, operation: str) -> None:
        if self._owner is None or self._owner is not self._threads.current():
            raise RuntimeError(f"cannot {operation} on a condition that is not held: enter it with 'with' first")


class BatonQueue(Generic[T]):
    """First in, first out, for simulated threads."""

    __slots__ = ("_bound", "_clock", "_getters", "_items", "_putters")

    def __init__(self, threads: BatonThreads, bound: int = 0) -> None:
        self._bound = bound
        self._clock = threads.loop.clock
        self._items: deque[T] = deque()
        self._getters = _Waiters(threads)
        self._putters = _Waiters(threads)

    def __len__(self) -> int:
        return len(self._items)

    def _full(self) -> bool:
        return 0 < self._bound <= len(self._items)

    def put(self, item: T) -> None:
        """Adds an item, waiting for room where there is a bound."""
        while self._full():
            self._putters.park()
        self.put_nowait(item)

    def put_nowait(self, item: T) -> None:
        """Raises OverflowError when the queue is at its bound."""
        if self._full():
            raise OverflowError(f"queue is at its bound of {self._bound} items")
        self._items.append(item)
        self._getters.wake(1)

    def get(self, timeout: float | None = None) -> T:
        """Takes the oldest item. Raises TimeoutError after `timeout` seconds without one."""
        deadline = None if timeout is None else self._clock.monotonic_ns() + round(timeout * 1e9)
        while not self._items:
            left = None if deadline is None else (deadline - self._clock.monotonic_ns()) / 1e9
            if not self._getters.park(left) and not self._items:
                raise TimeoutError(f"no item within {timeout} seconds")
        item = self._items.popleft()
        self._putters.wake(1)
        return item


class BatonTask:
    """A simulated thread, for who started it."""

    def __init__(self, threads: BatonThreads, name: str, on_error: Callable[[BatonTask, BaseException], None]) -> None:
        self.name = name
        self.baton: Baton
        self._threads = threads
        self._over = BatonEvent(threads)
        self._joiners = 0
        self._on_error = on_error

    def done(self) -> bool:
        return self._over.is_set()

    def cancel(self) -> None:
        """Changes nothing, as with a real thread: set the stop event that it waits on."""

    def kill(self) -> None:
        """Ends the thread where it waits, as a process dies. For the world, not for the code under test."""
        self._threads.kill(self.baton)

    def join(self, timeout: float | None = None) -> bool:
        """Waits for its end; False when `timeout` seconds passed first. Raises what the thread raised."""
        self._joiners += 1
        try:
            over = self._over.wait(timeout)
        finally:
            self._joiners -= 1
        if over and self.baton.error is not None:
            raise self.baton.error
        return over

    def ended(self, baton: Baton) -> None:
        """Called on the loop when the thread is over."""
        self._over.set()
        if baton.error is not None and not self._joiners:
            self._on_error(self, baton.error)

    def __repr__(self) -> str:
        return f"<BatonTask {self.name!r} {'done' if self.done() else 'running'}>"


def log_lost_error(task: BatonTask, error: BaseException) -> None:
    """What happens to an exception that nobody joins for, unless the runtime was told otherwise."""
    logger.error("thread %r ended with %s and nobody was joining it", task.name, type(error).__name__, exc_info=error)


class BatonRuntime:
    """A runtime whose threads take turns on simulated time.

    Args:
        threads: the threads of the loop.
        rng: the source of `random()`; a seeded stream.
        on_error: called, on the loop, with a task and its exception when nobody was joining it as it failed.
    """

    def __init__(
        self,
        threads: BatonThreads,
        rng: _Random,
        *,
        on_error: Callable[[BatonTask, BaseException], None] = log_lost_error,
    ) -> None:
        self.clock: Clock = threads.loop.clock
        self._threads = threads
        self._rng = rng
        self._on_error = on_error

    def random(self) -> float:
        return self._rng.random()

    def sleep(self, seconds: float, stop: _Event | None = None) -> bool:
        """Sleeps; True after the whole time, False as soon as `stop` is set. Others get a turn in any case."""
        if stop is None or (seconds <= 0 and not stop.is_set()):
            _Waiters(self._threads).park(seconds)
            return stop is None or not stop.is_set()
        return not stop.wait(seconds)

    def event(self) -> BatonEvent:
        return BatonEvent(self._threads)

    def condition(self) -> BatonCondition:
        return BatonCondition(self._threads)

    def queue(self, bound: int = 0) -> BatonQueue[Any]:
        return BatonQueue(self._threads, bound)

    def guard(self) -> AbstractContextManager[Any]:
        """Nothing: between two waits a thread has the simulation to itself."""
        return nullcontext()

    def spawn(self, function: Callable[..., Any], *args: Any, name: str) -> BatonTask:
        """Starts `function(*args)` as a simulated thread, with a copy of the caller's context variables."""
        task = BatonTask(self._threads, name, self._on_error)
        task.baton = self._threads.start(function, *args, name=name, on_end=task.ended)
        return task

    def __repr__(self) -> str:
        return f"<BatonRuntime {self.clock!r}>"
