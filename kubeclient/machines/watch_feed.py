"""A watch whose events a test makes: what a watch reactor answers with.

    watcher = WatchFeed()
    fake.prepend_watch_reactor("pods", lambda action: watcher)
    watcher.add(pod)

Events wait until they are read. It may be fed from any thread and read by one client, through a transport: the client decodes
them as a server's. What client-go's watch.FakeWatcher gives to code that reads events is `kubeclient.watch.FakeWatcher`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.apimachinery import json
from kubeclient.apimachinery.status import Status

from .codec import encode
from .converter import to_unstructured

__all__ = ["WatchFeed", "object_bytes"]


def object_bytes(obj: object) -> bytes:
    """The JSON of an object, with the kind that its model says it is where it does not say so itself."""
    return encode(obj if isinstance(obj, bytes | str) else to_unstructured(obj))


class WatchFeed:
    """Events that a test sends to whoever watches.

    Args:
        bound: how many events may wait unread; one more raises OverflowError. 0: as many as come.
    """

    def __init__(self, bound: int = 0) -> None:
        self.bound = bound
        self.stopped = False
        self._frames: deque[bytes] = deque()
        self._wake: Callable[[], None] = _nobody

    def add(self, obj: object) -> None:
        """Sends ADDED."""
        self.action("ADDED", obj)

    def modify(self, obj: object) -> None:
        """Sends MODIFIED."""
        self.action("MODIFIED", obj)

    def delete(self, last: object) -> None:
        """Sends DELETED, with the object as it was."""
        self.action("DELETED", last)

    def bookmark(self, obj: object) -> None:
        """Sends BOOKMARK."""
        self.action("BOOKMARK", obj)

    def error(self, status: Status | Mapping[str, Any]) -> None:
        """Sends ERROR, which the client raises as the StatusError it stands for."""
        self.action("ERROR", status)

    def action(self, type_: str, obj: object) -> None:
        """Sends an event of that type. Raises OverflowError when too many wait, ValueError once it has stopped."""
        if self.stopped:
            raise ValueError(f"{type_}: the watch has stopped")
        if self.bound and len(self._frames) >= self.bound:
            raise OverflowError(f"{type_}: {self.bound} events wait unread, as many as this watch may hold")
        self._frames.append(b'{"type":' + json.encode(type_) + b',"object":' + object_bytes(obj) + b"}\n")
        self._wake()

    def stop(self) -> None:
        """Ends the watch; events that wait are still read."""
        self.stopped = True
        self._wake()

    def reset(self) -> None:
        """Makes it as new, for another client."""
        self.stopped = False
        self._frames.clear()
        self._wake = _nobody

    def on_wake(self, wake: Callable[[], None]) -> None:
        """Calls that function whenever there is something to read, or the end. For drivers."""
        self._wake = wake
        if self._frames or self.stopped:
            wake()

    def take(self) -> bytes | None:
        """What waits, as it goes over the wire; None when nothing does. For drivers."""
        frames = []
        while self._frames:
            frames.append(self._frames.popleft())
        return b"".join(frames) or None


def _nobody() -> None:
    """Wakes nobody, as nobody reads."""
