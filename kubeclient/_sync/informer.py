# generated from kubeclient/_async/informer.py by .ci/twin.py, do not edit
"""A shared, eventually consistent local copy of a collection, and notifications of its changes.

Guarantees, as client-go's SharedInformer gives them: if nothing changes for long enough, the copy equals the collection.
For one object, a handler sees its states in their order, though not necessarily every state; an add comes first, a delete
ends the life of that object. The copy is changed before a handler hears of it, so a handler that reads it may see a later
state than the one it is told of. Not guaranteed: any order between different objects or different handlers.

Objects in the copy are shared. Nobody may change them: neither handlers nor readers.

When it is stopped, handlers finish the call they are in; what still waits for them is dropped. `run` returns when nothing
of the informer runs any more.

There is no queue between the reflector and the copy: what a watch brings at once is taken over at once, and then queued for
the handlers. So nothing waits that `delta_fifo` would hold.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery import resourceversion
from kubeclient.apimachinery.collector import Rests, resting
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.meta import meta_namespace_key, resource_version_of
from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown
from kubeclient.machines.handler_name import handler_name
from kubeclient.machines.indexer import NAMESPACE_INDEX, Indexer, IndexFunc, KeyFunc, meta_namespace_index
from kubeclient.machines.informer_metrics import InformerMetrics
from kubeclient.machines.lister import Lister
from kubeclient.machines.mutation_detector import MutationDetector
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.features import mutations_are_detected
from kubeclient.runtime.protocol import Event, Runtime, Task

from .event_handlers import FunctionHandler, HandlerRegistration, Notification, ResourceEventHandler
from .reflector import ListerWatcher, Reflector, SelectorKeywords, WatchErrorHandler

__all__ = ["SharedIndexInformer"]

T = TypeVar("T")

MINIMUM_RESYNC_PERIOD = 1.0
DETECT_EVERY = 1.0
_MANY = 1_000
"""Objects of a list from which taking it over is worth a word with the collector."""

logger = logging.getLogger("kubeclient.informer")


class SharedIndexInformer(Generic[T]):
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
        watch_list: whether lists are streamed; by default as the feature gate WatchListClient says.
        detect_mutations: whether objects of the copy are watched for changes, which nobody may make; it costs a copy of
            each and a comparison a second. By default as the variable KUBE_CACHE_MUTATION_DETECTOR says.
        metrics: hooks that are told how it goes.
        runtime: by default the one of the context.
    """

    def __init__(
        self,
        lister_watcher: ListerWatcher[T],
        *,
        name: str = "",
        resource: GroupResource | None = None,
        resync_period: float = 0,
        indexers: Mapping[str, IndexFunc] | None = None,
        key_func: KeyFunc = meta_namespace_key,
        options: SelectorKeywords | None = None,
        transform: Callable[[T], T] | None = None,
        on_watch_error: WatchErrorHandler | None = None,
        watch_list: bool | None = None,
        detect_mutations: bool | None = None,
        metrics: InformerMetrics | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.name = name or repr(lister_watcher)
        self._resource = resource if resource is not None else GroupResource("", self.name)
        self._runtime = runtime if runtime is not None else current_runtime()
        self._guard = self._runtime.guard()  # held while the copy and the handlers' queues change together
        indexes = {NAMESPACE_INDEX: meta_namespace_index, **(indexers or {})}
        self.indexer: Indexer[T] = Indexer(key_func=key_func, indexers=indexes, guard=self._guard)
        self._key_func = key_func
        self._told: list[Notification[T]] = []  # of the batch under way, with the places of those that are no news
        self._no_news: set[int] = set()
        self._metrics = metrics
        self._rests = Rests()
        self._detector = MutationDetector[T](self.name) if _detects(detect_mutations) else None
        self._detecting: Task | None = None
        self._newer = self._runtime.event()  # the copy has become newer
        self._version_waiters = 0  # those whom that interests
        self._resync_period = resync_period
        self._registrations: list[HandlerRegistration[T]] = []
        self._leaving: list[HandlerRegistration[T]] = []  # taken away, perhaps in their last call
        self._handlers_made = 0
        self._started = False
        self._synced = False
        self._settled = self._runtime.event()  # the first list is in the copy, or never will be
        self._ended = self._runtime.event()
        self._resync_task: Task | None = None
        self._resync_planned = self._runtime.event()  # the times of resyncs have changed, or there are none any more
        self._reflector = Reflector[T](
            lister_watcher,
            self,
            runtime=self._runtime,
            name=f"informer {self.name}",
            options=options,
            key_func=key_func,
            transform=transform,
            on_watch_error=on_watch_error,
            watch_list=watch_list,
            around_events=self._rests,
            around_lists=Rests(growing=True),
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
    def last_store_sync_resource_version(self) -> str:
        """The version of the last change or bookmark that is in the copy."""
        return self.indexer.last_store_sync_resource_version

    def wait_for_resource_version(self, resource_version: str, timeout: float | None = None) -> bool:
        """Waits until the copy is at least as new as that version, so that what was written is read.

        False when `timeout` seconds passed before, or the informer stopped. Versions are compared as numbers, as servers
        make them; raises ValueError for one that is none. A version that only objects elsewhere have is reached with the
        next bookmark, about a minute later.
        """
        resourceversion.compare(resource_version, resource_version)
        clock = self._runtime.clock
        end = None if timeout is None else clock.monotonic_ns() + round(timeout * 1e9)
        while True:
            with self._guard:
                reached = self.last_store_sync_resource_version
                if self._synced and resourceversion.compare(reached, resource_version) >= 0:
                    return True
                if self._ended.is_set():
                    return False
                newer = self._newer
                self._version_waiters += 1
            left = None if end is None else (end - clock.monotonic_ns()) * 1e-9
            if left is not None and left <= 0:
                return False
            newer.wait(left)  # who stops waiting costs a wake-up that nobody hears

    def set_transform(self, transform: Callable[[T], T] | None) -> None:
        """Changes what is called with every object. Raises RuntimeError when the informer has started."""
        with self._guard:
            self._check_not_started()
            self._reflector.transform = transform

    def set_watch_error_handler(self, on_watch_error: WatchErrorHandler | None) -> None:
        """Changes what is called with errors. Raises RuntimeError when the informer has started."""
        with self._guard:
            self._check_not_started()
            self._reflector.on_watch_error = on_watch_error

    def _check_not_started(self) -> None:
        if self._started:
            raise RuntimeError(f"informer {self.name} has already started")

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
        handler: ResourceEventHandler[T] | None = None,
        *,
        on_add: Callable[[T], Any] | None = None,
        on_update: Callable[[T, T], Any] | None = None,
        on_delete: Callable[[T | DeletedFinalStateUnknown[T]], Any] | None = None,
        name: str = "",
        resync_period: float | None = None,
    ) -> HandlerRegistration[T]:
        """Registers a handler object, or functions. One that comes late is told of everything that is there first.

        Args:
            name: what it is called in logs; by default by its class or its functions.
            resync_period: seconds after which it is told of everything again; 0: never; at least one second.

        Raises ValueError when both are given, RuntimeError when the informer has stopped.
        """
        if handler is not None and (on_add or on_update or on_delete):
            raise ValueError("give either a handler object or functions, not both")
        chosen = handler if handler is not None else FunctionHandler(on_add, on_update, on_delete)
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
            registration: HandlerRegistration[T] = HandlerRegistration(
                chosen,
                self._runtime,
                self.has_synced,
                name=f"informer {self.name} handler {self._handlers_made} {name or handler_name(chosen)}",
                resync_ns=round(period * 1e9),
                metrics=self._metrics,
            )
            registration.notify([(None, obj) for obj in self.indexer.list()], is_initial_list=True)
            registration.settle()
            self._registrations.append(registration)
            if self._started:
                registration.start()
            self._plan_resync()
        return registration

    def remove_event_handler(self, registration: HandlerRegistration[T]) -> None:
        """Takes a handler away; the call it is in is its last. Nothing happens when it was taken away before."""
        with self._guard:
            if registration in self._registrations:
                self._registrations.remove(registration)
                registration.stop()
                self._leaving = [one for one in (*self._leaving, registration) if not one.done()]
                self._plan_resync()

    def run(self, stop: Event) -> None:
        """Fills the copy and keeps it up to date until `stop` is set. Raises RuntimeError when it ran before."""
        with self._guard:
            if self._started:
                raise RuntimeError(f"informer {self.name} has started already: it can run once")
            self._started = True
            for registration in self._registrations:
                registration.start()
            self._plan_resync()
            if self._detector is not None:
                self._detecting = self._runtime.spawn(
                    self._detect, self._detector, name=f"informer {self.name} detector"
                )
        try:
            self._reflector.run(stop)
        finally:
            self._end(cancelled=not stop.is_set())

    def _end(self, *, cancelled: bool) -> None:
        with self._guard:
            self._ended.set()
            self._settled.set()
            self._resync_planned.set()
            self._newer.set()
            registrations = [*self._registrations, *self._leaving]
        for registration in registrations:
            registration.stop()
            if cancelled:
                registration.cancel()
        for task in (self._resync_task, self._detecting):
            if task is not None:
                task.join()
        for registration in registrations:
            registration.join()

    def wait_for_sync(self, timeout: float | None = None) -> bool:
        """Waits until the copy holds the first list; False when `timeout` seconds passed or the informer stopped."""
        self._settled.wait(timeout)
        return self.has_synced()

    # What the reflector calls.

    def replace(self, objects: list[T], resource_version: str) -> None:
        """Takes a new list over: all at once, so that no reader sees half of it."""
        with resting() if len(objects) >= _MANY else nullcontext():
            key_func = self._key_func
            self._take_list({key_func(obj): obj for obj in objects}, resource_version)
        self._rests.settle()

    def _take_list(self, items: dict[str, T], resource_version: str) -> None:
        with self._guard:
            try:
                before = self.indexer.replace_items(items, resource_version)
            except Exception:  # noqa: BLE001  an index function's; those it is about are told of below
                items = self._indexable(items)
                before = self.indexer.replace_items(items, resource_version)
            told = self._told
            for key, old in before.items():
                if key not in items:
                    told.append((DeletedFinalStateUnknown(key, old), None))
            if before:
                for key, obj in items.items():
                    self._note(before.get(key), obj)
            else:
                told.extend([(None, obj) for obj in items.values()])
            if self._detector is not None:
                self._detector.add(items.values())
            initial = not self._synced
            self._flush(is_initial_list=initial)
            if initial:
                self._synced = True
                self._settled.set()
                for registration in self._registrations:
                    registration.settle()

    def _indexable(self, items: dict[str, T]) -> dict[str, T]:
        """What index functions have nothing against; of the others what the copy holds now."""
        found: dict[str, T] = {}
        functions = self.indexer.indexers.values()
        for key, obj in items.items():
            try:
                for function in functions:
                    list(function(obj))
            except Exception:
                logger.exception("informer %s: %s of a new list was not taken over", self.name, key)
                old = self.indexer.get_by_key(key)
                if old is not None:
                    found[key] = old
            else:
                found[key] = obj
        return found

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Around changes that come at once: nobody reads in between, and handlers are told afterwards."""
        began = self._runtime.clock.monotonic_ns() if self._metrics is not None else 0
        with self._guard:
            try:
                yield
            finally:
                self._flush()
        if self._metrics is not None:
            self._metrics.processed((self._runtime.clock.monotonic_ns() - began) * 1e-9)

    def add(self, obj: T) -> None:
        """Takes an ADDED or MODIFIED event over."""
        version = resource_version_of(obj)
        old = self.indexer.put(self._key_func(obj), obj, version)
        if old is not None and (old is obj or resource_version_of(old) == version):
            self._no_news.add(len(self._told))
        self._told.append((old, obj))
        if self._detector is not None:
            self._detector.add((obj,))

    update = add

    def delete(self, obj: T) -> None:
        """Takes a DELETED event over."""
        if self.indexer.remove(self._key_func(obj), resource_version_of(obj)) is not None:
            self._told.append((obj, None))  # nobody hears twice that an object is gone

    def bookmark(self, resource_version: str) -> None:
        """Takes a BOOKMARK event over."""
        self.indexer.bookmark(resource_version)

    def _note(self, old: T | None, new: T) -> None:
        # A new list, or an event that comes twice, often brings what is known already.
        if old is not None and (old is new or resource_version_of(old) == resource_version_of(new)):
            self._no_news.add(len(self._told))
        self._told.append((old, new))

    def _flush(self, *, is_initial_list: bool = False) -> None:
        """Tells the handlers what has happened."""
        told, no_news = self._told, self._no_news
        if self._version_waiters and not self._ended.is_set():
            self._version_waiters = 0
            newer, self._newer = self._newer, self._runtime.event()
            newer.set()
        if self._metrics is not None:
            self._metrics.stored(self.indexer.last_store_sync_resource_version)
        if not told:
            return
        self._told, self._no_news = [], set()
        news = told
        if no_news:
            news = [one for place, one in enumerate(told) if place not in no_news]
        for registration in self._registrations:
            registration.notify(told if registration.syncing else news, is_initial_list=is_initial_list)

    def _detect(self, detector: MutationDetector[T]) -> None:
        clock = self._runtime.clock
        while not self._ended.wait(DETECT_EVERY):
            detector.compare(clock.monotonic_ns())

    def _plan_resync(self) -> None:
        """Starts the task that resyncs, or makes it look again, when there is a handler that wants it."""
        if not self._started or self._ended.is_set():
            return
        if self._resync_task is not None:
            self._resync_planned.set()
        elif any(registration.resync_ns for registration in self._registrations):
            self._resync_task = self._runtime.spawn(self._resync, name=f"informer {self.name} resync")

    def _resync(self) -> None:
        """Tells handlers of everything again whenever their period is over."""
        clock = self._runtime.clock
        while True:
            self._resync_planned.clear()  # before anything is read: what changes after that wakes the wait below
            if self._ended.is_set():
                return
            with self._guard:
                times = [one.next_resync_ns for one in self._registrations if one.resync_ns]
            wait = max(0, min(times) - clock.monotonic_ns()) * 1e-9 if times else None
            if not self._resync_planned.wait(wait):
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
                told = [(obj, obj) for obj in self.indexer.list()]
                for registration in due:
                    registration.notify(told)

    def __repr__(self) -> str:
        state = "stopped" if self._ended.is_set() else "running" if self._started else "not started"
        return f"<SharedIndexInformer {self.name} {state}, {len(self.indexer)} objects>"


def _detects(wanted: bool | None) -> bool:
    return mutations_are_detected() if wanted is None else wanted
