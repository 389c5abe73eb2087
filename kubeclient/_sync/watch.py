# generated from kubeclient/_async/watch.py by .ci/twin.py, do not edit
"""One running watch, as an iterator and a context manager.

    with client.watch(resource_version=rv) as events:
        for event in events:
            ...

The request goes out when the watch is entered, opened or first iterated. The iteration ends when the server ends the
stream, when the connection breaks (as in client-go, both mean: watch again from the last version seen) and when
`close` is called, from this task or another. An ERROR event is raised as the StatusError it carries.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.watch_decoder import WatchDecoder
from kubeclient.transport.protocol import ConnectionLost, Stream, TimedOut

__all__ = ["Watch"]

T = TypeVar("T")


class Watch(Generic[T]):
    """The events of one watch request."""

    def __init__(self, start: Callable[[], Stream | None], decoder: WatchDecoder[T]) -> None:
        self._start = start
        self._decoder = decoder
        self._stream: Stream | None = None
        self._chunks: Iterator[bytes] | None = None
        self._pending: deque[WatchEvent[T] | StatusError] = deque()
        self._opened = False
        self._closed = False
        self.around_decoding: AbstractContextManager[Any] = nullcontext()
        """What is entered while bytes become events; for those who read very many."""

    def open(self) -> Self:
        """Sends the request and waits for the head of the answer. Raises StatusError and TransportError.

        Doing it again does nothing. It is done by `with` and by the first step of an iteration.
        """
        if not self._opened:
            self._opened = True
            stream = self._start()
            if stream is None:
                self._closed = True
            elif self._closed:
                stream.close()
            else:
                self._stream = stream
                self._chunks = stream.__iter__()
        return self

    def close(self) -> None:
        """Ends the watch. A reader that waits for an event sees the end. May be called twice."""
        self._closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def ready(self) -> bool:
        """Waits until something has come that `take` gives; False at the end."""
        pending = self._pending
        if not self._opened:
            self.open()
        while not pending:
            if self._closed or self._chunks is None:
                return False
            try:
                chunk = self._chunks.__next__()
            except (StopIteration, ConnectionLost, TimedOut):
                pending.extend(self._decoder.finish())
                self.close()
            else:
                with self.around_decoding:
                    pending.extend(self._decoder.feed(chunk))
        return True

    def take(self) -> list[WatchEvent[T]]:
        """All events that have come, without waiting for more. Raises the StatusError that comes next, if one does."""
        pending = self._pending
        if not self._decoder.failed:  # then there is no error among them
            whole: Any = list(pending)
            pending.clear()
            return cast("list[WatchEvent[T]]", whole)
        events: list[WatchEvent[T]] = []
        while pending:
            event = pending[0]
            if isinstance(event, StatusError):
                if events:
                    break
                pending.popleft()
                raise event
            events.append(event)
            pending.popleft()
        return events

    def __next__(self) -> WatchEvent[T]:
        if not self._pending and not self.ready():
            raise StopIteration
        event = self._pending.popleft()
        if isinstance(event, StatusError):
            self.close()
            raise event
        return event

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open" if self._opened else "not started"
        return f"<Watch {state}>"
