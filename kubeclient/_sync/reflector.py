# generated from kubeclient/_async/reflector.py by .ci/twin.py, do not edit
"""Keeps a sink equal to a collection on the server: lists once, then watches, for as long as it runs.

All decisions are `machines.reflector`'s; this driver lists, watches and sleeps as it is told, and hands what comes to the
sink. The sink is called from one task at a time. A sink that raises at a list makes the list fail, to be tried again; one
that raises at an event loses that event, as the next one would be lost too if the watch ended for it.

A request that is on its way when the reflector is stopped is waited for, and what it brings is thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar, Unpack, cast

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.errors import StatusError, is_too_many_requests
from kubeclient.apimachinery.meta import continue_of, meta_namespace_key, resource_version_of
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.options import ListKeywords, WatchKeywords
from kubeclient.machines.pager import PageCursor
from kubeclient.machines.reflected import is_object, is_table, type_description
from kubeclient.machines.reflector import (
    Command,
    ListCommand,
    ReflectorMachine,
    SleepCommand,
    StreamCommand,
    WatchCommand,
    is_expired,
)
from kubeclient.runtime.features import consistency_is_checked, feature_gates
from kubeclient.runtime.protocol import Event, Runtime
from kubeclient.transport.protocol import TransportError

from .consistency_detector import check_consistency
from .list_stream import ListStream
from .sources import ListerWatcher, SelectorKeywords, Sink, WatchErrorHandler
from .watch_batches import Batches, in_batches

__all__ = ["ListerWatcher", "Reflector", "SelectorKeywords", "Sink", "WatchErrorHandler"]

T = TypeVar("T")

SLOW_LIST = 10.0
EVENTS_A_TURN = 256  # then others get theirs: reading what has arrived already does not wait

logger = logging.getLogger("kubeclient.reflector")


class Reflector(Generic[T]):
    """Lists and watches until it is told to stop.

    Args:
        lister_watcher: where to read. One that `is_watch_list_semantics_unsupported` is asked for no streams.
        sink: where to write. If it has them, `bookmark(version)` is called with every bookmark's version,
            `update_resource_version(version)` whenever the last version moves on, `resync()` when that is due, and
            what comes at once is written within `with sink.batch()`.
        name: for logs, and for the tasks that run for it.
        options: list and watch options that every request gets (selectors).
        key_func: the key of an object, by which streamed objects are told apart.
        transform: called with every object before it is written; what it returns is written in its place. If it raises,
            the list fails and is tried again, or the event is lost.
        on_watch_error: called with every error of a list or a watch; by default they are logged, expiry only for debugging.
        min_watch_timeout: the shortest timeout asked of a watch, in seconds.
        page_size: of lists; by default what suits the server.
        watch_list: whether lists are streamed; by default as the feature gate WatchListClient says.
        resync_period: seconds after which the sink is asked to `resync`, while a watch runs; 0: never.
        should_resync: asked before that; an error of `resync` ends the watch.
        internal_error_retry: seconds for which a watch that ends by internal errors of the server is begun again at once.
        check_consistency: whether what was streamed is compared with a list; by default as the environment says.
        around_events: entered while events are read and written, for those who read very many.
        around_lists: entered while streamed objects are read; by default the same.
    """

    def __init__(
        self,
        lister_watcher: ListerWatcher[T],
        sink: Sink[T],
        *,
        runtime: Runtime,
        name: str = "",
        options: SelectorKeywords | None = None,
        key_func: Callable[[Any], str] = meta_namespace_key,
        transform: Callable[[T], T] | None = None,
        on_watch_error: WatchErrorHandler | None = None,
        min_watch_timeout: int = 300,
        page_size: int = 0,
        watch_list: bool | None = None,
        resync_period: float = 0,
        should_resync: Callable[[], bool] | None = None,
        internal_error_retry: float = 0,
        check_consistency: bool | None = None,
        around_events: AbstractContextManager[Any] | None = None,
        around_lists: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.type_description = type_description(lister_watcher)
        """What it reads, for people."""
        self.name = name or f"reflector of {self.type_description}"
        self.transform = transform
        self.on_watch_error = on_watch_error
        self._lister_watcher = lister_watcher
        self._sink = sink
        self._runtime = runtime
        self._options: SelectorKeywords = options or {}
        self._key_func = key_func
        self._machine = ReflectorMachine(
            runtime.random,
            min_timeout_seconds=min_watch_timeout,
            page_size=page_size,
            streams=self._may_stream(watch_list),
            internal_error_retry_ns=round(internal_error_retry * 1e9),
        )
        self._watching: Batches[T] | None = None
        self._resync_period = resync_period
        self._should_resync = should_resync
        self._resync_error: Exception | None = None
        self._checks = consistency_is_checked() if check_consistency is None else check_consistency
        self._around = around_events if around_events is not None else nullcontext()
        self._around_lists = around_lists if around_lists is not None else self._around
        target: Any = sink
        self._batch: Callable[[], AbstractContextManager[Any]] = getattr(sink, "batch", nullcontext)
        self._bookmark: Callable[[str], None] = getattr(sink, "bookmark", _ignore)
        self._update_version: Callable[[str], None] = getattr(sink, "update_resource_version", _ignore)
        self._resync: Callable[[], None] | None = getattr(sink, "resync", None)
        self._write: dict[str, Callable[[T], None]] = {
            watch_event.MODIFIED: target.update,
            watch_event.ADDED: target.add,
            watch_event.DELETED: target.delete,
        }

    def _may_stream(self, wanted: bool | None) -> bool:
        unsupported = getattr(self._lister_watcher, "is_watch_list_semantics_unsupported", None)
        if unsupported is not None and unsupported():
            logger.debug("%s: %r does not support streamed lists", self.name, self._lister_watcher)
            return False
        return feature_gates().enabled("WatchListClient") if wanted is None else wanted

    @property
    def last_sync_resource_version(self) -> str:
        """The newest version that the sink has seen; "" before the first list."""
        return self._machine.last_sync_resource_version

    def run(self, stop: Event) -> None:
        """Runs until `stop` is set."""
        closer = self._runtime.spawn(self._close_when, stop, name=f"{self.name} watch closer")
        resyncs = self._resync_period > 0 and self._resync is not None
        resyncer = self._runtime.spawn(self._resync_often, stop, name=f"{self.name} resync") if resyncs else None
        try:
            self._obey(self._machine.start(), stop)
        finally:
            for task in (closer, resyncer):
                if task is None:
                    continue
                if stop.is_set():
                    task.join()
                else:  # this task was cancelled: so are those, except in a thread, where they go on until `stop` is set
                    task.cancel()
                    task.join(0)

    def _obey(self, command: Command, stop: Event) -> None:
        while not stop.is_set():
            if isinstance(command, SleepCommand):
                self._runtime.sleep(command.ns * 1e-9, stop)
                command = command.then
            elif isinstance(command, ListCommand):
                command = self._list(command, stop)
            elif isinstance(command, StreamCommand):
                command = self._stream(command, stop)
            else:
                command = self._watch(command, stop)

    def _close_when(self, stop: Event) -> None:
        # A read of a quiet watch wakes for nothing but its end, so somebody has to end it.
        stop.wait()
        self._close_watch()

    def _close_watch(self) -> None:
        watch = self._watching
        if watch is not None:
            watch.close()

    def _resync_often(self, stop: Event) -> None:
        while self._runtime.sleep(self._resync_period, stop):
            if self._resync is None or (self._should_resync is not None and not self._should_resync()):
                continue
            try:
                self._resync()
            except Exception as error:  # noqa: BLE001  it ends the watch, as every error of a round does
                self._resync_error = error
                self._close_watch()

    def _list(self, command: ListCommand, stop: Event) -> Command:
        clock = self._runtime.clock
        began = clock.monotonic_ns()
        try:
            objects, resource_version, paginated = self._all_pages(command, stop)
            if stop.is_set():
                return command
            self._sink.replace(objects, resource_version)
        except Exception as error:  # noqa: BLE001  whatever failed, the next list may work
            self._report("list", error, stop)
            return self._machine.list_failed(error, clock.monotonic_ns())
        self._report_if_slow(began, len(objects))
        return self._machine.listed(command, resource_version, paginated=paginated)

    def _report_if_slow(self, began_ns: int, objects: int) -> None:
        seconds = (self._runtime.clock.monotonic_ns() - began_ns) * 1e-9
        if seconds >= SLOW_LIST:
            logger.info("%s: it took %.1f seconds to list and store %d objects", self.name, seconds, objects)

    def _all_pages(self, command: ListCommand, stop: Event) -> tuple[list[T], str, bool]:
        """The objects, the version of the list and whether it took several pages; less than all when stopped."""
        options = cast("ListKeywords", dict(self._options))
        if command.resource_version:
            options["resource_version"] = command.resource_version
        cursor = PageCursor(options, page_size=command.page_size)
        objects: list[T] = []
        resource_version = ""
        while not cursor.done and not stop.is_set():
            try:
                page = self._lister_watcher.list(**cursor.keywords)
            except StatusError as error:
                if not cursor.failed(error):
                    raise
                objects = []
                continue
            if is_table(page):
                raise ValueError(f"unsupported list gvk: {page.api_version} {page.kind}, type: {self.type_description}")
            if not objects:
                resource_version = resource_version_of(page)
            transform = self.transform
            objects.extend(page.items if transform is None else [transform(obj) for obj in page.items])
            cursor.took(continue_of(page))
        return objects, resource_version, cursor.paginated

    def _stream(self, command: StreamCommand, stop: Event) -> Command:
        """Lists by a watch, and goes on with it."""
        clock, machine = self._runtime.clock, self._machine
        started = clock.monotonic_ns()
        stream = ListStream[T](self._runtime, self.name, self._key_func, self.transform)
        watch: Batches[T] | None = None
        try:
            try:
                watch = self._open(
                    resource_version=command.resource_version,
                    timeout_seconds=command.timeout_seconds,
                    allow_watch_bookmarks=True,
                    send_initial_events=True,
                    resource_version_match="NotOlderThan",
                )
                watch.around_decoding = self._around_lists
                if stop.is_set():  # set before the closer could see this watch
                    return command
                watch.open()
                complete = stream.read(watch)
                now = clock.monotonic_ns()
                if stop.is_set():
                    return command
                if stream.kept_quiet:
                    return machine.stream_kept_quiet()
                if not complete:
                    short = machine.watch_closed(lasted_ns=now - started, events=stream.events)
                    return machine.stream_failed(short, now)
            except Exception as error:  # noqa: BLE001  a list follows, and says what is wrong if anything is
                if error is stream.refused:
                    self._report("list", error, stop)
                    return machine.list_failed(error, clock.monotonic_ns())
                if isinstance(error, TransportError) or is_too_many_requests(error):
                    self._report("stream", error, stop)
                else:
                    logger.debug("%s: could not stream the list: %s", self.name, error)
                return machine.stream_failed(error, clock.monotonic_ns())
            objects = list(stream.objects.values())
            if self._checks:
                self._check(objects, stream.resource_version, stop)
            try:
                self._sink.replace(objects, stream.resource_version)
            except Exception as error:  # noqa: BLE001
                self._report("list", error, stop)
                return machine.list_failed(error, clock.monotonic_ns())
            stream.objects = {}
            del objects
            machine.streamed(stream.resource_version)
            watch.around_decoding = self._around
            self._report_if_slow(started, stream.events)
            self._deliver(stream.rest)
            return self._follow(watch, started, stream.events, stop)
        finally:
            self._done_with(watch)

    def _check(self, objects: list[T], resource_version: str, stop: Event) -> None:
        check_consistency(
            self._lister_watcher.list,
            objects,
            resource_version,
            runtime=self._runtime,
            stop=stop,
            identity=self.name,
            options=cast("ListKeywords", dict(self._options)),
            transform=self.transform,
        )

    def _watch(self, command: WatchCommand, stop: Event) -> Command:
        # From before the request: some proxies send no head before the first event.
        started = self._runtime.clock.monotonic_ns()
        watch: Batches[T] | None = None
        try:
            try:
                watch = self._open(
                    resource_version=command.resource_version,
                    timeout_seconds=command.timeout_seconds,
                    allow_watch_bookmarks=True,
                )
                if stop.is_set():  # set before the closer could see this watch
                    return command
                watch.open()
            except Exception as error:  # noqa: BLE001
                self._report("watch", error, stop)
                return self._machine.watch_refused(error, self._runtime.clock.monotonic_ns())
            return self._follow(watch, started, 0, stop)
        finally:
            self._done_with(watch)

    def _open(self, **options: Unpack[WatchKeywords]) -> Batches[T]:
        asked = cast("WatchKeywords", {**self._options, **options})
        watch = self._watching = in_batches(self._lister_watcher.watch(**asked))
        watch.around_decoding = self._around
        return watch

    def _done_with(self, watch: Batches[T] | None) -> None:
        self._watching = None
        if watch is not None:
            watch.close()

    def _follow(self, watch: Batches[T], started: int, events: int, stop: Event) -> Command:
        """Takes over what an open watch tells, to its end."""
        clock, machine = self._runtime.clock, self._machine
        failed: Exception | None = None
        turn = 0
        try:
            while watch.ready():
                batch = watch.take()
                if stop.is_set():
                    return machine.watch_ended(None, clock.monotonic_ns())
                self._deliver(batch)
                events += len(batch)
                turn += len(batch)
                if turn >= EVENTS_A_TURN:
                    turn = 0
                    self._runtime.sleep(0)
        except Exception as error:  # noqa: BLE001
            failed = error
        now = clock.monotonic_ns()
        if failed is None:
            failed, self._resync_error = self._resync_error, None
        if failed is None:
            failed = machine.watch_closed(lasted_ns=now - started, events=events)
        if failed is not None:
            self._report("watch", failed, stop)
        return machine.watch_ended(failed, now)

    def _deliver(self, events: list[WatchEvent[T]]) -> None:
        """Writes events to the sink, and notes how far they go."""
        machine, write, transform = self._machine, self._write, self.transform
        notes_each = machine.in_no_order or self._update_version is not _ignore
        version, last = "", ""
        with self._around, self._batch():
            for event in events:
                kind, obj = event.type, event.object
                try:
                    version = resource_version_of(obj)
                    if kind == watch_event.BOOKMARK:
                        self._bookmark(version)
                    elif kind not in write or is_table(obj):
                        logger.error("%s: the watch sent a %s event of %s", self.name, kind, type(obj).__name__)
                        continue
                    else:
                        write[kind](obj if transform is None else transform(obj))
                except Exception as error:
                    logger.exception("%s: a %s event at %s was not taken over", self.name, kind, version)
                    if isinstance(error, TypeError) and not is_object(obj):
                        continue
                if notes_each:
                    machine.saw(version, added=kind == watch_event.ADDED)
                    self._update_version(machine.last_sync_resource_version)
                else:
                    last = version or last
        if last:
            machine.saw(last, added=False)

    def _report(self, doing: str, error: Exception, stop: Event) -> None:
        if stop.is_set():
            return  # most likely the end of the watch that was closed for it
        if self.on_watch_error is None:
            level = logging.DEBUG if is_expired(error) else logging.WARNING
            what = f"{doing} {self.type_description}"
            logger.log(level, "%s: failed to %s: %s: %s", self.name, what, type(error).__name__, error)
            return
        try:
            self.on_watch_error(error)
        except Exception:
            logger.exception("%s: the handler of watch errors raised an error", self.name)

    def __repr__(self) -> str:
        return f"<Reflector {self.name} at {self.last_sync_resource_version or 'the start'}>"


def _ignore(_version: str) -> None:
    """What sinks do that have no use for versions."""
