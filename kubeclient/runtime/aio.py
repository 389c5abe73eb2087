"""The asyncio runtime: how drivers wait, run side by side and learn the time on an event loop, real or simulated.

It does nothing but wait: no request, no retry, no decision. Objects of this runtime belong to one loop and must be used
from its thread; another thread reaches them through `loop.call_soon_threadsafe`.

Cancellation. `AsyncTask.cancel()` throws `asyncio.CancelledError` into the task at its next wait. Every wait here may be
cancelled: nothing is lost by it (an item stays in its queue, a wake-up is passed on to the next waiter) and a condition's
lock is held again when the error leaves `wait`. `join` never cancels the task it waits for; a task that ended because
it was cancelled joins without an error.

An exception that ends a task while nobody is joining it is handed to the runtime's `on_error` hook at once (by default it
is logged as an error); a later `join` raises it all the same.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.protocol import AsyncEvent, Clock

__all__ = ["AioCondition", "AioEvent", "AioQueue", "AioRuntime", "AioTask"]

T = TypeVar("T")

logger = logging.getLogger("kubeclient.runtime")


class RandomSource(Protocol):
    """What the runtime needs of a generator of random numbers; `random.Random` is one."""

    def random(self) -> float: ...


def _expire(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)


class _Waiters:
    """Tasks that wait in line. A wake-up given to a task that is cancelled before it runs goes to the next in line."""

    __slots__ = ("_line",)

    def __init__(self) -> None:
        self._line: deque[asyncio.Future[bool]] = deque()

    async def park(self, timeout: float | None = None) -> bool:
        """Waits for a wake-up; False when `timeout` seconds passed first."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        timer = None if timeout is None else loop.call_later(max(timeout, 0.0), _expire, future)
        self._line.append(future)
        try:
            return await future
        except asyncio.CancelledError:
            if _woken(future):
                self.wake(1)
            raise
        finally:
            if timer is not None:
                timer.cancel()
            if not _woken(future):  # else whoever woke it took it out of the line
                _discard(self._line, future)

    def wake(self, n: int) -> None:
        """Wakes the first `n` that are still asleep."""
        line = self._line
        while n > 0 and line:
            future = line.popleft()
            if not future.done():
                future.set_result(True)
                n -= 1

    def wake_all(self) -> None:
        self.wake(len(self._line))


def _woken(future: asyncio.Future[bool]) -> bool:
    return future.done() and not future.cancelled() and future.result()


def _discard(line: deque[asyncio.Future[bool]], future: asyncio.Future[bool]) -> None:
    try:
        line.remove(future)
    except ValueError:
        return  # it was passed over in the line, its time being over


