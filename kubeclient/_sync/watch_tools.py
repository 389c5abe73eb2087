# generated from kubeclient/_async/watch_tools.py by .ci/twin.py, do not edit
"""Watching past the end of a watch, and waiting until something is as it should be.

    event = until(lists.metadata.resource_version, pods, is_running, timeout=60, field_selector="metadata.name=web")

As everywhere in this package, an ERROR event is raised as the StatusError it carries. Ported from client-go tools/watch.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, Unpack

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown
from kubeclient.machines.indexer import Indexer
from kubeclient.machines.retry_watch import RetryWatchMachine, WatchClosedError
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import TransportError

from .informer import SharedIndexInformer
from .reflector import ListerWatcher, SelectorKeywords
from .watch import Watch

__all__ = [
    "ClosableWatch",
    "InformerWatcher",
    "RetryWatcher",
    "until",
    "until_with_sync",
    "until_without_retry",
]

T = TypeVar("T")

logger = logging.getLogger("kubeclient.watchtools")


class ClosableWatch(Protocol[T]):
    """What can be waited on: a watch, a retry watcher, an informer watcher."""

    def __iter__(self) -> Iterator[WatchEvent[T]]: ...

    def close(self) -> None: ...


Condition = Callable[[WatchEvent[T]], Any]  # true when the event is what was waited for; may be a coroutine function


class RetryWatcher(Generic[T]):
    """A watch that is begun again where it ended, until it is closed or the server says that this is impossible.

    Args:
        resource_version: where to begin, as a list says it; not "" or "0", from which one cannot go on.
        lister_watcher: what to watch, as `client.core_v1.pods("default")`.
        options: selectors.
        min_restart_delay: seconds between the beginnings of two requests.

    The iteration raises StatusError when the version is too old (410) and when the watch is not allowed (401, 403).
    """

    def __init__(
        self,
        resource_version: str,
        lister_watcher: ListerWatcher[T],
        *,
        options: SelectorKeywords | None = None,
        min_restart_delay: float = 1.0,
        runtime: Runtime | None = None,
    ) -> None:
        self._machine = RetryWatchMachine(resource_version, min_restart_delay=min_restart_delay)
        self._lister_watcher = lister_watcher
        self._options: SelectorKeywords = options or {}
        self._runtime = runtime if runtime is not None else current_runtime()
        self._closed = self._runtime.event()
        self._watch: Watch[T] | None = None

    @property
    def resource_version(self) -> str:
        """The version that was seen last."""
        return self._machine.resource_version

    def close(self) -> None:
        """Ends the watch; a reader that waits sees the end. May be called twice."""
        self._closed.set()
        if self._watch is not None:
            self._watch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WatchEvent[T]:
        while not self._closed.is_set():
            try:
                watch = self._begun()
                event = None if watch is None else self._next_of(watch)
                if event is not None and self._machine.saw(event):
                    return event
            except BaseException:
                self.close()
                raise
        raise StopIteration

    def _begun(self) -> Watch[T] | None:
        """The watch that runs, or a new one; None when that failed in a way that passes."""
        if self._watch is not None:
            return self._watch
        clock, machine = self._runtime.clock, self._machine
        wait_ns = machine.wait_ns(clock.monotonic_ns())
        if wait_ns and not self._runtime.sleep(wait_ns * 1e-9, self._closed):
            return None
        machine.begins(clock.monotonic_ns())
        self._watch = watch = self._lister_watcher.watch(
            **self._options, resource_version=machine.resource_version, allow_watch_bookmarks=True
        )
        try:
            watch.open()
        except (StatusError, TransportError) as error:
            self._watch = None
            if not machine.refused(error):
                raise
            logger.warning("the watch of %r was refused, it is tried again: %s", self._lister_watcher, error)
            return None
        if self._closed.is_set():
            watch.close()
        return watch

    def _next_of(self, watch: Watch[T]) -> WatchEvent[T] | None:
        """The next event; None when the watch has ended in a way that lets another begin."""
        try:
            return watch.__next__()
        except StopIteration:
            self._watch = None
        except StatusError as error:
            self._watch = None
            if not self._machine.ended(error, self._runtime.clock.monotonic_ns()):
                raise
            logger.info("the watch of %r ended, it is begun again: %s", self._lister_watcher, error)
        return None

    def __repr__(self) -> str:
        state = "closed" if self._closed.is_set() else "open"
        return f"<RetryWatcher {state} at {self.resource_version}>"


class InformerWatcher(Generic[T]):
    """The changes of an informer's copy as the events of a watch; it never ends because a version is too old.

    What the reader does not take waits without a bound, as for an informer's handlers.
    """

    def __init__(
        self,
        lister_watcher: ListerWatcher[T],
        *,
        options: SelectorKeywords | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._runtime = runtime if runtime is not None else current_runtime()
        self._stop = self._runtime.event()
        self._arrived = self._runtime.event()
        self._guard = self._runtime.guard()
        self._events: deque[WatchEvent[T]] = deque()
        self.informer = SharedIndexInformer(lister_watcher, options=options, runtime=self._runtime)
        self.informer.add_event_handler(on_add=self._added, on_update=self._updated, on_delete=self._deleted)
        self._task = self._runtime.spawn(self.informer.run, self._stop, name="informer watcher")

    @property
    def store(self) -> Indexer[T]:
        """The informer's copy."""
        return self.informer.indexer

    def _added(self, obj: T) -> None:
        self._push(WatchEvent(watch_event.ADDED, obj))

    def _updated(self, old: T, new: T) -> None:  # noqa: ARG002
        self._push(WatchEvent(watch_event.MODIFIED, new))

    def _deleted(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        last = obj.obj if isinstance(obj, DeletedFinalStateUnknown) else obj
        self._push(WatchEvent(watch_event.DELETED, last))

    def _push(self, event: WatchEvent[T]) -> None:
        with self._guard:
            self._events.append(event)
            self._arrived.set()

    def close(self) -> None:
        """Ends the informer and waits for its end; a reader that waits sees the end."""
        self._stop.set()
        self._arrived.set()
        self._task.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WatchEvent[T]:
        while True:
            with self._guard:
                if self._stop.is_set():
                    raise StopIteration
                if self._events:
                    return self._events.popleft()
                self._arrived.clear()
            self._arrived.wait()

    def __repr__(self) -> str:
        return f"<InformerWatcher of {self.informer!r}>"


class _Deadline:
    """Closes a watch when its time is over."""

    def __init__(self, watch: ClosableWatch[Any], timeout: float | None, runtime: Runtime) -> None:
        self.passed = False
        self._watch = watch
        self._over = runtime.event()
        self._timeout = timeout
        self._task = None if timeout is None else runtime.spawn(self._wait, name="deadline of a watch")

    def _wait(self) -> None:
        if not self._over.wait(self._timeout):
            self.passed = True
            self._watch.close()

    def end(self) -> None:
        self._over.set()
        if self._task is not None:
            self._task.join()


def until_without_retry(
    watch: ClosableWatch[T],
    *conditions: Condition[T],
    timeout: float | None = None,
    runtime: Runtime | None = None,
) -> WatchEvent[T] | None:
    """Reads a watch until each condition, one after another, was true of an event; closes it; returns the last event.

    An event that satisfies a condition is shown to the next one too. Raises TimeoutError after `timeout` seconds,
    WatchClosedError when the watch ends before that, and what a condition or the watch raises.
    """
    deadline = _Deadline(watch, timeout, runtime if runtime is not None else current_runtime())
    event: WatchEvent[T] | None = None
    try:
        events = watch.__iter__()
        for condition in conditions:
            if event is not None and call(condition, event):
                continue
            while True:
                try:
                    event = events.__next__()
                except StopIteration:
                    if deadline.passed:
                        raise TimeoutError("timed out waiting for the condition") from None
                    raise WatchClosedError("watch closed before UntilWithoutRetry timeout") from None
                if call(condition, event):
                    break
        return event
    finally:
        deadline.end()
        watch.close()


def until(
    resource_version: str,
    lister_watcher: ListerWatcher[T],
    *conditions: Condition[T],
    timeout: float | None = None,
    runtime: Runtime | None = None,
    **options: Unpack[SelectorKeywords],
) -> WatchEvent[T] | None:
    """As `until_without_retry`, with a watch from a version on that is begun again when it ends."""
    watcher = RetryWatcher(resource_version, lister_watcher, options=options, runtime=runtime)
    return until_without_retry(watcher, *conditions, timeout=timeout, runtime=runtime)


def until_with_sync(
    lister_watcher: ListerWatcher[T],
    *conditions: Condition[T],
    precondition: Callable[[Indexer[T]], bool] | None = None,
    timeout: float | None = None,
    runtime: Runtime | None = None,
    **options: Unpack[SelectorKeywords],
) -> WatchEvent[T] | None:
    """As `until`, with an informer: what exists comes first, as ADDED, and no version can be too old.

    `precondition` is asked once the whole collection is known; when it is true, None is returned at once. Raises
    TimeoutError also when the collection is not known in time.
    """
    runtime = runtime if runtime is not None else current_runtime()
    begun_ns = runtime.clock.monotonic_ns()
    watcher = InformerWatcher(lister_watcher, options=options, runtime=runtime)
    try:
        if precondition is not None:
            if not watcher.informer.wait_for_sync(timeout):
                raise TimeoutError("UntilWithSync: unable to sync caches: timed out")
            if precondition(watcher.store):
                return None
        left = None if timeout is None else max(0.0, timeout - (runtime.clock.monotonic_ns() - begun_ns) * 1e-9)
        return until_without_retry(watcher, *conditions, timeout=left, runtime=runtime)
    finally:
        watcher.close()
