# generated from kubeclient/_async/fake_controller_source.py by .ci/twin.py, do not edit
"""A collection that a test changes, for reflectors and informers to list and watch, without any server.

Everything that happened is kept, so that a watch can begin anywhere in it, and several can run. Ported from client-go
tools/cache/testing.
"""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace
from typing import Any, Generic, Self, TypeVar

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.error_builders import new_resource_expired
from kubeclient.apimachinery.meta import meta_namespace_key
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime

__all__ = ["FakeControllerSource"]

T = TypeVar("T")


class FakeControllerSource(Generic[T]):
    """Objects, typed or not, whose versions count what happened.

    Attributes:
        list_error: raised by every list, when it is set.
    """

    def __init__(self, *, runtime: Runtime | None = None) -> None:
        self._runtime = runtime if runtime is not None else current_runtime()
        self._guard = self._runtime.guard()
        self._items: dict[str, T] = {}
        self._changes: list[WatchEvent[T]] = []  # the one with version n is number n-1
        self._forgotten = 0
        self._watches: list[_SourceWatch[T]] = []
        self.list_error: Exception | None = None

    def add(self, obj: T) -> None:
        """Adds an object, and tells watches of it."""
        self._change(watch_event.ADDED, obj, tells=True)

    def modify(self, obj: T) -> None:
        """Changes an object, and tells watches of it."""
        self._change(watch_event.MODIFIED, obj, tells=True)

    def delete(self, last: T) -> None:
        """Deletes an object, and tells watches of it."""
        self._change(watch_event.DELETED, last, tells=True)

    def add_drop_watch(self, obj: T) -> None:
        """Adds an object, of which running watches are not told."""
        self._change(watch_event.ADDED, obj, tells=False)

    def modify_drop_watch(self, obj: T) -> None:
        """Changes an object, of which running watches are not told."""
        self._change(watch_event.MODIFIED, obj, tells=False)

    def delete_drop_watch(self, last: T) -> None:
        """Deletes an object, of which running watches are not told."""
        self._change(watch_event.DELETED, last, tells=False)

    def reset_watch(self) -> None:
        """Ends all watches; one from a version that has been so far finds it expired."""
        with self._guard:
            watches, self._watches = self._watches, []
            self._forgotten = len(self._changes)
        for watch in watches:
            watch.end()

    def _change(self, kind: str, obj: T, *, tells: bool) -> None:
        with self._guard:
            key = meta_namespace_key(obj)
            obj = deepcopy(obj)
            _set_version(obj, str(len(self._changes) + 1))
            if kind == watch_event.DELETED:
                self._items.pop(key, None)
            else:
                self._items[key] = obj
            event = WatchEvent(kind, obj)
            self._changes.append(event)
            watches = list(self._watches) if tells else []
        for watch in watches:
            watch.put(event)

    def list(self, **options: Any) -> Any:  # noqa: ARG002  all of it is always listed
        """All objects. Raises what `list_error` says."""
        if self.list_error is not None:
            raise self.list_error
        with self._guard:
            metadata = {"resourceVersion": str(len(self._changes))}
            return SimpleNamespace(kind="List", metadata=metadata, items=deepcopy(list(self._items.values())))

    def watch(self, **options: Any) -> Any:
        """A watch of what happens after that version. Reading it raises Expired when that was before a reset."""
        with self._guard:
            since = int(options.get("resource_version") or len(self._changes))
            watch = _SourceWatch[T](self, expired=since < self._forgotten, runtime=self._runtime)
            if since >= self._forgotten:
                for event in self._changes[since:]:
                    watch.put(event)
                self._watches.append(watch)
            return watch

    def is_watch_list_semantics_unsupported(self) -> bool:
        """True: its watches do not begin with what is there."""
        return True

    def _leave(self, watch: _SourceWatch[T]) -> None:
        with self._guard:
            if watch in self._watches:
                self._watches.remove(watch)


class _SourceWatch(Generic[T]):
    """One watch of a source."""

    def __init__(self, source: FakeControllerSource[T], *, expired: bool, runtime: Runtime) -> None:
        self._source = source
        self._expired = expired
        self._queue = runtime.queue()  # no bound: a test says what comes

    def put(self, event: WatchEvent[T] | None) -> None:
        self._queue.put_nowait(event)

    def end(self) -> None:
        self.put(None)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WatchEvent[T]:
        if self._expired:
            raise new_resource_expired("the version was forgotten by a reset of the watches")
        event = self._queue.get()
        if event is None:
            self.end()  # for who asks again
            raise StopIteration
        return WatchEvent(event.type, deepcopy(event.object))

    def close(self) -> None:
        self._source._leave(self)
        self.end()


def _set_version(obj: Any, version: str) -> None:
    if isinstance(obj, dict):
        obj["metadata"]["resourceVersion"] = version
    else:
        obj.metadata.resource_version = version
