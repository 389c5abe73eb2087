# generated from kubeclient/_async/record.py by .ci/twin.py, do not edit
"""Tells who watches a cluster what happened to objects, without ever making the teller wait.

    broadcaster = EventBroadcaster()
    broadcaster.start_recording_to_sink(client.core_v1.events(""))
    recorder = broadcaster.new_recorder("web-controller")
    recorder.event(deployment, "Normal", "Scaled", "scaled to 3")
    broadcaster.shut_down()

Each watcher of a broadcaster has a queue of 1000 events and one task; what comes while its queue is full is dropped. Ported
from client-go tools/record. Recorders of threads belong to the loop's thread.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kubeclient.api.core_v1 import Event as CoreEvent
from kubeclient.api.core_v1 import EventSource
from kubeclient.apimachinery.errors import is_already_exists
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.machines.event_correlator import Correlated, CorrelatorOptions, EventCorrelator
from kubeclient.machines.event_making import EVENT_TYPES, fake_line, make_event, reference_to
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime, Task
from kubeclient.transport.protocol import TransportError

__all__ = ["EventBroadcaster", "EventRecorder", "EventSink", "FakeRecorder"]

QUEUE_LENGTH = 1000
MAX_TRIES = 12
SLEEP_SECONDS = 10.0

logger = logging.getLogger("kubeclient.record")


class EventSink(Protocol):
    """Where events are written; `client.core_v1.events("")` is one."""

    def create_with_event_namespace(self, event: CoreEvent) -> CoreEvent: ...

    def patch_with_event_namespace(self, event: CoreEvent, patch: Any) -> CoreEvent: ...


class _Watcher:
    """A queue and the task that empties it by handing each event to a function."""

    def __init__(self, runtime: Runtime, handle: Callable[[CoreEvent], None], name: str) -> None:
        self._runtime = runtime
        self._handle = handle
        self._guard = runtime.guard()
        self._queue: deque[CoreEvent] = deque()
        self._wake = runtime.event()
        self._closing = False
        self._name = name
        self.stop: Event = runtime.event()
        self._task: Task = runtime.spawn(self._run, name=name)

    def offer(self, event: CoreEvent) -> bool:
        """Queues an event; False when there is no room."""
        with self._guard:
            if self._closing or len(self._queue) >= QUEUE_LENGTH:
                return False
            self._queue.append(event)
            self._wake.set()
        return True

    def _run(self) -> None:
        while True:
            with self._guard:
                event = self._queue.popleft() if self._queue else None
                if event is None:
                    if self._closing:
                        return
                    self._wake.clear()
            if event is None:
                self._wake.wait()
                continue
            try:
                self._handle(event)
            except Exception:
                logger.exception("%s: an event was lost", self._name)

    def close(self) -> None:
        """What is queued is handled, without further retries; then the task has ended."""
        with self._guard:
            self._closing = True
            self._wake.set()
        self.stop.set()
        self._task.join()


class EventBroadcaster:
    """Hands the events of its recorders to whoever was started on them.

    Args:
        options: how events are counted, combined and limited.
        sleep_seconds: between two tries to write an event.
    """

    def __init__(
        self,
        *,
        options: CorrelatorOptions | None = None,
        sleep_seconds: float = SLEEP_SECONDS,
        runtime: Runtime | None = None,
    ) -> None:
        self._runtime = runtime if runtime is not None else current_runtime()
        self._options = options
        self._sleep_seconds = sleep_seconds
        self._watchers: list[_Watcher] = []
        self._shut_down = False

    def start_recording_to_sink(self, sink: EventSink) -> Callable[[], None]:
        """Writes events to the server. Returns what ends it."""
        correlator = EventCorrelator(self._options)

        def write(event: CoreEvent) -> None:
            self._record(sink, correlator, event, watcher.stop)

        watcher = self._start(write, "event sink")
        return watcher.close

    def start_event_watcher(self, handler: Callable[[CoreEvent], Any]) -> Callable[[], None]:
        """Calls a function with every event. Returns what ends it."""

        def handle(event: CoreEvent) -> None:
            call(handler, event)

        return self._start(handle, "event watcher").close

    def start_logging(self, log: Callable[..., Any]) -> Callable[[], None]:
        """Logs every event by a function like `logger.info`. Returns what ends it."""

        def write(event: CoreEvent) -> None:
            ref = event.involved_object
            text = "Event(%s %s/%s): type: '%s' reason: '%s' %s"
            log(text, ref.kind, ref.namespace, ref.name, event.type, event.reason, event.message)

        return self.start_event_watcher(write)

    def new_recorder(self, component: str, *, host: str = "") -> EventRecorder:
        """A recorder whose events say that they come from `component`."""
        return EventRecorder(self._broadcast, EventSource(component=component, host=host), self._runtime)

    def shut_down(self) -> None:
        """Takes no more events; those that wait are written, each tried once, and every task ends."""
        self._shut_down = True
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher.close()

    def _start(self, handle: Callable[[CoreEvent], None], name: str) -> _Watcher:
        if self._shut_down:
            raise RuntimeError("the broadcaster is shut down")
        watcher = _Watcher(self._runtime, handle, name)
        self._watchers.append(watcher)
        return watcher

    def _broadcast(self, event: CoreEvent) -> None:
        for watcher in self._watchers:
            if not watcher.offer(event):
                logger.error("the event %s is dropped: too many wait", event.metadata.name)

    def _record(self, sink: EventSink, correlator: EventCorrelator, event: CoreEvent, stop: Event) -> None:
        runtime = self._runtime
        correlated = correlator.correlate(event, runtime.clock.time_ns())
        if correlated is None:
            return
        tries = 0
        while not _write(sink, correlator, correlated):
            tries += 1
            if tries >= MAX_TRIES:
                logger.error("unable to write the event %s: retry limit exceeded", event.metadata.name)
                return
            # The first wait is random, so that clients do not return all at once to a server that was away.
            wait = self._sleep_seconds * (runtime.random() if tries == 1 else 1)
            if stop.is_set() or not runtime.sleep(wait, stop):
                logger.error("unable to write the event %s: shut down", event.metadata.name)
                return

    def __repr__(self) -> str:
        return f"<EventBroadcaster to {len(self._watchers)} watchers>"


def _write(sink: EventSink, correlator: EventCorrelator, correlated: Correlated) -> bool:
    """Writes an event; False when trying again makes sense."""
    event, patch = correlated
    try:
        correlator.wrote(_patch_or_create(sink, event, patch))
    except StatusError as error:
        level = logging.DEBUG if is_already_exists(error) else logging.ERROR
        logger.log(level, "the server rejected the event %s (will not retry): %s", event.metadata.name, error)
    except TransportError as error:
        logger.warning("unable to write the event %s (may retry): %s", event.metadata.name, error)
        return False
    return True


def _patch_or_create(sink: EventSink, event: CoreEvent, patch: dict[str, Any] | None) -> CoreEvent:
    if patch is not None:
        try:
            return sink.patch_with_event_namespace(event, patch)
        except StatusError as error:
            if error.code != 404:
                raise
    event.metadata.resource_version = ""
    return sink.create_with_event_namespace(event)


def new_uid(random: Callable[[], float]) -> str:
    """A random identifier in the form of a UUID of version 4."""
    digits = "".join(f"{int(random() * 65536):04x}" for _ in range(8))
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


class EventRecorder:
    """Makes events of what a program says. None of its calls waits or raises for the event's sake."""

    def __init__(self, broadcast: Callable[[CoreEvent], None], source: EventSource, runtime: Runtime) -> None:
        self._broadcast = broadcast
        self._source = source
        self._runtime = runtime

    def event(
        self, obj: Any, event_type: str, reason: str, message: str, *, annotations: Mapping[str, str] | None = None
    ) -> None:
        """Says that something happened to an object.

        Args:
            obj: a model, an Unstructured, or an ObjectReference.
            event_type: "Normal" or "Warning"; others are logged and dropped.
            reason: one word in CamelCase, for programs.
            message: a sentence, for people.
        """
        try:
            ref = reference_to(obj)
        except ValueError as error:
            logger.error("could not construct a reference, will not report the event %r %r: %s", reason, message, error)
            return
        if event_type not in EVENT_TYPES:
            logger.error("unsupported event type %r", event_type)
            return
        event = make_event(
            ref,
            event_type,
            reason,
            message,
            source=self._source,
            annotations=annotations,
            now_ns=self._runtime.clock.time_ns(),
            new_uid=lambda: new_uid(self._runtime.random),
        )
        self._broadcast(event)

    def __repr__(self) -> str:
        return f"<EventRecorder of {self._source.component}>"


class FakeRecorder:
    """For tests: keeps the lines "Type Reason message" of what it was told."""

    def __init__(self, *, include_object: bool = False) -> None:
        self.events: list[str] = []
        self._include_object = include_object

    def event(
        self, obj: Any, event_type: str, reason: str, message: str, *, annotations: Mapping[str, str] | None = None
    ) -> None:
        """As a recorder's, but only written down."""
        line = fake_line(obj, event_type, reason, message, annotations, include_object=self._include_object)
        self.events.append(line)
