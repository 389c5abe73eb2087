# generated from kubeclient/_async/event_handlers.py by .ci/twin.py, do not edit
"""What happens to an object, told to those who asked: one queue and one task for every handler.

A slow handler delays nobody but itself. Its backlog has no bound, because dropping a notification would break the promise
that a handler sees every change; it is reported instead, each time it has doubled and a call took long. A handler that
raises loses what it was told, and is told the next thing a second later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown
from kubeclient.machines.informer_metrics import InformerMetrics
from kubeclient.runtime.calling import call
from kubeclient.runtime.protocol import Runtime, Task

__all__ = [
    "FilteringHandler",
    "FunctionHandler",
    "HandlerRegistration",
    "Notification",
    "ResourceEventHandler",
]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

BACKLOG_REPORTED = 1_024
SLOW_CALL_NS = 100_000_000
PAUSE_AFTER_ERROR = 1.0
CALLS_A_TURN = 256  # then others get theirs: a handler that does not wait would keep them all out

logger = logging.getLogger("kubeclient.informer")


class ResourceEventHandler(Protocol[T_contra]):
    """Somebody who wants to know. Methods may be plain or `def`; they must not change what they are given."""

    def on_add(self, obj: T_contra, *, is_initial_list: bool) -> None | None:
        """An object is there; `is_initial_list`: it was there before this handler came."""
        ...

    def on_update(self, old: T_contra, new: T_contra) -> None | None:
        """An object changed, or nothing changed and a resync is due: then both have the same resource version."""
        ...

    def on_delete(self, obj: T_contra | DeletedFinalStateUnknown[Any]) -> None | None:
        """An object is gone; a DeletedFinalStateUnknown if nobody saw its last state."""
        ...


class FunctionHandler(Generic[T]):
    """A handler made of functions, each optional.

    Args:
        on_detailed_add: called in the place of `on_add`, with `is_initial_list` as a keyword.
    """

    def __init__(
        self,
        on_add: Callable[[T], Any] | None = None,
        on_update: Callable[[T, T], Any] | None = None,
        on_delete: Callable[[T | DeletedFinalStateUnknown[T]], Any] | None = None,
        *,
        on_detailed_add: Callable[..., Any] | None = None,
    ) -> None:
        self._on_add, self._on_update, self._on_delete = on_add, on_update, on_delete
        self._on_detailed_add = on_detailed_add

    @property
    def functions(self) -> tuple[Callable[..., Any] | None, ...]:
        """What it is made of: for additions, updates and deletions."""
        return self._on_detailed_add or self._on_add, self._on_update, self._on_delete

    def on_add(self, obj: T, *, is_initial_list: bool) -> None:
        if self._on_detailed_add is not None:
            call(self._on_detailed_add, obj, is_initial_list=is_initial_list)
        elif self._on_add is not None:
            call(self._on_add, obj)

    def on_update(self, old: T, new: T) -> None:
        if self._on_update is not None:
            call(self._on_update, old, new)

    def on_delete(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        if self._on_delete is not None:
            call(self._on_delete, obj)


class FilteringHandler(Generic[T]):
    """Tells another handler only of what passes a filter: what begins to pass is added, what ceases to is deleted."""

    def __init__(self, passes: Callable[[Any], bool], handler: ResourceEventHandler[T]) -> None:
        self._passes, self._handler = passes, handler

    @property
    def handler(self) -> ResourceEventHandler[T]:
        """Whom it tells."""
        return self._handler

    def on_add(self, obj: T, *, is_initial_list: bool) -> None:
        if self._passes(obj):
            call(self._handler.on_add, obj, is_initial_list=is_initial_list)

    def on_update(self, old: T, new: T) -> None:
        before, after = self._passes(old), self._passes(new)
        if before and after:
            call(self._handler.on_update, old, new)
        elif after:
            call(self._handler.on_add, new, is_initial_list=False)
        elif before:
            call(self._handler.on_delete, old)

    def on_delete(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        """The filter is given what there is: a DeletedFinalStateUnknown when nobody saw the object's last state."""
        if self._passes(obj):
            call(self._handler.on_delete, obj)


Notification = tuple[T | DeletedFinalStateUnknown[T] | None, T | None]
"""One thing to tell a handler: `old` and `new` for an update, one of them and None for an add or a delete."""


