"""Keeps a sink equal to a collection on the server: lists once, then watches, for as long as it runs.

All decisions are `machines.reflector`'s; this driver lists, watches and sleeps as it is told, and hands what comes to the
sink. The sink is called from one task at a time. A sink that raises at a list makes the list fail, to be tried again; one
that raises at an event loses that event, as the next one would be lost too if the watch ended for it.

A request that is on its way when the reflector is stopped is waited for, and what it brings is thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypedDict, TypeVar, Unpack, cast

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.meta import continue_of, resource_version_of
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.options import ListKeywords, WatchKeywords
from kubeclient.machines.pager import PageCursor
from kubeclient.machines.reflector import Command, ListCommand, ReflectorMachine, SleepCommand, WatchCommand, is_expired
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime

from .watch import AsyncWatch

__all__ = ["AsyncListerWatcher", "AsyncReflector", "SelectorKeywords", "Sink", "WatchErrorHandler"]

T = TypeVar("T")

WatchErrorHandler = Callable[[Exception], None]

EVENTS_A_TURN = 256  # then others get theirs: reading what has arrived already does not wait

logger = logging.getLogger("kubeclient.reflector")


class SelectorKeywords(TypedDict, total=False):
    """What narrows a collection down."""

    label_selector: str
    field_selector: str


class AsyncListerWatcher(Protocol[T]):
    """What a reflector reads from; every resource client is one."""

    async def list(self, **options: Unpack[ListKeywords]) -> Any:
        """A list with `items` and `metadata`, taking list options as keywords."""
        ...

    def watch(self, **options: Unpack[WatchKeywords]) -> AsyncWatch[T]:
        """A watch that was not opened yet, taking watch options as keywords."""
        ...


class Sink(Protocol[T]):
    """What a reflector writes to."""

    def replace(self, objects: list[T], resource_version: str) -> None: ...

    def add(self, obj: T) -> None: ...

    def update(self, obj: T) -> None: ...

    def delete(self, obj: T) -> None: ...


class AsyncReflector(Generic[T]):
    """Lists and watches until it is told to stop.

    Args:
        lister_watcher: where to read.
        sink: where to write.
        name: for logs, and for the tasks that run for it.
        options: list and watch options that every request gets (selectors).
        on_watch_error: called with every error of a list or a watch; by default they are logged, expiry only for debugging.
        min_watch_timeout: the shortest timeout asked of a watch, in seconds.
    """

    def __init__(
        self,
        lister_watcher: AsyncListerWatcher[T],
        sink: Sink[T],
        *,
        runtime: AsyncRuntime,
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
        self._watching: AsyncWatch[T] | None = None

    @property
    def last_sync_resource_version(self) -> str:
        """The newest version that the sink has seen; "" before the first list."""
        return self._machine.last_sync_resource_version

    async def run(self, stop: AsyncEvent) -> None:
        """Runs until `stop` is set."""
        closer = self._runtime.spawn(self._close_when, stop, name=f"{self.name} watch closer")
        try:
            await self._obey(self._machine.start(), stop)
        finally:
            if stop.is_set():
                await closer.join()
            else:  # this task was cancelled: so is the closer, except in a thread, where it goes on until `stop` is set
                closer.cancel()
                await closer.join(0)

    async def _obey(self, command: Command, stop: AsyncEvent) -> None:
        while not stop.is_set():
            if isinstance(command, SleepCommand):
                await self._runtime.sleep(command.ns * 1e-9, stop)
                command = command.then
            elif isinstance(command, ListCommand):
                command = await self._list(command, stop)
            else:
                command = await self._watch(command, stop)

    async def _close_when(self, stop: AsyncEvent) -> None:
        # A read of a quiet watch wakes for nothing but its end, so somebody has to end it.
        await stop.wait()
        watch = self._watching
        if watch is not None:
            await watch.aclose()

    async def _list(self, command: ListCommand, stop: AsyncEvent) -> Command:
        try:
            objects, resource_version, paginated = await self._all_pages(command, stop)
            if stop.is_set():
                return command
            self._sink.replace(objects, resource_version)
        except Exception as error:  # noqa: BLE001  whatever failed, the next list may work
            self._report("list", error, stop)
            return self._machine.list_failed(error, self._runtime.clock.monotonic_ns())
        return self._machine.listed(command, resource_version, paginated=paginated)

    async def _all_pages(self, command: ListCommand, stop: AsyncEvent) -> tuple[list[T], str, bool]:
        """The objects, the version of the list and whether it took several pages; less than all when stopped."""
        options = cast("ListKeywords", dict(self._options))
        if command.resource_version:
            options["resource_version"] = command.resource_version
        cursor = PageCursor(options, page_size=command.page_size)
        objects: list[T] = []
        resource_version = ""
        while not cursor.done and not stop.is_set():
            try:
                page = await self._lister_watcher.list(**cursor.keywords)
            except StatusError as error:
                if not cursor.failed(error):
                    raise
                objects = []
                continue
            if not objects:
                resource_version = resource_version_of(page)
            objects.extend(page.items)
            cursor.took(continue_of(page))
        return objects, resource_version, cursor.paginated

    async def _watch(self, command: WatchCommand, stop: AsyncEvent) -> Command:
        clock, machine = self._runtime.clock, self._machine
        # From before the request: some proxies send no head before the first event.
        started, events = clock.monotonic_ns(), 0
        watch: AsyncWatch[T] | None = None
        failed: Exception | None = None
        try:
            try:
                watch = self._watching = self._lister_watcher.watch(
                    **self._options,
                    resource_version=command.resource_version,
                    timeout_seconds=command.timeout_seconds,
                    allow_watch_bookmarks=True,
                )
                if stop.is_set():  # set before the closer could see this watch
                    return command
                await watch.open()
            except Exception as error:  # noqa: BLE001
                self._report("watch", error, stop)
                return machine.watch_refused(error, clock.monotonic_ns())
            try:
                async for event in watch:
                    if stop.is_set():
                        return command
                    self._deliver(event)
                    events += 1
                    if not events % EVENTS_A_TURN:
                        await self._runtime.sleep(0)
            except Exception as error:  # noqa: BLE001
                failed = error
        finally:
            self._watching = None
            if watch is not None:
                await watch.aclose()
        now = clock.monotonic_ns()
        if failed is None:
            failed = machine.watch_closed(lasted_ns=now - started, events=events)
        if failed is not None:
            self._report("watch", failed, stop)
        return machine.watch_ended(failed, now)

    def _deliver(self, event: WatchEvent[T]) -> None:
        kind, obj = event.type, event.object
        try:
            resource_version = resource_version_of(obj)
        except TypeError:
            logger.exception("%s: the watch sent a %s event without an object", self.name, kind)
            return
        try:
            if kind == watch_event.MODIFIED:
                self._sink.update(obj)
            elif kind == watch_event.ADDED:
                self._sink.add(obj)
            elif kind == watch_event.DELETED:
                self._sink.delete(obj)
            elif kind != watch_event.BOOKMARK:
                logger.error("%s: the watch sent an event of the unknown type %r", self.name, kind)
        except Exception:
            logger.exception("%s: a %s event at %s was not taken over", self.name, kind, resource_version)
        self._machine.saw(resource_version, added=kind == watch_event.ADDED)

    def _report(self, doing: str, error: Exception, stop: AsyncEvent) -> None:
        if stop.is_set():
            return  # most likely the end of the watch that was closed for it
        if self._on_watch_error is None:
            level = logging.DEBUG if is_expired(error) else logging.WARNING
            logger.log(level, "%s: failed to %s: %s: %s", self.name, doing, type(error).__name__, error)
            return
        try:
            self._on_watch_error(error)
        except Exception:
            logger.exception("%s: the handler of watch errors raised an error", self.name)

    def __repr__(self) -> str:
        return f"<AsyncReflector {self.name} at {self.last_sync_resource_version or 'the start'}>"
