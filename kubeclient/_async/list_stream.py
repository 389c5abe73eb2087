"""Reads the objects with which a watch begins, up to the bookmark that ends them: a list that comes as a stream.

While it waits for more, it says so every ten seconds, and after some of those it ends the watch: there are servers and
proxies that never send that bookmark. What to do then is not decided here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.meta import annotations_of, resource_version_of
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.shared_text import TextSharer
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime

from .watch_batches import AsyncBatches

__all__ = ["AsyncListStream"]

T = TypeVar("T")

INITIAL_EVENTS_END: Final = "k8s.io/initial-events-end"
WARNED_EVERY: Final = 10.0
PATIENCE: Final = 30.0
"""Seconds without an event after which nobody waits for the bookmark any longer."""

logger = logging.getLogger("kubeclient.reflector")


class AsyncListStream(Generic[T]):
    """The beginning of one watch.

    Attributes:
        objects: what is there, by key.
        resource_version: what the bookmark says.
        events: how many came.
        rest: what came with the bookmark, behind it.
        kept_quiet: whether it was ended because nothing came.
        refused: what the transform raised.
    """

    def __init__(
        self,
        runtime: AsyncRuntime,
        name: str,
        key_func: Callable[[T], str],
        transform: Callable[[T], T] | None = None,
    ) -> None:
        self.objects: dict[str, T] = {}
        self.resource_version = ""
        self.events = 0
        self.rest: list[WatchEvent[T]] = []
        self.kept_quiet = False
        self.refused: Exception | None = None
        self._runtime = runtime
        self._name = name
        self._key_func = key_func
        self._transform = transform
        self._share = TextSharer().share
        self._last_event_ns = 0

    async def read(self, watch: AsyncBatches[T]) -> bool:
        """Reads up to the bookmark; False when the watch ended before. Raises what the watch or the transform raise."""
        clock = self._runtime.clock
        self._last_event_ns = clock.monotonic_ns()
        over = self._runtime.event()
        warden = self._runtime.spawn(self._grow_impatient, watch, over, name=f"{self._name} stream warden")
        try:
            while await watch.ready():
                events = watch.take()
                self._last_event_ns = clock.monotonic_ns()
                for number, event in enumerate(events, 1):
                    self.events += 1
                    if self._took_last(event):
                        self.rest = events[number:]
                        return True
                await self._runtime.sleep(0)
            return False
        finally:
            over.set()
            await warden.join()

    def _took_last(self, event: WatchEvent[T]) -> bool:
        kind, obj = event.type, event.object
        if kind == watch_event.BOOKMARK:
            self.resource_version = resource_version_of(obj)
            return annotations_of(obj).get(INITIAL_EVENTS_END) == "true"
        if kind == watch_event.DELETED:
            self.objects.pop(self._key_func(obj), None)
        else:
            if self._transform is not None:
                try:
                    obj = self._transform(obj)
                except Exception as error:
                    self.refused = error
                    raise
            self.objects[self._key_func(obj)] = self._share(obj)
        return False

    async def _grow_impatient(self, watch: AsyncBatches[T], over: AsyncEvent) -> None:
        while not await over.wait(WARNED_EVERY):
            quiet = (self._runtime.clock.monotonic_ns() - self._last_event_ns) * 1e-9
            if quiet < WARNED_EVERY - 0.001:
                continue
            logger.warning(
                "%s: waiting for the bookmark that ends the initial events; nothing came for %.0f seconds after %d events",
                self._name,
                quiet,
                self.events,
            )
            if quiet >= PATIENCE - 0.001:
                self.kept_quiet = True
                await watch.aclose()
                return

    def __repr__(self) -> str:
        return f"<AsyncListStream {self._name} {len(self.objects)} objects>"
