"""A shared, eventually consistent local copy of a collection, and notifications of its changes.

Guarantees, as client-go's SharedInformer gives them: if nothing changes for long enough, the copy equals the collection.
For one object, a handler sees its states in their order, though not necessarily every state; an add comes first, a delete
ends the life of that object. The copy is changed before a handler hears of it, so a handler that reads it may see a later
state than the one it is told of. Not guaranteed: any order between different objects or different handlers.

Objects in the copy are shared. Nobody may change them: neither handlers nor readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key, resource_version_of
from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown, Delta, DeltaType, RealFIFO
from kubeclient.machines.indexer import NAMESPACE_INDEX, Indexer, IndexFunc, KeyFunc, meta_namespace_index
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime, AsyncTask

from .event_handlers import AsyncFunctionHandler, AsyncHandlerRegistration, AsyncResourceEventHandler, Notification
from .reflector import AsyncListerWatcher, AsyncReflector, SelectorKeywords, WatchErrorHandler

__all__ = ["AsyncSharedIndexInformer"]

T = TypeVar("T")


class AsyncSharedIndexInformer(Generic[T]):
    """One list and watch, one indexed copy, any number of handlers.

    Args:
        lister_watcher: where the objects come from, as `client.core_v1.pods("")`.
        name: for logs and task names.
        resync_period: seconds after which handlers that do not say otherwise are told of everything again; 0: never.
        indexers: indexes of the copy; one by namespace is always there.
        options: list and watch options that every request gets, as `label_selector`.
        transform: called with every object before it is stored; what it returns is stored in its place.
        runtime: by default the one of the context.
    """

    def __init__(
        self,
        lister_watcher: AsyncListerWatcher[T],
        *,
        name: str = "",
        resync_period: float = 0,
        indexers: Mapping[str, IndexFunc] | None = None,
        key_func: KeyFunc = meta_namespace_key,
        options: SelectorKeywords | None = None,
        transform: Callable[[T], T] | None = None,
        on_watch_error: WatchErrorHandler | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self.name = name or repr(lister_watcher)
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()  # held while the copy and the handlers' queues change together
        indexes = {NAMESPACE_INDEX: meta_namespace_index, **(indexers or {})}
        self.indexer: Indexer[T] = Indexer(key_func=key_func, indexers=indexes, guard=self._guard)
        self._fifo: RealFIFO[T] = RealFIFO(self.indexer)
        self._transform = transform
        self._resync_period = resync_period
        self._registrations: list[AsyncHandlerRegistration[T]] = []
        self._handlers_made = 0
        self._started = False
        self._stopped = False
        self._settled = self._runtime.event()  # the first list is in the copy, or never will be
        self._stop: AsyncEvent | None = None
        self._resync_task: AsyncTask | None = None
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
    def last_sync_resource_version(self) -> str:
        """The newest version that the copy has seen."""
        return self._reflector.last_sync_resource_version

    @property
    def is_stopped(self) -> bool:
        """Whether it ran and has ended; it cannot run again."""
        return self._stopped

    def has_synced(self) -> bool:
        """Whether the copy holds the whole first list."""
        return self._fifo.has_synced

    def add_indexers(self, indexers: Mapping[str, IndexFunc]) -> None:
        """Adds indexes, also while running. Raises IndexerError when a name is taken."""
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

        Raises ValueError when both are given, RuntimeError when the informer has stopped.
        """
        if handler is not None and (on_add or on_update or on_delete):
            raise ValueError("give either a handler object or functions, not both")
        if self._stopped:
            raise RuntimeError(f"informer {self.name} was stopped: no handler can be added to it")
        chosen = handler if handler is not None else AsyncFunctionHandler(on_add, on_update, on_delete)
        period = self._resync_period if resync_period is None else resync_period
        with self._guard:
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
            self._registrations.append(registration)
            if self._started:
                registration.start()
                self._start_resync()
        return registration

    def remove_event_handler(self, registration: AsyncHandlerRegistration[T]) -> None:
        """Takes a handler away; nothing happens when it was taken away before."""
        with self._guard:
            if registration in self._registrations:
                self._registrations.remove(registration)
                registration.stop()

    async def run(self, stop: AsyncEvent) -> None:
        """Fills the copy and keeps it up to date until `stop` is set. Raises RuntimeError when it ran before."""
        with self._guard:
            if self._started:
                raise RuntimeError(f"informer {self.name} has started already: it can run once")
            self._started, self._stop = True, stop
            for registration in self._registrations:
                registration.start()
            self._start_resync()
        try:
            await self._reflector.run(stop)
        finally:
            self._end()
        if self._resync_task is not None:
            await self._resync_task.join()
        for registration in list(self._registrations):
            await registration.join()

    def _end(self) -> None:
        with self._guard:
            self._stopped = True
            self._settled.set()
            if self._resync_task is not None and self._stop is not None and not self._stop.is_set():
                self._resync_task.cancel()  # this task is being cancelled; nobody will set the event for that one
            for registration in self._registrations:
                registration.stop()

    async def wait_for_sync(self, timeout: float | None = None) -> bool:
        """Waits until the copy holds the first list; False when `timeout` seconds passed or the informer stopped."""
        await self._settled.wait(timeout)
        return self.has_synced()

    # What the reflector calls.

    def replace(self, objects: list[T], resource_version: str) -> None:  # noqa: ARG002
        """Takes a new list over."""
        transform = self._transform
        with self._guard:
            self._fifo.replace(objects if transform is None else [transform(obj) for obj in objects])
            self._process()

    def add(self, obj: T) -> None:
        """Takes an ADDED event over."""
        with self._guard:
            self._fifo.add(obj if self._transform is None else self._transform(obj))
            self._process()

    def update(self, obj: T) -> None:
        """Takes a MODIFIED event over."""
        with self._guard:
            self._fifo.update(obj if self._transform is None else self._transform(obj))
            self._process()

    def delete(self, obj: T) -> None:
        """Takes a DELETED event over."""
        with self._guard:
            self._fifo.delete(obj if self._transform is None else self._transform(obj))
            self._process()

    def _process(self) -> None:
        fifo = self._fifo
        while len(fifo):
            initial = fifo.in_initial_list
            self._apply(fifo.pop(), initial)
        if fifo.has_synced and not self._settled.is_set():
            self._settled.set()

    def _apply(self, delta: Delta[T], initial: bool) -> None:
        obj = delta.obj
        if delta.type is DeltaType.DELETED or isinstance(obj, DeletedFinalStateUnknown):
            self.indexer.remove(delta.key)
            self._tell(Notification(obj, None))
            return
        old = self.indexer.put(delta.key, obj)
        if old is None:
            self._tell(Notification(None, obj, is_initial_list=initial))
            return
        # A new list often brings what is known already; only those who asked for resyncs hear of that.
        unchanged = delta.type is DeltaType.SYNC or (
            delta.type is DeltaType.REPLACED and resource_version_of(old) == resource_version_of(obj)
        )
        self._tell(Notification(old, obj), resync=unchanged)

    def _tell(self, notification: Notification[T], *, resync: bool = False) -> None:
        for registration in self._registrations:
            if not resync or registration.syncing:
                registration.notify(notification)

    def _start_resync(self) -> None:
        """Starts the task that resyncs, as soon as there is a handler that wants it."""
        if self._resync_task is None and any(registration.resync_ns for registration in self._registrations):
            self._resync_task = self._runtime.spawn(self._resync, name=f"informer {self.name} resync")

    async def _resync(self) -> None:
        """Tells handlers of everything again whenever their period is over."""
        clock, stop = self._runtime.clock, self._stop
        assert stop is not None
        while not stop.is_set():
            periods = [registration.resync_ns for registration in self._registrations if registration.resync_ns]
            if not periods:
                self._resync_task = None  # the last handler that wanted it was taken away
                return
            if await self._runtime.sleep(min(periods) * 1e-9, stop) and self.has_synced():
                self._resync_due(clock.monotonic_ns())

    def _resync_due(self, now_ns: int) -> None:
        with self._guard:
            for registration in self._registrations:
                registration.syncing = registration.resync_ns > 0 and registration.next_resync_ns <= now_ns
                if registration.syncing:
                    registration.next_resync_ns = now_ns + registration.resync_ns
            self._fifo.resync()
            self._process()
            for registration in self._registrations:
                registration.syncing = False

    def __repr__(self) -> str:
        state = "stopped" if self._stopped else "running" if self._started else "not started"
        return f"<AsyncSharedIndexInformer {self.name} {state}, {len(self.indexer)} objects>"
