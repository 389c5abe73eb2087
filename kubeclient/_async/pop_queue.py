"""Waits for a queue of changes: one side writes what a reflector brings, the other takes it out and processes it.

The queues themselves are in `machines`. Processing happens while the queue is locked, so that what was taken and what waits
are never both missing for who looks, unless the queue says that it `unlocks`; even then only while not too much waits, so
that writers wait for readers who do not keep up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from kubeclient.machines.informer_metrics import InformerMetrics
from kubeclient.machines.real_fifo import RealFIFO
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncRuntime

__all__ = ["AsyncPopQueue"]

MANY_WAITING = 10
SLOW_NS = 100_000_000

logger = logging.getLogger("kubeclient.queue")


class AsyncPopQueue:
    """A DeltaFIFO, RealFIFO, FIFO or Heap that can be waited for. It is a sink for a reflector.

    Args:
        queue: what holds the objects; nobody else may use it.
        name: for logs.
        metrics: hooks that are told how much waits and how long processing takes.
    """

    def __init__(
        self,
        queue: Any,
        *,
        name: str = "",
        metrics: InformerMetrics | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self._queue = queue
        self._name = name or type(queue).__name__
        self._metrics = metrics
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()
        self._arrived = self._runtime.event()

    def __len__(self) -> int:
        return len(self._queue)

    def has_synced(self) -> bool:
        """Whether everything of the first list was taken out and processed."""
        with self._guard:
            return bool(self._queue.has_synced)

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return bool(self._queue.is_closed)

    def add(self, obj: Any) -> None:
        """An object appeared."""
        self._change(self._queue.add, obj)

    def update(self, obj: Any) -> None:
        """An object changed."""
        self._change(self._queue.update, obj)

    def delete(self, obj: Any) -> None:
        """An object is gone."""
        self._change(self._queue.delete, obj)

    def replace(self, objects: Any, resource_version: str) -> None:
        """These objects are all there is now."""
        self._change(self._queue.replace, objects, resource_version)

    def resync(self) -> None:
        """Queues what is known once more."""
        self._change(self._queue.resync)

    def bookmark(self, resource_version: str) -> None:
        """Nothing else happened up to that version."""
        bookmark = getattr(self._queue, "bookmark", None)
        if bookmark is not None:
            self._change(bookmark, resource_version)

    def close(self) -> None:
        """Nothing will come any more. Who waits gets what is left, then FIFOClosedError."""
        self._change(self._queue.close)

    def _change(self, change: Callable[..., None], *args: Any) -> None:
        with self._guard:
            change(*args)
            self._count()
            self._arrived.set()

    async def pop(self, process: Callable[[Any, bool], Any] | None = None) -> Any:
        """Waits for the next thing, processes it and returns it.

        Args:
            process: called with it, and with whether it belongs to the first list. What it raises is raised here, and
                the thing is gone: nothing is queued again by itself.

        Raises FIFOClosedError, or HeapClosedError, when the queue is closed and empty.
        """
        return await self._next(process, batch=False)

    async def pop_batch(self, process: Callable[[Any, bool], Any]) -> Any:
        """As `pop`, for a RealFIFO: with a list of deltas of different objects."""
        return await self._next(process, batch=True)

    async def _next(self, process: Callable[[Any, bool], Any] | None, *, batch: bool) -> Any:
        queue = self._queue
        while True:
            with self._guard:
                if len(queue) or queue.is_closed:
                    initial = bool(getattr(queue, "in_initial_list", False))
                    taken = _take(queue, batch)
                    self._count()
                    if not _unlocks(queue):
                        self._process(process, taken, initial, batch)
                        return taken
                    break
                self._arrived.clear()
            await self._arrived.wait()
        self._process(process, taken, initial, batch)
        return taken

    def _process(self, process: Callable[[Any, bool], Any] | None, taken: Any, initial: bool, batch: bool) -> None:
        clock = self._runtime.clock
        began, waiting = clock.monotonic_ns(), len(self._queue)
        try:
            if process is not None:
                process(taken, initial)
        finally:
            took = clock.monotonic_ns() - began
            if isinstance(self._queue, RealFIFO):
                with self._guard:
                    self._queue.processed(len(taken) if batch else 1)
            if self._metrics is not None:
                self._metrics.processed(took * 1e-9)
            if waiting > MANY_WAITING and took > SLOW_NS:
                text = "%s: slow event handlers block the queue: one call took %.1f seconds and %d wait"
                logger.warning(text, self._name, took * 1e-9, waiting)

    def _count(self) -> None:
        if self._metrics is not None:
            self._metrics.queued(len(self._queue))

    def __repr__(self) -> str:
        return f"<AsyncPopQueue {self._name} {len(self._queue)} waiting>"


def _take(queue: Any, batch: bool) -> Any:
    if isinstance(queue, RealFIFO):
        return queue.take_batch() if batch else queue.take()
    if batch:
        raise TypeError(f"{type(queue).__name__} gives no batches")
    return queue.pop()


def _unlocks(queue: Any) -> bool:
    """Whether others may write meanwhile: not while much waits already."""
    return isinstance(queue, RealFIFO) and queue.unlocks and len(queue) < 2 * queue.batch_size
