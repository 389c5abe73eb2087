# generated from kubeclient/_async/event_handlers.py by .ci/twin.py, do not edit
"""What happens to an object, told to those who asked: one queue and one task for every handler.

A slow handler delays nobody but itself. Its backlog has no bound, because dropping a notification would break the promise
that a handler sees every change; it is reported instead, each time it doubles.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown
from kubeclient.runtime.calling import call
from kubeclient.runtime.protocol import Runtime, Task

__all__ = ["FunctionHandler", "HandlerRegistration", "Notification", "ResourceEventHandler"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

BACKLOG_REPORTED = 1_000

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
    """A handler made of functions, each optional."""

    def __init__(
        self,
        on_add: Callable[[T], Any] | None = None,
        on_update: Callable[[T, T], Any] | None = None,
        on_delete: Callable[[T | DeletedFinalStateUnknown[T]], Any] | None = None,
    ) -> None:
        self._on_add, self._on_update, self._on_delete = on_add, on_update, on_delete

    def on_add(self, obj: T, *, is_initial_list: bool) -> None:  # noqa: ARG002
        if self._on_add is not None:
            call(self._on_add, obj)

    def on_update(self, old: T, new: T) -> None:
        if self._on_update is not None:
            call(self._on_update, old, new)

    def on_delete(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        if self._on_delete is not None:
            call(self._on_delete, obj)


@dataclass(frozen=True, slots=True)
class Notification(Generic[T]):
    """One thing to tell a handler: `old` and `new` for an update, one of them for an add or a delete."""

    old: T | DeletedFinalStateUnknown[T] | None
    new: T | None
    is_initial_list: bool = False


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
    ) -> None:
        self.name = name
        self.resync_ns = resync_ns
        self.next_resync_ns = runtime.clock.monotonic_ns() + resync_ns
        self.syncing = False
        self._handler = handler
        self._runtime = runtime
        self._informer_synced = informer_synced
        self._queue = runtime.queue()  # no bound: see the head of this file
        self._initial = 0
        self._report_at = BACKLOG_REPORTED
        self._stopped = False
        self._task: Task | None = None

    def has_synced(self) -> bool:
        """Whether the handler was told, and has handled, everything that was there when it came."""
        return self._informer_synced() and self._initial == 0

    @property
    def backlog(self) -> int:
        """How many notifications wait for the handler."""
        return len(self._queue)

    def notify(self, notification: Notification[T]) -> None:
        """Queues a notification."""
        if self._stopped:
            return
        if notification.is_initial_list:
            self._initial += 1
        self._queue.put_nowait(notification)
        if len(self._queue) >= self._report_at:
            self._report_at *= 2
            logger.warning("handler %s is slow: %d notifications are waiting for it", self.name, len(self._queue))

    def start(self) -> None:
        """Starts the task that calls the handler."""
        if self._task is None and not self._stopped:
            self._task = self._runtime.spawn(self._run, name=self.name)

    def stop(self) -> None:
        """Drops what is queued; the call in progress is the last."""
        if not self._stopped:
            self._stopped = True
            self._queue.put_nowait(None)

    def join(self) -> None:
        """Waits for the call in progress, after `stop`."""
        if self._task is not None:
            self._task.join()

    def _run(self) -> None:
        while True:
            notification = self._queue.get()
            if self._stopped or notification is None:
                return
            try:
                self._tell(notification)
            except Exception:  # one bad object must not end what is told about all others
                logger.exception("handler %s raised an error", self.name)
            if notification.is_initial_list:
                self._initial -= 1

    def _tell(self, notification: Notification[T]) -> None:
        handler, old, new = self._handler, notification.old, notification.new
        if new is None:
            call(handler.on_delete, old)
        elif old is None:
            call(handler.on_add, new, is_initial_list=notification.is_initial_list)
        else:
            call(handler.on_update, old, new)

    def __repr__(self) -> str:
        return f"<HandlerRegistration {self.name} backlog {self.backlog}>"
