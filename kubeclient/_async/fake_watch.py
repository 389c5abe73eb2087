"""Watches that tests feed by hand, and watches made of other watches.

Ported from apimachinery pkg/watch (FakeWatcher, RaceFreeFakeWatcher, ProxyWatcher, Filter, Recorder).
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.runtime.calling import async_call
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncRuntime

__all__ = [
    "RACE_FREE_LENGTH",
    "AsyncFakeWatcher",
    "AsyncFilterWatch",
    "AsyncProxyWatcher",
    "AsyncRaceFreeFakeWatcher",
    "AsyncWatchRecorder",
    "empty_watch",
]

RACE_FREE_LENGTH = 100

T = TypeVar("T")


class AsyncSource(Protocol[T]):
    """What events come from."""

    def __aiter__(self) -> AsyncIterator[WatchEvent[T]]: ...

    async def aclose(self) -> None: ...


class _Watch(Generic[T]):
    """What every watch can do: be iterated, be entered, be closed."""

    async def aclose(self) -> None:
        raise NotImplementedError

    async def __anext__(self) -> WatchEvent[T]:
        raise NotImplementedError

    def __aiter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class AsyncFakeWatcher(_Watch[T]):
    """A watch of what a test says. With no `length` an event waits for its reader, else for room in a queue."""

    def __init__(self, length: int = 0, *, runtime: AsyncRuntime | None = None) -> None:
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._length = length
        self._changed = self._runtime.condition()
        self._events: deque[WatchEvent[T]] = deque()
        self._taken = 0
        self._put = 0
        self._stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether it was closed and not reset since."""
        return self._stopped

    async def add(self, obj: T) -> None:
        """Says that an object was added."""
        await self.action(watch_event.ADDED, obj)

    async def modify(self, obj: T) -> None:
        """Says that an object was changed."""
        await self.action(watch_event.MODIFIED, obj)

    async def delete(self, obj: T) -> None:
        """Says that an object was deleted; `obj` is how it was last."""
        await self.action(watch_event.DELETED, obj)

    async def error(self, status: Any) -> None:
        """Says that something went wrong."""
        await self.action(watch_event.ERROR, status)

    async def action(self, type: str, obj: T) -> None:
        """Says anything. Raises RuntimeError when the watch was closed."""
        async with self._changed:
            while not self._stopped and len(self._events) >= max(1, self._length):
                await self._changed.wait()
            self._check()
            self._events.append(WatchEvent(type, obj))
            self._put += 1
            mine = self._put
            self._changed.notify_all()
            while not self._length and not self._stopped and self._taken < mine:
                await self._changed.wait()

    def _check(self) -> None:
        if self._stopped:
            raise RuntimeError("the watch is closed")

    async def aclose(self) -> None:
        """Ends the watch; its reader sees what is queued and then the end."""
        async with self._changed:
            self._stopped = True
            self._changed.notify_all()

    async def reset(self) -> None:
        """Opens the watch again, with nothing in it."""
        async with self._changed:
            self._stopped = False
            self._events.clear()
            self._taken = self._put
            self._changed.notify_all()

    async def __anext__(self) -> WatchEvent[T]:
        async with self._changed:
            while not self._events and not self._stopped:
                await self._changed.wait()
            if self._events:
                self._taken += 1
                self._changed.notify_all()
                return self._events.popleft()
        raise StopAsyncIteration


class AsyncRaceFreeFakeWatcher(AsyncFakeWatcher[T]):
    """As a fake watcher with room for a hundred events, which nobody ever waits for, and which may be closed any time."""

    def __init__(self, *, runtime: AsyncRuntime | None = None) -> None:
        super().__init__(RACE_FREE_LENGTH, runtime=runtime)

    async def action(self, type: str, obj: T) -> None:
        """Says anything; nothing when the watch was closed. Raises OverflowError when nobody has read a hundred events."""
        async with self._changed:
            if self._stopped:
                return
            if len(self._events) >= self._length:
                raise OverflowError("channel full")
            self._events.append(WatchEvent(type, obj))
            self._put += 1
            self._changed.notify_all()


class AsyncProxyWatcher(_Watch[T]):
    """A watch of what a function gives: the next event, or None at the end."""

    def __init__(
        self, next_event: Callable[[], Awaitable[WatchEvent[T] | None]], *, runtime: AsyncRuntime | None = None
    ) -> None:
        self._next_event = next_event
        self._stop = (runtime if runtime is not None else current_async_runtime()).event()

    @property
    def stopping(self) -> bool:
        """Whether it was closed."""
        return self._stop.is_set()

    async def aclose(self) -> None:
        """Ends the watch. May be called twice."""
        self._stop.set()

    async def wait_stopped(self, timeout: float | None = None) -> bool:
        """Waits until it is closed, for who feeds it; False after `timeout` seconds."""
        return await self._stop.wait(timeout)

    async def __anext__(self) -> WatchEvent[T]:
        event = None if self._stop.is_set() else await self._next_event()
        if event is None or self._stop.is_set():
            raise StopAsyncIteration
        return event


def empty_watch(*, runtime: AsyncRuntime | None = None) -> AsyncProxyWatcher[Any]:
    """A watch that is over."""

    async def nothing() -> WatchEvent[Any] | None:
        return None

    return AsyncProxyWatcher(nothing, runtime=runtime)


class AsyncFilterWatch(_Watch[T]):
    """Another watch, of which a function keeps, changes or drops each event: it returns an event, or None."""

    def __init__(self, source: AsyncSource[T], keep: Callable[[WatchEvent[T]], Any]) -> None:
        self._source = source
        self._events = source.__aiter__()
        self._keep = keep

    async def aclose(self) -> None:
        """Ends the other watch."""
        await self._source.aclose()

    async def __anext__(self) -> WatchEvent[T]:
        while True:
            kept: WatchEvent[T] | None = await async_call(self._keep, await self._events.__anext__())
            if kept is not None:
                return kept


class AsyncWatchRecorder(AsyncFilterWatch[T]):
    """Another watch, whose events are written down as they pass."""

    def __init__(self, source: AsyncSource[T]) -> None:
        self._seen: list[WatchEvent[T]] = []
        super().__init__(source, self._record)

    def _record(self, event: WatchEvent[T]) -> WatchEvent[T]:
        self._seen.append(event)
        return event

    @property
    def events(self) -> list[WatchEvent[T]]:
        """What has passed so far."""
        return list(self._seen)
