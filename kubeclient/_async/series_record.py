"""Tells events of events.k8s.io/v1, in which repetition is a series, without ever making the teller wait.

    broadcaster = AsyncSeriesBroadcaster(client.events_v1)
    recorder = broadcaster.new_recorder("web-controller", host=node)
    recorder.event(deployment, None, "Normal", "Scaled", "Scaling", "scaled to 3")
    await broadcaster.shut_down()

One task writes; 1000 events may wait for it, what exceeds that is dropped. Ported from client-go tools/events.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kubeclient.api.events_v1 import Event as SeriesEvent
from kubeclient.apimachinery.errors import is_already_exists
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.machines.backoff import jittered
from kubeclient.machines.event_making import EVENT_TYPES, reference_to
from kubeclient.machines.event_series import (
    FINISH_SECONDS,
    REFRESH_SECONDS,
    EventSeriesCache,
    make_series_event,
    series_patch,
)
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime, AsyncTask
from kubeclient.transport.protocol import TransportError

from .record import MAX_TRIES, QUEUE_LENGTH, SLEEP_SECONDS, new_uid

__all__ = ["AsyncSeriesBroadcaster", "AsyncSeriesRecorder"]

JITTER = 0.25

logger = logging.getLogger("kubeclient.events")


class _Group(Protocol):
    def events(self, namespace: str) -> Any: ...


class AsyncSeriesBroadcaster:
    """Writes the events of its recorders.

    Args:
        group: the client of events.k8s.io/v1, `client.events_v1`.
    """

    def __init__(self, group: _Group, *, runtime: AsyncRuntime | None = None) -> None:
        self._group = group
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()
        self._cache = EventSeriesCache()
        self._queue: deque[SeriesEvent] = deque()
        self._wake = self._runtime.event()
        self._stop: AsyncEvent = self._runtime.event()
        now = self._runtime.clock.monotonic_ns()
        self._finish_ns = now + FINISH_SECONDS * 1_000_000_000
        self._refresh_ns = now + REFRESH_SECONDS * 1_000_000_000
        self._task: AsyncTask = self._runtime.spawn(self._run, name="event series")

    def new_recorder(self, controller: str, *, host: str = "") -> AsyncSeriesRecorder:
        """A recorder whose events say that they come from `controller`, and from its instance on a host."""
        return AsyncSeriesRecorder(self._offer, controller, f"{controller}-{host}", self._runtime)

    async def shut_down(self) -> None:
        """Takes no more events; those that wait, and series that were only counted, are written, each tried once."""
        with self._guard:
            self._stop.set()
            self._wake.set()
        await self._task.join()

    def _offer(self, event: SeriesEvent) -> None:
        with self._guard:
            if not self._stop.is_set() and len(self._queue) < QUEUE_LENGTH:
                self._queue.append(event)
                self._wake.set()
                return
        logger.error("the event %s is dropped: too many wait", event.metadata.name)

    async def _run(self) -> None:
        clock = self._runtime.clock
        while True:
            with self._guard:
                event = self._queue.popleft() if self._queue else None
                stopping = self._stop.is_set()
                if event is None and not stopping:
                    self._wake.clear()
            if event is not None:
                record = self._cache.observe(event, clock.time_ns())
                if record is not None:
                    await self._attempt(record)
            elif stopping:
                await self._refresh()
                return
            else:
                left = min(self._finish_ns, self._refresh_ns) - clock.monotonic_ns()
                await self._wake.wait(max(0, left) * 1e-9)
            await self._tick(clock.monotonic_ns())

    async def _tick(self, now_ns: int) -> None:
        if now_ns >= self._finish_ns:
            self._finish_ns = now_ns + FINISH_SECONDS * 1_000_000_000
            for event in self._cache.silent(self._runtime.clock.time_ns()):
                if await self._write(event):
                    self._cache.forget(event)
        if now_ns >= self._refresh_ns:
            self._refresh_ns = now_ns + REFRESH_SECONDS * 1_000_000_000
            await self._refresh()

    async def _refresh(self) -> None:
        for event in self._cache.series():
            await self._write(event)

    async def _attempt(self, event: SeriesEvent) -> None:
        for tries in range(1, MAX_TRIES + 1):
            if await self._write(event):
                return
            wait = jittered(SLEEP_SECONDS, JITTER, self._runtime.random)
            if tries == MAX_TRIES or self._stop.is_set() or not await self._runtime.sleep(wait, self._stop):
                break
        logger.error("unable to write the event %s: retry limit exceeded", event.metadata.name)

    async def _write(self, event: SeriesEvent) -> bool:
        """Writes an event; False when trying again makes sense."""
        if not event.metadata.namespace:
            logger.error("can't create an event with empty namespace: %s", event.metadata.name)
            return True
        events = self._group.events(event.metadata.namespace)
        try:
            if event.series is not None:
                try:
                    await events.patch(event.metadata.name, series_patch(event), patch_type="strategic")
                except StatusError as error:
                    if error.code != 404:
                        raise
                else:
                    return True
            await events.create(event)
        except StatusError as error:
            if is_already_exists(error) and event.series is not None:
                return False  # it came into being between the two requests
            level = logging.DEBUG if is_already_exists(error) else logging.ERROR
            logger.log(level, "the server rejected the event %s (will not retry): %s", event.metadata.name, error)
        except TransportError as error:
            logger.warning("unable to write the event %s (may retry): %s", event.metadata.name, error)
            return False
        return True

    def __repr__(self) -> str:
        return f"<AsyncSeriesBroadcaster {self._cache!r}>"


class AsyncSeriesRecorder:
    """Makes events of what a program says. None of its calls waits or raises for the event's sake."""

    def __init__(
        self, offer: Callable[[SeriesEvent], None], controller: str, instance: str, runtime: AsyncRuntime
    ) -> None:
        self._offer = offer
        self._controller = controller
        self._instance = instance
        self._runtime = runtime

    def event(
        self,
        regarding: Any,
        related: Any,
        event_type: str,
        reason: str,
        action: str,
        note: str,
        *,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Says that something was done because of an object.

        Args:
            regarding: what the event is about: a model, an Unstructured, or an ObjectReference.
            related: a second object that has to do with it, or None.
            event_type: "Normal" or "Warning"; others are logged and dropped.
            reason: why, and
            action: what was done: one word in CamelCase each, for programs.
            note: a sentence, for people.
        """
        try:
            about = reference_to(regarding)
            other = None if related is None else reference_to(related)
        except ValueError as error:
            logger.error("could not construct a reference, will not report the event %r %r: %s", reason, note, error)
            return
        if event_type not in EVENT_TYPES:
            logger.error("unsupported event type %r", event_type)
            return
        event = make_series_event(
            about,
            other,
            event_type,
            reason,
            action,
            note,
            controller=self._controller,
            instance=self._instance,
            annotations=annotations,
            now_ns=self._runtime.clock.time_ns(),
            new_uid=lambda: new_uid(self._runtime.random),
        )
        self._offer(event)

    def __repr__(self) -> str:
        return f"<AsyncSeriesRecorder of {self._controller}>"
