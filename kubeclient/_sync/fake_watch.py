# generated from kubeclient/_async/fake_watch.py by .ci/twin.py, do not edit
"""Watches that tests feed by hand, and watches made of other watches.

Ported from apimachinery pkg/watch (FakeWatcher, RaceFreeFakeWatcher, ProxyWatcher, Filter, Recorder).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime

__all__ = [
    "RACE_FREE_LENGTH",
    "FakeWatcher",
    "FilterWatch",
    "ProxyWatcher",
    "RaceFreeFakeWatcher",
    "WatchRecorder",
    "empty_watch",
]

RACE_FREE_LENGTH = 100

T = TypeVar("T")


class Source(Protocol[T]):
    """What events come from."""

    def __iter__(self) -> Iterator[WatchEvent[T]]: ...

    def close(self) -> None: ...


class _Watch(Generic[T]):
    """What every watch can do: be iterated, be entered, be closed."""

    def close(self) -> None:
        raise NotImplementedError

    def __next__(self) -> WatchEvent[T]:
        raise NotImplementedError

    def __iter__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FakeWatcher(_Watch[T]):
    """A watch of what a test says. With no `length` an event waits for its reader, else for room in a queue."""

    def __init__(self, length: int = 0, *, runtime: Runtime | None = None) -> None:
        self._runtime = runtime if runtime is not None else current_runtime()
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

    def add(self, obj: T) -> None:
        """Says that an object was added."""
        self.action(watch_event.ADDED, obj)

    def modify(self, obj: T) -> None:
        """Says that an object was changed."""
        self.action(watch_event.MODIFIED, obj)

    def delete(self, obj: T) -> None:
        """Says that an object was deleted; `obj` is how it was last."""
        self.action(watch_event.DELETED, obj)

    def error(self, status: Any) -> None:
        """Says that something went wrong."""
        self.action(watch_event.ERROR, status)

    def action(self, type: str, obj: T) -> None:
        """Says anything. Raises RuntimeError when the watch was closed."""
        with self._changed:
            while not self._stopped and len(self._events) >= max(1, self._length):
                self._changed.wait()
            self._check()
            self._events.append(WatchEvent(type, obj))
            self._put += 1
            mine = self._put
            self._changed.notify_all()
            while not self._length and not self._stopped and self._taken < mine:
                self._changed.wait()

    def _check(self) -> None:
        if self._stopped:
            raise RuntimeError("the watch is closed")

    def close(self) -> None:
        """Ends the watch; its reader sees what is queued and then the end."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def reset(self) -> None:
        """Opens the watch again, with nothing in it."""
        with self._changed:
            self._stopped = False
            self._events.clear()
            self._taken = self._put
            self._changed.notify_all()

    def __next__(self) -> WatchEvent[T]:
        with self._changed:
            while not self._events and not self._stopped:
                self._changed.wait()
            if self._events:
                self._taken += 1
                self._changed.notify_all()
                return self._events.popleft()
        raise StopIteration


class RaceFreeFakeWatcher(FakeWatcher[T]):
    """As a fake watcher with room for a hundred events, which nobody ever waits for, and which may be closed any time."""

    def __init__(self, *, runtime: Runtime | None = None) -> None:
        super().__init__(RACE_FREE_LENGTH, runtime=runtime)

    def action(self, type: str, obj: T) -> None:
        """Says anything; nothing when the watch was closed. Raises OverflowError when nobody has read a hundred events."""
        with self._changed:
            if self._stopped:
                return
            if len(self._events) >= self._length:
                raise OverflowError("channel full")
            self._events.append(WatchEvent(type, obj))
            self._put += 1
            self._changed.notify_all()


class ProxyWatcher(_Watch[T]):
    """A watch of what a function gives: the next event, or None at the end."""

    def __init__(self, next_event: Callable[[], WatchEvent[T] | None], *, runtime: Runtime | None = None) -> None:
        self._next_event = next_event
        self._stop = (runtime if runtime is not None else current_runtime()).event()

    @property
    def stopping(self) -> bool:
        """Whether it was closed."""
        return self._stop.is_set()

    def close(self) -> None:
        """Ends the watch. May be called twice."""
        self._stop.set()

    def wait_stopped(self, timeout: float | None = None) -> bool:
        """Waits until it is closed, for who feeds it; False after `timeout` seconds."""
        return self._stop.wait(timeout)

    def __next__(self) -> WatchEvent[T]:
        event = None if self._stop.is_set() else self._next_event()
        if event is None or self._stop.is_set():
            raise StopIteration
        return event


def empty_watch(*, runtime: Runtime | None = None) -> ProxyWatcher[Any]:
    """A watch that is over."""

    def nothing() -> WatchEvent[Any] | None:
        return None

    return ProxyWatcher(nothing, runtime=runtime)


class FilterWatch(_Watch[T]):
    """Another watch, of which a function keeps, changes or drops each event: it returns an event, or None."""

    def __init__(self, source: Source[T], keep: Callable[[WatchEvent[T]], Any]) -> None:
        self._source = source
        self._events = source.__iter__()
        self._keep = keep

    def close(self) -> None:
        """Ends the other watch."""
        self._source.close()

    def __next__(self) -> WatchEvent[T]:
        while True:
            kept: WatchEvent[T] | None = call(self._keep, self._events.__next__())
            if kept is not None:
                return kept


class WatchRecorder(FilterWatch[T]):
    """Another watch, whose events are written down as they pass."""

    def __init__(self, source: Source[T]) -> None:
        self._seen: list[WatchEvent[T]] = []
        super().__init__(source, self._record)

    def _record(self, event: WatchEvent[T]) -> WatchEvent[T]:
        self._seen.append(event)
        return event

    @property
    def events(self) -> list[WatchEvent[T]]:
        """What has passed so far."""
        return list(self._seen)