class AioEvent:
    """`AsyncEvent` on an event loop."""

    __slots__ = ("_flag", "_waiters")

    def __init__(self) -> None:
        self._flag = False
        self._waiters = _Waiters()

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        if not self._flag:
            self._flag = True
            self._waiters.wake_all()

    def clear(self) -> None:
        self._flag = False

    async def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set. A flag that was set and cleared again before the waiter ran still counts as set."""
        if self._flag:
            return True
        if timeout is not None and timeout <= 0:
            return False
        return await self._waiters.park(timeout)

    def __repr__(self) -> str:
        return f"<AioEvent {'set' if self._flag else 'clear'}>"


class AioCondition:
    """`AsyncCondition` on an event loop. Waiters are woken in the order in which they came."""

    __slots__ = ("_lock", "_waiters")

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiters = _Waiters()

    async def __aenter__(self) -> Self:
        await self._lock.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    async def wait(self, timeout: float | None = None) -> bool:
        """Gives the lock up, sleeps until notified, takes the lock again; False when the time ran out.

        Raises RuntimeError when the condition is not held.
        """
        self._check_held("wait")
        self._lock.release()
        try:
            return await self._waiters.park(timeout)
        finally:
            await self._take_again()

    async def _take_again(self) -> None:
        """Takes the lock even while the task is being cancelled, so that `__aexit__` finds it held."""
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                await self._lock.acquire()
                break
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def notify(self, n: int = 1) -> None:
        """Wakes up to `n` waiters. Raises RuntimeError when the condition is not held."""
        self._check_held("notify")
        self._waiters.wake(n)

    def notify_all(self) -> None:
        self._check_held("notify_all")
        self._waiters.wake_all()

    def _check_held(self, operation: str) -> None:
        if not self._lock.locked():
            raise RuntimeError(f"cannot {operation} on a condition that is not held: enter it with 'async with' first")


class AioQueue(Generic[T]):
    """`AsyncQueue` on an event loop."""

    __slots__ = ("_bound", "_getters", "_items", "_putters")

    def __init__(self, bound: int = 0) -> None:
        self._bound = bound
        self._items: deque[T] = deque()
        self._getters = _Waiters()
        self._putters = _Waiters()

    def __len__(self) -> int:
        return len(self._items)

    def _full(self) -> bool:
        return 0 < self._bound <= len(self._items)

    async def put(self, item: T) -> None:
        """Adds an item, waiting for room where there is a bound."""
        while self._full():
            await self._putters.park()
        self.put_nowait(item)

    def put_nowait(self, item: T) -> None:
        if self._full():
            raise OverflowError(f"queue is at its bound of {self._bound} items")
        self._items.append(item)
        self._getters.wake(1)

    async def get(self, timeout: float | None = None) -> T:
        """Takes the oldest item. Raises TimeoutError after `timeout` seconds without one."""
        if not self._items:
            await self._wait_for_item(timeout)
        item = self._items.popleft()
        self._putters.wake(1)
        return item

    async def _wait_for_item(self, timeout: float | None) -> None:
        deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout
        while not self._items:
            left = None if deadline is None else max(deadline - asyncio.get_running_loop().time(), 0.0)
            if not await self._getters.park(left) and not self._items:
                raise TimeoutError(f"no item within {timeout} seconds")


class AioTask:
    """`AsyncTask` over an asyncio task."""

    __slots__ = ("_joiners", "_on_error", "_reported", "_task", "name")

    def __init__(self, task: asyncio.Task[Any], on_error: Callable[[AioTask, BaseException], None]) -> None:
        self.name = task.get_name()
        self._task = task
        self._on_error = on_error
        self._joiners = 0
        self._reported = False
        task.add_done_callback(self._ended)

    def done(self) -> bool:
        return self._task.done()

    def cancel(self) -> None:
        """Throws CancelledError into the task at its next wait."""
        self._task.cancel()

    async def join(self, timeout: float | None = None) -> bool:
        """Waits for its end; False when `timeout` seconds passed first. Raises what the task raised."""
        if not self._task.done():
            self._joiners += 1
            try:
                await asyncio.wait((self._task,), timeout=timeout)
            except asyncio.CancelledError:
                if self._joiners == 1:
                    self._ended(self._task, joiners=0)
                raise
            finally:
                self._joiners -= 1
            if not self._task.done():
                return False
        if self._task.cancelled():
            return True
        error = self._task.exception()
        if error is not None:
            raise error
        return True

    def _ended(self, task: asyncio.Task[Any], joiners: int | None = None) -> None:
        """Reports the error of a task that failed while nobody was joining it, or whose last joiner just gave up."""
        if self._reported or not task.done() or task.cancelled():
            return
        error = task.exception()
        if error is not None and not (self._joiners if joiners is None else joiners):
            self._reported = True
            self._on_error(self, error)

    def __repr__(self) -> str:
        return f"<AioTask {self.name!r} {'done' if self.done() else 'running'}>"


def log_lost_error(task: AioTask, error: BaseException) -> None:
    """What happens to an exception that nobody joins for, unless the runtime was told otherwise."""
    logger.error("task %r ended with %s and nobody was joining it", task.name, type(error).__name__, exc_info=error)


class AioRuntime:
    """`AsyncRuntime` on the running event loop.

    Args:
        clock: what `clock` reads; the machine's by default. On a simulated loop, the simulation's.
        rng: the source of `random()`; by default one seeded by the operating system.
        on_error: called with a task and its exception when nobody was joining it as it failed.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        rng: RandomSource | None = None,
        *,
        on_error: Callable[[AioTask, BaseException], None] = log_lost_error,
    ) -> None:
        self.clock: Clock = RealClock() if clock is None else clock
        self._rng: RandomSource = random.Random() if rng is None else rng
        self._on_error = on_error
        self._running: dict[asyncio.Task[Any], None] = {}  # the loop itself holds tasks weakly

    def random(self) -> float:
        return self._rng.random()

    async def sleep(self, seconds: float, stop: AsyncEvent | None = None) -> bool:
        """Sleeps; True after the whole time, False as soon as `stop` is set. At least one turn of the loop passes."""
        if stop is None:
            await asyncio.sleep(seconds)  # noqa: TID251  this is the runtime
            return True
        if stop.is_set():
            return False
        if seconds <= 0:
            await asyncio.sleep(0)  # noqa: TID251
            return not stop.is_set()
        return not await stop.wait(seconds)

    def event(self) -> AioEvent:
        return AioEvent()

    def condition(self) -> AioCondition:
        return AioCondition()

    def queue(self, bound: int = 0) -> AioQueue[Any]:
        return AioQueue(bound)

    def guard(self) -> AbstractContextManager[Any]:
        """Nothing: between two waits a task has the loop to itself."""
        return nullcontext()

    def spawn(self, function: Callable[..., Awaitable[Any]], *args: Any, name: str) -> AioTask:
        """Starts `function(*args)` as a task of the running loop. Raises RuntimeError when no loop runs."""

        async def body() -> Any:
            return await function(*args)

        loop = asyncio.get_running_loop()
        task = loop.create_task(body(), name=name)
        self._running[task] = None
        task.add_done_callback(self._running.pop)
        return AioTask(task, self._on_error)
