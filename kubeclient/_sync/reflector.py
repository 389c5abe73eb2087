# generated from kubeclient/_async/reflector.py by .ci/twin.py, do not edit
"""Keeps a sink equal to a collection on the server: lists once, then watches, for as long as it runs.

All decisions are `machines.reflector`'s; this driver lists, watches and sleeps as it is told, and hands what comes to the
sink. The sink is called from one task at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypedDict, TypeVar, Unpack

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.meta import continue_of, resource_version_of
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.options import ListKeywords, WatchKeywords
from kubeclient.machines.reflector import ListCommand, ReflectorMachine, SleepCommand, WatchCommand
from kubeclient.runtime.protocol import Event, Runtime

from .watch import Watch

__all__ = ["ListerWatcher", "Reflector", "SelectorKeywords", "Sink", "WatchErrorHandler"]

T = TypeVar("T")

PAGE_SIZE = 500

WatchErrorHandler = Callable[[Exception], None]

logger = logging.getLogger("kubeclient.reflector")


class SelectorKeywords(TypedDict, total=False):
    """What narrows a collection down."""

    label_selector: str
    field_selector: str


class ListerWatcher(Protocol[T]):
    """What a reflector reads from; every resource client is one."""

    def list(self, **options: Unpack[ListKeywords]) -> Any:
        """A list with `items` and `metadata`, taking list options as keywords."""
        ...

    def watch(self, **options: Unpack[WatchKeywords]) -> Watch[T]:
        """A watch that was not opened yet, taking watch options as keywords."""
        ...


class Sink(Protocol[T]):
    """What a reflector writes to."""

    def replace(self, objects: list[T], resource_version: str) -> None: ...

    def add(self, obj: T) -> None: ...

    def update(self, obj: T) -> None: ...

    def delete(self, obj: T) -> None: ...


class Reflector(Generic[T]):
    """Lists and watches until it is told to stop.

    Args:
        lister_watcher: where to read.
        sink: where to write.
        name: for logs, and for the tasks that run for it.
        options: list and watch options that every request gets (selectors).
        on_watch_error: called with every error that made it wait; logs it by default.
        min_watch_timeout: the shortest timeout asked of a watch, in seconds.
    """

    def __init__(
        self,
        lister_watcher: ListerWatcher[T],
        sink: Sink[T],
        *,
        runtime: Runtime,
        name: str = "",
        options: SelectorKeywords | None = None,
        on_watch_error: WatchErrorHandler | None = None,
        min_watch_timeout: int = 300,
    ) -> None:
        self.name = name
        self._lister_watcher = lister_watcher
        self._sink = sink
        self._runtime = runtime
        self._options: SelectorKeywords = options or {}
        self._on_watch_error = on_watch_error
        self._machine = ReflectorMachine(runtime.random, min_timeout_seconds=min_watch_timeout)
        self._watching: Watch[T] | None = None

    @property
    def last_sync_resource_version(self) -> str:
        """The newest version that the sink has seen; "" before the first list."""
        return self._machine.last_sync_resource_version

    def run(self, stop: Event) -> None:
        """Runs until `stop` is set."""
        closer = self._runtime.spawn(self._close_when, stop, name=f"{self.name} watch closer")
        try:
            self._obey(self._machine.start(), stop)
        finally:
            if not stop.is_set():  # this task is being cancelled; nobody will set the event for the closer
                closer.cancel()

    def _obey(self, command: ListCommand | WatchCommand | SleepCommand, stop: Event) -> None:
        while not stop.is_set():
            if isinstance(command, SleepCommand):
                self._runtime.sleep(command.ns * 1e-9, stop)
                command = command.then
            elif isinstance(command, ListCommand):
                command = self._list(command)
            else:
                command = self._watch(command, stop)

    def _close_when(self, stop: Event) -> None:
        # A read of a quiet watch wakes for nothing but its end, so somebody has to end it.
        stop.wait()
        watch = self._watching
        if watch is not None:
            watch.close()

    def _list(self, command: ListCommand) -> ListCommand | WatchCommand | SleepCommand:
        try:
            objects, resource_version = self._all_pages(command.resource_version)
        except Exception as error:  # noqa: BLE001  whatever failed, the next list may work
            self._report(error)
            return self._machine.list_failed(error, self._runtime.clock.monotonic_ns())
        self._sink.replace(objects, resource_version)
        return self._machine.listed(resource_version)

    def _all_pages(self, resource_version: str) -> tuple[list[T], str]:
        # A list at "0" is answered from memory and whole; pages are for consistent reads.
        lister = self._lister_watcher
        if resource_version:
            page = lister.list(**self._options, resource_version=resource_version)
        else:
            page = lister.list(**self._options, limit=PAGE_SIZE)
        objects = list(page.items)
        while token := continue_of(page):
            page = lister.list(**self._options, limit=PAGE_SIZE, continue_=token)
            objects += page.items
        return objects, resource_version_of(page)

    def _watch(self, command: WatchCommand, stop: Event) -> ListCommand | WatchCommand | SleepCommand:
        clock = self._runtime.clock
        watch = self._lister_watcher.watch(
            **self._options,
            resource_version=command.resource_version,
            timeout_seconds=command.timeout_seconds,
            allow_watch_bookmarks=True,
        )
        self._watching = watch
        started, events, failed = clock.monotonic_ns(), 0, None
        try:
            if stop.is_set():
                return command
            try:
                watch.open()
            except Exception as error:  # noqa: BLE001
                self._report(error)
                return self._machine.watch_refused(error, clock.monotonic_ns())
            try:
                for event in watch:
                    self._deliver(event)
                    events += 1
            except Exception as error:  # noqa: BLE001
                failed = error
                self._report(error)
        finally:
            self._watching = None
            watch.close()
        now = clock.monotonic_ns()
        return self._machine.watch_ended(failed, lasted_ns=now - started, events=events, now_ns=now)

    def _deliver(self, event: WatchEvent[T]) -> None:
        obj = event.object
        if event.type == watch_event.ADDED:
            self._sink.add(obj)
        elif event.type == watch_event.MODIFIED:
            self._sink.update(obj)
        elif event.type == watch_event.DELETED:
            self._sink.delete(obj)
        elif event.type != watch_event.BOOKMARK:
            raise ValueError(f"{self.name}: the watch sent an event of the unknown type {event.type!r}")
        self._machine.saw(resource_version_of(obj))

    def _report(self, error: Exception) -> None:
        if self._on_watch_error is not None:
            self._on_watch_error(error)
        else:
            logger.warning("%s: list or watch failed: %s: %s", self.name, type(error).__name__, error)

    def __repr__(self) -> str:
        return f"<Reflector {self.name} at {self.last_sync_resource_version or 'the start'}>"
