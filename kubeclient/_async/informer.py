"""A shared, eventually consistent local copy of a collection, and notifications of its changes.

Guarantees, as client-go's SharedInformer gives them: if nothing changes for long enough, the copy equals the collection.
For one object, a handler sees its states in their order, though not necessarily every state; an add comes first, a delete
ends the life of that object. The copy is changed before a handler hears of it, so a handler that reads it may see a later
state than the one it is told of. Not guaranteed: any order between different objects or different handlers.

Objects in the copy are shared. Nobody may change them: neither handlers nor readers.

When it is stopped, handlers finish the call they are in; what still waits for them is dropped. `run` returns when nothing
of the informer runs any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.collector import resting
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.meta import meta_namespace_key, resource_version_of
from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown, Delta, DeltaType, RealFIFO
from kubeclient.machines.indexer import NAMESPACE_INDEX, Indexer, IndexFunc, KeyFunc, meta_namespace_index
from kubeclient.machines.lister import Lister
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime, AsyncTask

from .event_handlers import AsyncFunctionHandler, AsyncHandlerRegistration, AsyncResourceEventHandler, Notification
from .reflector import AsyncListerWatcher, AsyncReflector, SelectorKeywords, WatchErrorHandler

__all__ = ["AsyncSharedIndexInformer"]

T = TypeVar("T")

MINIMUM_RESYNC_PERIOD = 1.0
_MANY = 1_000
"""Objects of a list from which taking it over is worth a word with the collector."""

logger = logging.getLogger("kubeclient.informer")


class AsyncSharedIndexInformer(Generic[T]):
    """One list and watch, one indexed copy, any number of handlers.

    Args:
        lister_watcher: where the objects come from, as `client.core_v1.pods("")`.
        name: for logs and task names.
        resource: what a lister's errors call the objects; by default as the name does.
        resync_period: seconds after which handlers that do not say otherwise are told of everything again; 0: never.
        indexers: indexes of the copy; one by namespace is always there.
        options: list and watch options that every request gets, as `label_selector`.
        transform: called with every object before it is stored; what it returns is stored in its place. If it raises,
            the list fails and is tried again, or the event is lost.
        on_watch_error: called with every error of a list or a watch; by default they are logged.
        runtime: by default the one of the context.
    """

    def __init__(
        self,
        lister_watcher: AsyncListerWatcher[T],
        *,
        name: str = "",
        resource: GroupResource | None = None,
        resync_period: float = 0,
        indexers: Mapping[str, IndexFunc] | None = None,
        key_func: KeyFunc = meta_namespace_key,
        options: SelectorKeywords | None = None,
        transform: Callable[[T], T] | None = None,
        on_watch_error: WatchErrorHandler | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self.name = name or repr(lister_watcher)
        self._resource = resource if resource is not None else GroupResource("", self.name)
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()  # held while the copy and the handlers' queues change together
        indexes = {NAMESPACE_INDEX: meta_namespace_index, **(indexers or {})}
        self.indexer: Indexer[T] = Indexer(key_func=key_func, indexers=indexes, guard=self._guard)
        self._fifo: RealFIFO[T] = RealFIFO(self.indexer)
        self._transform = transform
        self._resync_period = resync_period
        self._registrations: list[AsyncHandlerRegistration[T]] = []
        self._leaving: list[AsyncHandlerRegistration[T]] = []  # taken away, perhaps in their last call
        self._handlers_made = 0
        self._started = False
        self._synced = False
        self._settled = self._runtime.event()  # the first list is in the copy, or never will be
        self._ended = self._runtime.event()
        self._resync_task: AsyncTask | None = None
        self._resync_planned = self._runtime.event()  # the times of resyncs have changed, or there are none any more
        self._reflector = AsyncReflector[T](
            lister_watcher,
            self,
            runtime=self._runtime,
            name=f"informer {self.name}",
            options=options,
            on_watch_error=on_watch_error,
        )

    @property
    def store(self) -> Indexer[T]:
        """The local copy."""
        return self.indexer

    @property
    def lister(self) -> Lister[T]:
        """Reads from the copy as one would read from the server."""
        return Lister(self.indexer, self._resource)

    @property
    def last_sync_resource_version(self) -> str:
        """The newest version that the copy has seen."""
        return self._reflector.last_sync_resource_version

    @property
    def is_stopped(self) -> bool:
        """Whether it ran and has ended; it cannot run again."""
        return self._ended.is_set()

    def has_synced(self) -> bool:
        """Whether the copy holds the whole first list."""
        return self._synced

    def add_indexers(self, indexers: Mapping[str, IndexFunc]) -> None:
        """Adds indexes, also while running.

        Raises IndexerError when a name is taken, RuntimeError when the informer has stopped.
        """
        if self._ended.is_set():
            raise RuntimeError(f"informer {self.name} was stopped: no indexer can be added to it")
        self.indexer.add_indexers(indexers)

    def add_event_handler(
        self,
        handler: AsyncResourceEventHandler[T] | None = None,
        *,
        on_add: Callable[[T], Any] | None = None,
        on_update: Callable[[T, T], Any] | None = None,
        on_delete: Callable[[T | DeletedFinalStateUnknown[T]], Any] | None = None,
        resync_period: float | None = None,
    ) -> AsyncHandlerRegistration[T]:
        """Registers a handler object, or functions. One that comes late is told of everything that is there first.

        Args:
            resync_period: seconds after which it is told of everything again; 0: never; at least one second.

        Raises ValueError when both are given, RuntimeError when the informer has stopped.
        """
        if handler is not None and (on_add or on_update or on_delete):
            raise ValueError("give either a handler object or functions, not both")
        chosen = handler if handler is not None else AsyncFunctionHandler(on_add, on_update, on_delete)
        period = self._resync_period if resync_period is None else resync_period
        if 0 < period < MINIMUM_RESYNC_PERIOD:
            logger.warning(
                "informer %s: a resync period of %s seconds is too short, it is one second", self.name, period
            )
            period = MINIMUM_RESYNC_PERIOD
        with self._guard:
            if self._ended.is_set():
                raise RuntimeError(f"informer {self.name} was stopped: no handler can be added to it")
            self._handlers_made += 1
            registration: AsyncHandlerRegistration[T] = AsyncHandlerRegistration(
                chosen,
                self._runtime,
                self.has_synced,
                name=f"informer {self.name} handler {self._handlers_made}",
                resync_ns=round(period * 1e9),
            )
            for obj in self.indexer.list():
                registration.notify(Notification(None, obj, is_initial_list=True))
            registration.settle()
            self._registrations.append(registration)
            if self._started:
                registration.start()
            self._plan_resync()
        return registration

    def remove_event_handler(self, registration: AsyncHandlerRegistration[T]) -> None:
        """Takes a handler away; the call it is in is its last. Nothing happens when it was taken away before."""
        with self._guard:
            if registration in self._registrations:
                self._registrations.remove(registration)
                registration.stop()
                self._leaving = [one for one in (*self._leaving, registration) if not one.done()]
                self._plan_resync()

    async def run(self, stop: AsyncEvent) -> None:
        """Fills the copy and keeps it up to date until `stop` is set. Raises RuntimeError when it ran before."""
        with self._guard:
            if self._started:
                raise RuntimeError(f"informer {self.name} has started already: it can run once")
            self._started = True
            for registration in self._registrations:
                registration.start()
            self._plan_resync()
        try:
            await self._reflector.run(stop)
        finally:
            await self._end(cancelled=not stop.is_set())

    async def _end(self, *, cancelled: bool) -> None:
        with self._guard:
            self._ended.set()
            self._settled.set()
            self._resync_planned.set()
            registrations = [*self._registrations, *self._leaving]
        for registration in registrations:
            registration.stop()
            if cancelled:
                registration.cancel()
        if self._resync_task is not None:
            await self._resync_task.join()
        for registration in registrations:
            await registration.join()

    async def wait_for_sync(self, timeout: float | None = None) -> bool:
        """Waits until the copy holds the first list; False when `timeout` seconds passed or the informer stopped."""
        await self._settled.wait(timeout)
        return self.has_synced()

    # What the reflector calls.

    def replace(self, objects: list[T], resource_version: str) -> None:  # noqa: ARG002
        """Takes a new list over."""
        transform = self._transform
        if transform is not None:
            objects = [transform(obj) for obj in objects]
        with self._guard:
            if len(objects) < _MANY:
                self._fifo.replace(objects)
                self._process()
                return
            with resting():
                self._fifo.replace(objects)
                self._process()

    def add(self, obj: T) -> None:
        """Takes an ADDED event over."""
        if self._transform is not None:
            obj = self._transform(obj)
        with self._guard:
            self._fifo.add(obj)
            self._process()

    def update(self, obj: T) -> None:
        """Takes a MODIFIED event over."""
        if self._transform is not None:
            obj = self._transform(obj)
        with self._guard:
            self._fifo.update(obj)
            self._process()

    def delete(self, obj: T) -> None:
        """Takes a DELETED event over."""
        if self._transform is not None:
            obj = self._transform(obj)
        with self._guard:
            self._fifo.delete(obj)
            self._process()

    def _process(self) -> None:
        fifo = self._fifo
        while len(fifo):
            initial = fifo.in_initial_list
            delta = fifo.pop()
            try:
                self._apply(delta, initial)
            except Exception:  # an index function's, most likely; what the copy held of this object it still holds
                logger.exception("informer %s: %s of %s was not taken over", self.name, delta.type.value, delta.key)
        if not self._synced and fifo.has_synced:
            self._synced = True
            self._settled.set()
            for registration in self._registrations:
                registration.settle()

    def _apply(self, delta: Delta[T], initial: bool) -> None:
        kind, key, obj = delta
        if kind is DeltaType.DELETED or isinstance(obj, DeletedFinalStateUnknown):
            if self.indexer.remove(key) is not None:  # nobody hears twice that an object is gone
                self._tell(Notification(obj, None))
            return
        old = self.indexer.put(key, obj)
        if old is None:
            self._tell(Notification(None, obj, is_initial_list=initial))
            return
        # A new list, or an event that comes twice, often brings what is known already.
        unchanged = old is obj or resource_version_of(old) == resource_version_of(obj)
        self._tell(Notification(old, obj), unchanged=unchanged)

    def _tell(self, notification: Notification[T], *, unchanged: bool = False) -> None:
        for registration in self._registrations:
            if not unchanged or registration.syncing:
                registration.notify(notification)

    def _plan_resync(self) -> None:
        """Starts the task that resyncs, or makes it look again, when there is a handler that wants it."""
        if not self._started or self._ended.is_set():
            return
        if self._resync_task is not None:
            self._resync_planned.set()
        elif any(registration.resync_ns for registration in self._registrations):
            self._resync_task = self._runtime.spawn(self._resync, name=f"informer {self.name} resync")

    async def _resync(self) -> None:
        """Tells handlers of everything again whenever their period is over."""
        clock = self._runtime.clock
        while True:
            self._resync_planned.clear()  # before anything is read: what changes after that wakes the wait below
            if self._ended.is_set():
                return
            with self._guard:
                times = [one.next_resync_ns for one in self._registrations if one.resync_ns]
            wait = max(0, min(times) - clock.monotonic_ns()) * 1e-9 if times else None
            if not await self._resync_planned.wait(wait):
                self._resync_due(clock.monotonic_ns())

    def _resync_due(self, now_ns: int) -> None:
        with self._guard:
            due = [one for one in self._registrations if one.resync_ns and one.next_resync_ns <= now_ns]
            if not due:
                return
            for registration in self._registrations:
                registration.syncing = False
            for registration in due:
                registration.syncing = True
                registration.next_resync_ns = now_ns + registration.resync_ns
            if self._synced:
                self._fifo.resync()
                self._process()

    def __repr__(self) -> str:
        state = "stopped" if self._ended.is_set() else "running" if self._started else "not started"
        return f"<AsyncSharedIndexInformer {self.name} {state}, {len(self.indexer)} objects>"