class HandlerRegistration(Generic[T]):
    """A handler that is registered with an informer: its queue, its task, and how far it has come."""

    def __init__(
        self,
        handler: ResourceEventHandler[T],
        runtime: Runtime,
        informer_synced: Callable[[], bool],
        *,
        name: str,
        resync_ns: int,
        metrics: InformerMetrics | None = None,
    ) -> None:
        self.name = name
        """The informer's name, and what the handler is called by."""
        self.resync_ns = resync_ns
        self.next_resync_ns = runtime.clock.monotonic_ns() + resync_ns
        self.syncing = True
        """Whether it hears of what did not change; so until the first resync, which says for whom it is."""
        self._handler = handler
        self._runtime = runtime
        self._informer_synced = informer_synced
        self._metrics = metrics
        self._queue = runtime.queue()  # of batches; no bound: see the head of this file
        # Counters, each written by one side only: told by the informer, taken by the task.
        self._told = 0
        self._taken = 0
        self._initial_told = 0
        self._initial_handled = 0
        self._settled = runtime.event()
        self._report_at = BACKLOG_REPORTED
        self._stopped = runtime.event()
        self._task: Task | None = None

    def has_synced(self) -> bool:
        """Whether the handler was told, and has handled, everything that was there when it came."""
        return self._informer_synced() and self._initial_handled == self._initial_told

    def wait_for_sync(self, timeout: float | None = None) -> bool:
        """Waits until `has_synced`; False when `timeout` seconds passed or the handler was stopped before."""
        self._settled.wait(timeout)
        return self.has_synced()

    @property
    def backlog(self) -> int:
        """How many notifications wait for the handler."""
        return self._told - self._taken

    def notify(self, notifications: Sequence[Notification[T]], *, is_initial_list: bool = False) -> None:
        """Queues notifications, which nobody changes afterwards."""
        count = len(notifications)
        if not count:
            return
        if is_initial_list:
            self._initial_told += count
        self._told += count
        self._queue.put_nowait((notifications, is_initial_list))
        if self._metrics is not None:
            self._metrics.backlog(self.name, self._told - self._taken)

    def settle(self) -> None:
        """Looks whether the handler has synced, to tell those who wait for it."""
        if self._initial_handled == self._initial_told and self._informer_synced():
            self._settled.set()

    def start(self) -> None:
        """Starts the task that calls the handler."""
        if self._task is None and not self._stopped.is_set():
            self._task = self._runtime.spawn(self._run, name=self.name)

    def stop(self) -> None:
        """Drops what is queued; the call in progress is the last."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._settled.set()
            self._queue.put_nowait(None)

    def cancel(self) -> None:
        """Ends the call in progress too, where that can be done."""
        if self._task is not None:
            self._task.cancel()

    def done(self) -> bool:
        """Whether nothing of it runs."""
        return self._task is None or self._task.done()

    def join(self) -> None:
        """Waits for the call in progress, after `stop`."""
        if self._task is not None:
            self._task.join()

    def _run(self) -> None:
        queue, stopped, metrics = self._queue, self._stopped, self._metrics
        calls = 0
        while True:
            batch = queue.get()
            if batch is None:
                return
            notifications, is_initial_list = batch
            for old, new in notifications:
                if stopped.is_set():
                    return
                calls += 1
                if not calls % CALLS_A_TURN:
                    self._runtime.sleep(0)
                waiting = self._told - self._taken >= self._report_at
                self._taken += 1
                started = self._runtime.clock.monotonic_ns() if waiting else 0
                try:
                    self._tell(old, new, is_initial_list)
                except Exception:  # one bad object must not end what is told about all others
                    logger.exception("handler %s raised an error", self.name)
                    self._runtime.sleep(PAUSE_AFTER_ERROR, stopped)
                if is_initial_list:
                    self._initial_handled += 1
                    self.settle()
                if waiting:
                    self._report_if_slow(self._runtime.clock.monotonic_ns() - started)
            if metrics is not None:
                metrics.backlog(self.name, self.backlog)

    def _tell(self, old: Any, new: Any, is_initial_list: bool) -> None:
        handler = self._handler
        if new is None:
            return call(handler.on_delete, old)
        if old is None:
            return call(handler.on_add, new, is_initial_list=is_initial_list)
        return call(handler.on_update, old, new)

    def _report_if_slow(self, call_ns: int) -> None:
        if call_ns >= SLOW_CALL_NS:
            waiting = self._told - self._taken
            self._report_at = max(self._report_at, waiting) * 2
            text = "handler %s is slow: a call took %.1f seconds and %d notifications are waiting for it"
            logger.warning(text, self.name, call_ns * 1e-9, waiting)

    def __repr__(self) -> str:
        return f"<HandlerRegistration {self.name} backlog {self.backlog}>"
