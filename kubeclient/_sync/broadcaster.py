# generated from kubeclient/_async/broadcaster.py by .ci/twin.py, do not edit
"""One stream of events for many who watch it, each with a queue of its own.

    broadcaster = Broadcaster(100, drop_if_full=True)
    watch = broadcaster.watch()
    broadcaster.action("ADDED", pod)
    broadcaster.shutdown()

Ported from apimachinery pkg/watch/mux.go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Condition, Runtime

__all__ = ["INCOMING_QUEUE_LENGTH", "BroadcastWatch", "Broadcaster"]

INCOMING_QUEUE_LENGTH = 25

T = TypeVar("T")


class BroadcastWatch(Generic[T]):
    """The events that one watcher gets. The iteration ends after the last that was queued when the broadcaster shuts down."""

    def __init__(self, room: int, changed: Condition, leave: Callable[[BroadcastWatch[T]], None]) -> None:
        self._room = room
        self._changed = changed
        self._leave = leave
        self._events: deque[WatchEvent[T]] = deque()
        self._closed = False
        self._reading = 0

    @property
    def stopped(self) -> bool:
        """Whether its reader has ended it, or the broadcaster has."""
        return self._closed

    def offer(self, event: WatchEvent[T]) -> bool:
        """Queues an event; False when there is no room. A queue of no length has room for who is reading. Holds the lock."""
        if len(self._events) >= (self._room or self._reading):
            return False
        self._events.append(event)
        return True

    def end(self) -> None:
        """No event follows. Holds the lock."""
        self._closed = True

    def close(self) -> None:
        """Ends the watch; what is queued is thrown away. May be called twice."""
        with self._changed:
            self._closed = True
            self._events.clear()
            self._leave(self)
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WatchEvent[T]:
        with self._changed:
            self._reading += 1
            self._changed.notify_all()
            try:
                while not self._events and not self._closed:
                    self._changed.wait()
            finally:
                self._reading -= 1
            if self._events:
                event = self._events.popleft()
                self._changed.notify_all()
                return event
        raise StopIteration


class Broadcaster(Generic[T]):
    """Hands events to watchers in the order in which they came.

    Args:
        queue_length: how many events wait for a watcher.
        drop_if_full: a watcher whose queue is full misses events; else everybody waits for it.
        incoming_length: how many events wait to be handed out before `action` waits.
    """

    def __init__(
        self,
        queue_length: int,
        *,
        drop_if_full: bool = False,
        incoming_length: int = INCOMING_QUEUE_LENGTH,
        runtime: Runtime | None = None,
    ) -> None:
        self._runtime = runtime if runtime is not None else current_runtime()
        self._queue_length = queue_length
        self._drop = drop_if_full
        self._incoming_length = incoming_length
        self._changed = self._runtime.condition()
        self._incoming: deque[WatchEvent[T] | BroadcastWatch[T]] = deque()
        self._watches: list[BroadcastWatch[T]] = []
        self._stopped = False
        self._task = self._runtime.spawn(self._distribute, name="broadcaster")

    def watch(self, prefix: Iterable[WatchEvent[T]] = ()) -> BroadcastWatch[T]:
        """A new watcher. It gets `prefix` first and then what comes in from now on; not what is queued already.

        Raises RuntimeError after `shutdown`.
        """
        first = list(prefix)
        room = max(self._queue_length, len(first) + 1) if first else self._queue_length
        made: BroadcastWatch[T] = BroadcastWatch(room, self._changed, self._left)
        with self._changed:
            self._room_for_one()
            for event in first:
                made.offer(event)
            self._incoming.append(made)
            self._changed.notify_all()
        return made

    def action(self, type: str, obj: T) -> None:
        """Hands an event to all watchers; waits while too many are queued. Raises RuntimeError after `shutdown`."""
        with self._changed:
            self._room_for_one()
            self._incoming.append(WatchEvent(type, obj))
            self._changed.notify_all()

    def action_or_drop(self, type: str, obj: T) -> bool:
        """As `action`, without waiting: False when the event was dropped. Raises RuntimeError after `shutdown`."""
        with self._changed:
            self._check()
            if len(self._incoming) >= self._incoming_length:
                return False
            self._incoming.append(WatchEvent(type, obj))
            self._changed.notify_all()
            return True

    def shutdown(self) -> None:
        """Hands out what is queued, then ends all watches. May be called twice."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._task.join()

    def _check(self) -> None:
        if self._stopped:
            raise RuntimeError("broadcaster already stopped")

    def _room_for_one(self) -> None:
        self._check()
        while len(self._incoming) >= max(1, self._incoming_length):
            self._changed.wait()
            self._check()

    def _left(self, watch: BroadcastWatch[T]) -> None:
        self._watches = [one for one in self._watches if one is not watch]

    def _distribute(self) -> None:
        with self._changed:
            while True:
                while not self._incoming and not self._stopped:
                    self._changed.wait()
                if not self._incoming:
                    break
                item: Any = self._incoming.popleft()
                self._changed.notify_all()
                if not isinstance(item, BroadcastWatch):
                    self._hand_out(item)
                elif not item.stopped:
                    self._watches.append(item)
            for watch in self._watches:
                watch.end()
            self._changed.notify_all()

    def _hand_out(self, event: WatchEvent[T]) -> None:
        for watch in self._watches:
            while not watch.stopped and not watch.offer(event) and not self._drop:
                self._changed.wait()
        self._changed.notify_all()
